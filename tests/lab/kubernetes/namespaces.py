"""The namespaces that a snapshot's records imply; kubectl asks for one when an object in it is not found."""

from functools import cache
from typing import Any

from tests.lab.kubernetes.resources import RESOURCES
from tests.lab.records import Records

PREFIX = "/api/v1/namespaces/"
ALWAYS = ("default", "kube-node-lease", "kube-public", "kube-system")


def namespace_at(path: str, records: Records) -> dict[str, Any] | None:
    """The Namespace at a path, None if there is none."""
    name = path.removeprefix(PREFIX)
    if not path.startswith(PREFIX) or name not in _implied(records):
        return None
    return {
        "kind": "Namespace",
        "apiVersion": "v1",
        "metadata": {"name": name},
        "status": {"phase": "Active"},
    }


@cache
def _implied(records: Records) -> frozenset[str]:
    found = {
        document.get("metadata", {}).get("namespace", "")
        for resource in RESOURCES
        if resource.namespaced == "namespaced"
        for document in records.of(resource.action.kind)
    }
    return frozenset({*found, *ALWAYS} - {""})
