"""Build a snapshot from pasted texts: the objects they name exist, everything else is unknown.

A paste is a question about a pod without an IP. If the text names no pod or no node, a placeholder stands for
it, so that the same facts and rules apply as for a cluster.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from eksdoctor.evidence.observed.source import ASSUMED_EVENT, SourceKind
from eksdoctor.evidence.text.timestamps import ISO_TIMESTAMP, parse_timestamp
from eksdoctor.paste import cni_settings, event_rows, node_description, pod_listing
from eksdoctor.paste.found_records import FoundRecords, add_records
from eksdoctor.paste.pasted_text import (
    ASSUMED_WAIT,
    DEFAULT_NAMESPACE,
    PLACEHOLDER_NODE,
    PLACEHOLDER_POD,
    PastedText,
)
from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.records.aws import DESCRIBE_ADDON
from eksdoctor.snapshot.records.kubernetes import LIST_DAEMON_SETS, LIST_EVENTS, LIST_NODES, LIST_PODS
from eksdoctor.snapshot.records.node_text import NODE_TEXTS
from eksdoctor.snapshot.snapshot import PASTED, Snapshot, decode
from eksdoctor.snapshot.text_streams import Stream

WHOLE_PAST = timedelta(days=36500)
"""The window of a paste: no event is too old."""
_ISO = re.compile(ISO_TIMESTAMP)
_ASSUMED_MESSAGE = "Failed to create pod sandbox: add cmd: failed to assign an IP address to container"
_SEARCHED_CHARACTERS = 64 << 10


def build_snapshot(texts: Iterable[PastedText], streams: Iterable[Stream], now: datetime) -> Snapshot:
    """The snapshot of a paste; `now` dates texts without any timestamp."""
    texts, streams = tuple(texts), tuple(streams)
    found = FoundRecords()
    at = max(
        (time for pasted in texts if (time := _latest_timestamp(pasted.text, now)) is not None), default=now
    )
    for pasted in texts:
        add_records(pasted, found, at)
    node = _only_node(found)
    _add_missing_objects(found, node, at)
    all_streams = [
        Stream(SourceKind.PASTE, pasted.name, _opener(pasted.text), node) for pasted in found.remaining
    ]
    all_streams += [
        Stream(SourceKind.PASTE, stream.name, stream.open, node, stream.path) for stream in streams
    ]
    records = {file: tuple(held.values()) for file, held in found.records.items()}
    return Snapshot(
        at=at, window=WHOLE_PAST, purpose=PASTED, tool="", records=records, streams=tuple(all_streams)
    )


def _opener(text: str) -> Any:
    return lambda: iter((text.encode("utf-8", "replace"),))


def _only_node(found: FoundRecords) -> str:
    """The one node that the texts name; the placeholder if they name none or several."""
    names = {record.metadata.name for record in found.of(LIST_NODES.kind)}
    names |= {pod.spec.node_name for pod in found.of(LIST_PODS.kind) if pod.spec.node_name}
    names |= {row.node for row in found.rows if row.node}
    names.discard(PLACEHOLDER_NODE)
    return names.pop() if len(names) == 1 else PLACEHOLDER_NODE


def _add_missing_objects(found: FoundRecords, node: str, at: datetime) -> None:
    for number, row in enumerate(found.rows):
        found.add(LIST_EVENTS.kind, decode(LIST_EVENTS.kind, event_rows.event_object(row, number, at, node)))
    for kind in (LIST_PODS.kind, NODE_TEXTS):
        for identity, document in list(found.records.get(kind.file, {}).items()):
            found.records[kind.file][identity] = _with_node_name(kind, document, node)
    _complete_nodes(found, node)
    _complete_pods(found, node, at)
    if (found.variables or _shows_aws_node(found)) and not found.of(LIST_DAEMON_SETS.kind):
        found.add(LIST_DAEMON_SETS.kind, cni_settings.aws_node_daemon_set(found.variables))
    if found.addon and not found.of(DESCRIBE_ADDON.kind):
        values = cni_settings.write_configuration_values(found.addon)
        found.add(DESCRIBE_ADDON.kind, {"addonName": "vpc-cni", "configurationValues": values})


def _with_node_name(kind: Kind[Any], document: Any, node: str) -> Any:
    """The record with the node's name instead of the placeholder."""
    plain = msgspec.to_builtins(document)
    if kind is NODE_TEXTS:
        plain["node"] = node if plain.get("node") == PLACEHOLDER_NODE else plain.get("node", "")
    elif plain.get("spec", {}).get("nodeName") == PLACEHOLDER_NODE:
        plain["spec"]["nodeName"] = node
    return decode(kind, plain)


def _complete_nodes(found: FoundRecords, node: str) -> None:
    """Give a node without type or provider the one instance type that the texts name.

    A text that shows an aws-node pod implies a node, even if it names none.
    """
    held = found.records.setdefault(LIST_NODES.kind.file, {})
    only = next(iter(found.types)) if len(found.types) == 1 else ""
    if not held and (only or _shows_aws_node(found)):
        found.add(LIST_NODES.kind, decode(LIST_NODES.kind, {"metadata": {"name": node}}))
    for identity, record in list(held.items()):
        plain = msgspec.to_builtins(record)
        metadata = plain["metadata"]
        metadata["name"] = node if metadata["name"] == PLACEHOLDER_NODE else metadata["name"]
        if only:
            metadata["labels"] = {node_description.TYPE_LABEL: only, **metadata.get("labels", {})}
        plain.setdefault("spec", {}).setdefault("providerID", "aws:///")
        del held[identity]
        found.add(LIST_NODES.kind, decode(LIST_NODES.kind, plain))


def _complete_pods(found: FoundRecords, node: str, at: datetime) -> None:
    """Add a waiting pod for each event about a pod; without any waiting pod, add the placeholder."""
    named = {(pod.metadata.namespace, pod.metadata.name) for pod in found.of(LIST_PODS.kind)}
    for event in found.of(LIST_EVENTS.kind):
        involved = event.involved_object
        namespace, name = involved.namespace, involved.name
        if involved.kind == "Pod" and (namespace, name) not in named and not _is_aws_node(name):
            host = node if _is_scheduled(name, found) else ""
            found.add(LIST_PODS.kind, _waiting_pod(namespace, name, host, at))
            named.add((namespace, name))
    if not any(_is_waiting(pod) for pod in found.of(LIST_PODS.kind)):
        found.add(LIST_PODS.kind, _waiting_pod(DEFAULT_NAMESPACE, PLACEHOLDER_POD, node, at))
        found.add(LIST_EVENTS.kind, _assumed_event(node, at))


def _is_aws_node(name: str) -> bool:
    return pod_listing.AWS_NODE_POD_NAME.match(name) is not None


def _shows_aws_node(found: FoundRecords) -> bool:
    return any(_is_aws_node(pod.metadata.name) for pod in found.of(LIST_PODS.kind))


def _is_waiting(pod: Any) -> bool:
    return pod.status.phase == "Pending" and not pod.status.pod_ip


def _is_scheduled(name: str, found: FoundRecords) -> bool:
    """Whether one of its events is from a kubelet, not only from the scheduler."""
    involved = [event for event in found.of(LIST_EVENTS.kind) if event.involved_object.name == name]
    return any(event.reason != "FailedScheduling" for event in involved)


def _waiting_pod(namespace: str, name: str, node: str, at: datetime) -> Any:
    scheduled = {"type": "PodScheduled", "status": "True", "lastTransitionTime": at - ASSUMED_WAIT}
    return decode(
        LIST_PODS.kind,
        {
            "metadata": {"namespace": namespace, "name": name},
            "spec": {"nodeName": node, "containers": []},
            "status": {"phase": "Pending", "conditions": [scheduled] if node else []},
        },
    )


def _assumed_event(node: str, at: datetime) -> Any:
    return decode(
        LIST_EVENTS.kind,
        {
            "metadata": {"namespace": DEFAULT_NAMESPACE, "name": "assumed-event"},
            "involvedObject": {"kind": "Pod", "namespace": DEFAULT_NAMESPACE, "name": PLACEHOLDER_POD},
            "reason": "FailedCreatePodSandBox",
            "message": _ASSUMED_MESSAGE,
            "type": "Warning",
            "count": 2,
            "lastTimestamp": at,
            "source": {"component": ASSUMED_EVENT, "host": node},
        },
    )


def _latest_timestamp(text: str, now: datetime) -> datetime | None:
    """The newest time in a text that is not in the future; None without one."""
    times = (parse_timestamp(stamp) for stamp in _ISO.findall(text[-_SEARCHED_CHARACTERS:]))
    return max((at for at in times if at is not None and at <= now + ASSUMED_WAIT), default=None)
