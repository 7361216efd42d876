"""Removal of credentials and workload settings from a Kubernetes document."""

import re
from collections.abc import Iterator
from typing import Any

from eksdoctor.collect.kubernetes.field_managers import environment_managers
from eksdoctor.snapshot.records.kubernetes import LAST_APPLIED

_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
# A command line holds passwords as often as the environment does.
_WORKLOAD_KEYS = ("env", "envFrom", "command", "args")
_SECRET_NAME = re.compile(r"secret|token|password|access_?key|credential", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^/@\s]*@")


def scrub(document: dict[str, Any]) -> dict[str, Any]:
    """The document, changed in place: without bookkeeping, workload environment and credentials."""
    metadata = document.get("metadata")
    own = _is_aws_node(metadata if isinstance(metadata, dict) else {})
    if isinstance(metadata, dict):
        managers = metadata.pop("managedFields", None)
        if own and managers is not None:
            metadata["managedFields"] = environment_managers(managers)
        annotations = metadata.get("annotations")
        if isinstance(annotations, dict):
            annotations.pop(LAST_APPLIED, None)
    for container in _containers(document):
        if own:
            blank_credentials(container.get("env"))
        else:
            for key in _WORKLOAD_KEYS:
                container.pop(key, None)
    return document


def _is_aws_node(metadata: dict[str, Any]) -> bool:
    return metadata.get("name") == "aws-node" and metadata.get("namespace") == "kube-system"


def _containers(document: Any) -> Iterator[dict[str, Any]]:
    """The containers of a pod template."""
    spec = document
    for step in ("spec", "template", "spec"):
        spec = spec.get(step) if isinstance(spec, dict) else None
    for key in _CONTAINERS:
        listed = spec.get(key) if isinstance(spec, dict) else None
        yield from (container for container in listed if isinstance(container, dict)) if listed else ()


def blank_credentials(variables: Any) -> None:
    """Blank the values of variables that hold a credential, and remove user information from URLs."""
    for variable in variables if isinstance(variables, list) else []:
        if not isinstance(variable, dict) or not isinstance(variable.get("value"), str):
            continue
        if _SECRET_NAME.search(str(variable.get("name"))):
            variable["value"] = "(not kept)"
        variable["value"] = _USER_INFO.sub("", variable["value"])
