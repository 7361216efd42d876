"""Table output: the columns that the API server prints for each resource."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from tests.lab.kubernetes.selectors import value_at

Cell = Callable[[Any, datetime], Any]
NONE = "<none>"


def table(plural: str, rows: list[Any], metadata: Any) -> dict[str, Any]:
    """A Table document."""
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": [_definition(column) for column in _columns(plural)],
        "rows": rows,
    }


def row(plural: str, document: Any, now: datetime, include: str) -> dict[str, Any]:
    """One row; `include` is the query's includeObject."""
    made: dict[str, Any] = {"cells": [cell(document, now) for _, _, _, cell in _columns(plural)]}
    match include:
        case "None":
            made["object"] = None
        case "Object":
            made["object"] = document
        case _:
            metadata = document.get("metadata", {})
            made["object"] = {
                "kind": "PartialObjectMetadata",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": metadata,
            }
    return made


def pod_row(number: int, cells: Iterable[str]) -> dict[str, Any]:
    """A recorded row of the pod table, of which name and counts were not kept."""
    status, address, node = cells
    ready = "1/1" if status == "Running" else "0/1"
    return {
        "cells": [f"pod-{number}", ready, status, 0, "<unknown>", address, node, NONE, NONE],
        "object": None,
    }


def phase_of(status: str) -> str:
    """The phase behind a Status cell, as far as the cell tells."""
    if status in {"Completed", "Succeeded"}:
        return "Succeeded"
    if status in {"Error", "Failed", "Evicted", "ContainerStatusUnknown", "DeadlineExceeded", "NodeShutdown"}:
        return "Failed"
    starting = {"Pending", "ContainerCreating", "PodInitializing", "SchedulingGated"}
    return "Pending" if status in starting or status.startswith("Init:") else "Running"


def _definition(column: tuple[str, str, int, Cell]) -> dict[str, Any]:
    name, kind, priority, _ = column
    return {
        "name": name,
        "type": kind,
        "format": "name" if name == "Name" else "",
        "description": "",
        "priority": priority,
    }


def _at(path: str, absent: str = NONE) -> Cell:
    return lambda document, _: value_at(document, path, absent) or absent


def _age(path: str = "metadata.creationTimestamp") -> Cell:
    def cell(document: Any, now: datetime) -> str:
        text = value_at(document, path)
        return since(now - datetime.fromisoformat(text)) if text else "<unknown>"

    return cell


def since(duration: timedelta) -> str:
    """A duration as kubectl writes it, in its greatest unit."""
    seconds = max(0, int(duration.total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _ready(document: Any, _: datetime) -> str:
    statuses = document.get("status", {}).get("containerStatuses", ())
    total = len(document.get("spec", {}).get("containers", ())) or len(statuses)
    return f"{sum(1 for status in statuses if status.get('ready'))}/{total}"


def _pod_status(document: Any, _: datetime) -> str:
    if document.get("metadata", {}).get("deletionTimestamp"):
        return "Terminating"
    phase = value_at(document, "status.phase")
    if phase == "Pending" and value_at(document, "spec.nodeName"):
        return "ContainerCreating"
    return {"Succeeded": "Completed", "Failed": "Error"}.get(phase, phase)


def _restarts(document: Any, _: datetime) -> int:
    statuses = document.get("status", {}).get("containerStatuses", ())
    return sum(status.get("restartCount", 0) for status in statuses)


def _node_status(document: Any, _: datetime) -> str:
    conditions = {
        entry.get("type"): entry.get("status") for entry in document.get("status", {}).get("conditions", ())
    }
    ready = {"True": "Ready", "False": "NotReady"}.get(conditions.get("Ready", ""), "Unknown")
    return f"{ready},SchedulingDisabled" if document.get("spec", {}).get("unschedulable") else ready


def _internal_address(document: Any, _: datetime) -> str:
    for address in document.get("status", {}).get("addresses", ()):
        if address["type"] == "InternalIP":
            return str(address["address"])
    return NONE


def _last_seen(document: Any, now: datetime) -> str:
    for path in ("series.lastObservedTime", "lastTimestamp", "eventTime"):
        if value_at(document, path):
            return str(_age(path)(document, now))
    return "<unknown>"


def _involved(document: Any, _: datetime) -> str:
    return f"{value_at(document, 'involvedObject.kind').lower()}/{value_at(document, 'involvedObject.name')}"


_NAME = ("Name", "string", 0, _at("metadata.name"))
_COLUMNS: dict[str, tuple[tuple[str, str, int, Cell], ...]] = {
    "pods": (
        _NAME,
        ("Ready", "string", 0, _ready),
        ("Status", "string", 0, _pod_status),
        ("Restarts", "string", 0, _restarts),
        ("Age", "string", 0, _age()),
        ("IP", "string", 1, _at("status.podIP")),
        ("Node", "string", 1, _at("spec.nodeName")),
        ("Nominated Node", "string", 1, _at("status.nominatedNodeName")),
        ("Readiness Gates", "string", 1, lambda *_: NONE),
    ),
    "nodes": (
        _NAME,
        ("Status", "string", 0, _node_status),
        ("Roles", "string", 0, lambda *_: NONE),
        ("Age", "string", 0, _age()),
        ("Version", "string", 0, _at("status.nodeInfo.kubeletVersion", "")),
        ("Internal-IP", "string", 1, _internal_address),
        ("OS-Image", "string", 1, _at("status.nodeInfo.osImage", "<unknown>")),
    ),
    "events": (
        ("Last Seen", "string", 0, _last_seen),
        ("Type", "string", 0, _at("type", "")),
        ("Reason", "string", 0, _at("reason", "")),
        ("Object", "string", 0, _involved),
        ("Message", "string", 0, _at("message", "")),
        ("Name", "string", 1, _at("metadata.name")),
    ),
    "daemonsets": (
        _NAME,
        ("Desired", "integer", 0, _at("status.desiredNumberScheduled", "0")),
        ("Ready", "integer", 0, _at("status.numberReady", "0")),
        ("Age", "string", 0, _age()),
    ),
}


def _columns(plural: str) -> tuple[tuple[str, str, int, Cell], ...]:
    return _COLUMNS.get(plural, (_NAME, ("Age", "string", 0, _age())))
