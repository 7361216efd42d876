"""Field managers of the aws-node DaemonSet, reduced to the environment variables they own."""

from collections.abc import Iterator
from typing import Any

# https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
_CONTAINERS_PATH = ("f:spec", "f:template", "f:spec", "f:containers")
_ENVIRONMENT = "f:env"
_KEPT = ("manager", "operation", "time")


def environment_managers(managed_fields: Any) -> list[dict[str, Any]]:
    """Each manager with its operation, time, and the variables of each container that it owns."""
    listed = managed_fields if isinstance(managed_fields, list) else []
    return [_reduced(entry) for entry in listed if isinstance(entry, dict)]


def _reduced(entry: dict[str, Any]) -> dict[str, Any]:
    kept = {name: entry[name] for name in _KEPT if isinstance(entry.get(name), str)}
    fields: Any = dict(_environments(entry.get("fieldsV1")))
    for step in reversed(_CONTAINERS_PATH):
        fields = {step: fields}
    return {**kept, "fieldsV1": fields}


def _environments(fields: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for step in _CONTAINERS_PATH:
        fields = fields.get(step) if isinstance(fields, dict) else None
    for container, owned in fields.items() if isinstance(fields, dict) else ():
        environment = owned.get(_ENVIRONMENT) if isinstance(owned, dict) else None
        if isinstance(environment, dict):
            yield container, {_ENVIRONMENT: {name: {} for name in environment if name != "."}}
