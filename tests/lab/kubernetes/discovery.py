"""Discovery: what `kubectl` reads before it asks for anything."""

from typing import Any

from tests.lab.kubernetes.resources import RESOURCES, Resource


def document_at(path: str) -> dict[str, Any] | None:
    """The discovery document at a path, None if there is none."""
    if path == "/version":
        return {"major": "1", "minor": "33", "gitVersion": "v1.33.5-eks-0000000", "platform": "linux/amd64"}
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
    if path == "/apis":
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(name) for name in _groups()]}
    served = [resource for resource in RESOURCES if resource.prefix == path]
    if served:
        entries = [_entry(resource) for resource in served]
        version = served[0].version
        return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": entries}
    name = path.removeprefix("/apis/")
    return {"apiVersion": "v1", **_group(name)} if name in _groups() else None


def _groups() -> list[str]:
    return sorted({resource.group for resource in RESOURCES if resource.group})


def _group(name: str) -> dict[str, Any]:
    versions = sorted({resource.version for resource in RESOURCES if resource.group == name}, reverse=True)
    entries = [{"groupVersion": version, "version": version.partition("/")[2]} for version in versions]
    return {"kind": "APIGroup", "name": name, "versions": entries, "preferredVersion": entries[0]}


def _entry(resource: Resource) -> dict[str, Any]:
    return {
        "name": resource.plural,
        "singularName": resource.kind.lower(),
        "namespaced": resource.namespaced == "namespaced",
        "kind": resource.kind,
        "verbs": ["get", "list"],
        "shortNames": list(resource.short),
    }
