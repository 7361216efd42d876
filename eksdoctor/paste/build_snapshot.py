"""The pages of a paste put together to a snapshot: what they name exists, all else is not known.

Somebody who pastes evidence asks about a pod that has no address. Where the text names no pod and no
node, one of each stands for them, so that the same model and the same rules speak as for a cluster.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from eksdoctor.evidence.inputs import ipamd_introspection, prometheus
from eksdoctor.evidence.inputs.event_table import Row
from eksdoctor.evidence.observed.source import QUESTION
from eksdoctor.evidence.observed.source import Kind as Voice
from eksdoctor.evidence.text.timestamps import ISO, moment
from eksdoctor.paste import api_objects, cni_settings, event_rows, node_description, pod_listing
from eksdoctor.paste.pasted_text import NAMESPACE, NODE, POD, Page
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.records.node_text import NODE_TEXTS, NodeText
from eksdoctor.snapshot.snapshot import PASTED, Snapshot, decode
from eksdoctor.snapshot.text_streams import Stream

LONG_AGO = timedelta(days=36500)
A_WHILE = timedelta(hours=1)
_ISO = re.compile(ISO)
_GENERIC = "Failed to create pod sandbox: add cmd: failed to assign an IP address to container"
_TAIL = 64 << 10


@dataclass(slots=True)
class Finds:
    """What the pages held."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    rest: list[Page] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    addon: dict[str, str] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)

    def add(self, kind: Kind[Any], document: Any) -> None:
        """A record, each once."""
        self.records.setdefault(kind.file, {})[kind.identity(decode(kind, document))] = document

    def of(self, kind: Kind[Any]) -> list[Any]:
        """The records of a kind."""
        return [decode(kind, document) for document in self.records.get(kind.file, {}).values()]


def assemble(pages: Iterable[Page], streams: Iterable[Stream], now: datetime) -> Snapshot:
    """The snapshot of a paste; `now` dates what carries no time itself."""
    pages, streams = tuple(pages), tuple(streams)
    found = Finds()
    at = max((time for page in pages if (time := _latest(page.text, now)) is not None), default=now)
    for page in pages:
        _read(page, found, at)
    node = _only_node(found)
    _complete(found, node, at)
    voices = [Stream(Voice.PASTE, page.name, _opened(page.text), node) for page in found.rest]
    voices += [Stream(Voice.PASTE, stream.name, stream.open, node, stream.path) for stream in streams]
    records = {file: tuple(held.values()) for file, held in found.records.items()}
    return Snapshot(at=at, window=LONG_AGO, purpose=PASTED, tool="", records=records, streams=tuple(voices))


def _opened(text: str) -> Any:
    return lambda: iter((text.encode("utf-8", "replace"),))


def _read(page: Page, found: Finds, at: datetime) -> None:
    for kind, document in api_objects.records(page.text):
        found.add(kind, document)
    own, addon = cni_settings.parted(page.text)
    found.variables.update(cni_settings.settings(own))
    found.addon.update(cni_settings.settings(addon))
    found.types |= node_description.instance_types(page.text)
    shown = node_description.node(page.text)
    if shown is not None:
        found.add(kinds.NODES, decode(kinds.NODES, shown))
    for pod in pod_listing.pods(page.text, at):
        found.add(kinds.PODS, decode(kinds.PODS, pod))
    split = event_rows.split(page.text)
    found.rows += split.rows
    if split.rest.strip():
        found.rest.append(Page(page.name, split.rest))
    _words(page, found)


def _words(page: Page, found: Finds) -> None:
    content = page.text.encode("utf-8", "replace")
    scrape = prometheus.read((content,))
    kind = ""
    if scrape.refusals or scrape.pool:
        kind = Voice.METRICS
    elif ipamd_introspection.enis(content.strip()) is not None:
        kind = Voice.INTROSPECTION
    if kind:
        found.add(NODE_TEXTS, NodeText(kind=kind, node=NODE, name=page.name, text=page.text, whole=False))


def _only_node(found: Finds) -> str:
    """The one node that is named, whatever else is said is of it; a stand-in for none or several."""
    names = {record.metadata.name for record in found.of(kinds.NODES)}
    names |= {pod.spec.node_name for pod in found.of(kinds.PODS) if pod.spec.node_name}
    names |= {row.node for row in found.rows if row.node}
    names.discard(NODE)
    return names.pop() if len(names) == 1 else NODE


def _complete(found: Finds, node: str, at: datetime) -> None:
    for number, row in enumerate(found.rows):
        found.add(kinds.EVENTS, decode(kinds.EVENTS, event_rows.event(row, number, at, node)))
    for kind in (kinds.PODS, NODE_TEXTS):
        for identity, document in list(found.records.get(kind.file, {}).items()):
            found.records[kind.file][identity] = _placed(kind, document, node)
    _complete_node(found, node)
    _complete_pods(found, node, at)
    if (found.variables or _shows_daemon(found)) and not found.of(kinds.DAEMON_SETS):
        found.add(kinds.DAEMON_SETS, cni_settings.daemon_set(found.variables))
    if found.addon and not found.of(kinds.ADDONS):
        values = cni_settings.configuration(found.addon)
        found.add(kinds.ADDONS, {"addonName": "vpc-cni", "configurationValues": values})


def _placed(kind: Kind[Any], document: Any, node: str) -> Any:
    """The record with the node's name in place of the stand-in's."""
    plain = msgspec.to_builtins(document)
    if kind is NODE_TEXTS:
        plain["node"] = node if plain.get("node") == NODE else plain.get("node", "")
    elif plain.get("spec", {}).get("nodeName") == NODE:
        plain["spec"]["nodeName"] = node
    return decode(kind, plain)


def _complete_node(found: Finds, node: str) -> None:
    """A node that is described without its type or provider is an EC2 instance of the one type named.

    Where aws-node runs there is a node, though nothing else be said of it.
    """
    held = found.records.setdefault(kinds.NODES.file, {})
    only = next(iter(found.types)) if len(found.types) == 1 else ""
    if not held and (only or _shows_daemon(found)):
        found.add(kinds.NODES, decode(kinds.NODES, {"metadata": {"name": node}}))
    for identity, record in list(held.items()):
        plain = msgspec.to_builtins(record)
        metadata = plain["metadata"]
        metadata["name"] = node if metadata["name"] == NODE else metadata["name"]
        if only:
            metadata["labels"] = {node_description.TYPE_LABEL: only, **metadata.get("labels", {})}
        plain.setdefault("spec", {}).setdefault("providerID", "aws:///")
        del held[identity]
        found.add(kinds.NODES, decode(kinds.NODES, plain))


def _complete_pods(found: Finds, node: str, at: datetime) -> None:
    """Every pod that an event is about waits; where there is none at all, one stands for the question."""
    named = {(pod.metadata.namespace, pod.metadata.name) for pod in found.of(kinds.PODS)}
    for event in found.of(kinds.EVENTS):
        about = event.involved_object
        if about.kind == "Pod" and (about.namespace, about.name) not in named and not _is_daemon(about.name):
            bound = _is_bound(about.name, found)
            found.add(kinds.PODS, _waiting(about.namespace, about.name, node if bound else "", at))
            named.add((about.namespace, about.name))
    if not any(_waits(pod) for pod in found.of(kinds.PODS)):
        found.add(kinds.PODS, _waiting(NAMESPACE, POD, node, at))
        found.add(kinds.EVENTS, _premise(node, at))


def _is_daemon(name: str) -> bool:
    return pod_listing.DAEMON.match(name) is not None


def _shows_daemon(found: Finds) -> bool:
    return any(_is_daemon(pod.metadata.name) for pod in found.of(kinds.PODS))


def _waits(pod: Any) -> bool:
    return pod.status.phase == "Pending" and not pod.status.pod_ip


def _is_bound(name: str, found: Finds) -> bool:
    """Whether any of its events comes from a kubelet, rather than all from the scheduler."""
    about = [event for event in found.of(kinds.EVENTS) if event.involved_object.name == name]
    return any(event.reason != "FailedScheduling" for event in about)


def _waiting(namespace: str, name: str, node: str, at: datetime) -> Any:
    bound = {"type": "PodScheduled", "status": "True", "lastTransitionTime": at - A_WHILE}
    return decode(
        kinds.PODS,
        {
            "metadata": {"namespace": namespace, "name": name},
            "spec": {"nodeName": node, "containers": []},
            "status": {"phase": "Pending", "conditions": [bound] if node else []},
        },
    )


def _premise(node: str, at: datetime) -> Any:
    return decode(
        kinds.EVENTS,
        {
            "metadata": {"namespace": NAMESPACE, "name": "premise"},
            "involvedObject": {"kind": "Pod", "namespace": NAMESPACE, "name": POD},
            "reason": "FailedCreatePodSandBox",
            "message": _GENERIC,
            "type": "Warning",
            "count": 2,
            "lastTimestamp": at,
            "source": {"component": QUESTION, "host": node},
        },
    )


def _latest(text: str, now: datetime) -> datetime | None:
    """The newest time in a text, of those that are not still to come."""
    times = (moment(stamp) for stamp in _ISO.findall(text[-_TAIL:]))
    return max((at for at in times if at is not None and at <= now + A_WHILE), default=None)
