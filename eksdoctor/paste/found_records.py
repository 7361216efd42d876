"""Collect what pasted texts contain: objects, event rows, settings, instance types, other lines."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from eksdoctor.evidence.inputs import ipamd_introspection, prometheus
from eksdoctor.evidence.inputs.event_table import EventRow
from eksdoctor.evidence.observed.source import SourceKind
from eksdoctor.paste import api_objects, cni_settings, event_rows, node_description, pod_listing
from eksdoctor.paste.pasted_text import PLACEHOLDER_NODE, PastedText
from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.records.kubernetes import LIST_NODES, LIST_PODS
from eksdoctor.snapshot.records.node_text import NODE_TEXTS, NodeText
from eksdoctor.snapshot.snapshot import decode


@dataclass(slots=True)
class FoundRecords:
    """What the texts contain.

    `records` are the objects by kind and identity, `rows` the event rows, `remaining` the texts without them.
    `variables` are settings of aws-node, `addon` those of the add-on, `types` the instance types named.
    """

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: list[EventRow] = field(default_factory=list)
    remaining: list[PastedText] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    addon: dict[str, str] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)

    def add(self, kind: Kind[Any], document: Any) -> None:
        """Add a record; one with the same identity replaces it."""
        self.records.setdefault(kind.file, {})[kind.identity(decode(kind, document))] = document

    def of(self, kind: Kind[Any]) -> list[Any]:
        """The records of a kind."""
        return [decode(kind, document) for document in self.records.get(kind.file, {}).values()]


def add_records(pasted: PastedText, found: FoundRecords, at: datetime) -> None:
    """Add all that one text contains; pod rows without an age are dated by `at`."""
    for kind, document in api_objects.find_records(pasted.text):
        found.add(kind, document)
    other, addon = cni_settings.split_addon_configuration(pasted.text)
    found.variables.update(cni_settings.find_variables(other))
    found.addon.update(cni_settings.find_variables(addon))
    found.types |= node_description.find_instance_types(pasted.text)
    described = node_description.parse_node(pasted.text)
    if described is not None:
        found.add(LIST_NODES.kind, decode(LIST_NODES.kind, described))
    for pod in pod_listing.parse_pods(pasted.text, at):
        found.add(LIST_PODS.kind, decode(LIST_PODS.kind, pod))
    split = event_rows.split_event_rows(pasted.text)
    found.rows += split.rows
    if split.remaining.strip():
        found.remaining.append(PastedText(pasted.name, split.remaining))
    _add_ipamd_text(pasted, found)


def _add_ipamd_text(pasted: PastedText, found: FoundRecords) -> None:
    content = pasted.text.encode("utf-8", "replace")
    scrape = prometheus.parse_metrics((content,))
    kind = ""
    if scrape.errors or scrape.pool:
        kind = SourceKind.METRICS
    elif ipamd_introspection.parse_enis(content.strip()) is not None:
        kind = SourceKind.INTROSPECTION
    if kind:
        found.add(
            NODE_TEXTS,
            NodeText(kind=kind, node=PLACEHOLDER_NODE, name=pasted.name, text=pasted.text, whole=False),
        )
