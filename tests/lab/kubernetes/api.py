"""The Kubernetes API of a snapshot: from a call to its answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from eksdoctor.snapshot.declaration import Action, Kind
from eksdoctor.snapshot.records.kubernetes import TABULATE_PODS
from eksdoctor.snapshot.request import Request
from tests.lab.call import Asked, Call, Passage, Reply
from tests.lab.faults import Fault
from tests.lab.kubernetes import discovery, statuses, tables, words
from tests.lab.kubernetes.namespaces import namespace_at
from tests.lab.kubernetes.plan import Plan, located, names
from tests.lab.kubernetes.refusals import refused
from tests.lab.kubernetes.resources import Resource
from tests.lab.kubernetes.selectors import BadSelectorError, by_fields, by_labels, value_at
from tests.lab.pages import BadTokenError, Page, offset_of, page
from tests.lab.records import Records

SELECTING = ("fieldSelector", "labelSelector")
UNDECODABLE = "what the snapshot's run could not decode"
METADATA = {"resourceVersion": "1"}
ROW_FIELDS = {"spec.nodeName": ("node", ""), "status.podIP": ("address", ""), "status.phase": ("phase", "")}


class KubernetesApi:
    """Answers from records; `token` is the one bearer token it knows, empty when any will do."""

    def __init__(self, records: Records, at: datetime, token: str, ranges: str = "honoured") -> None:
        self._records, self._at, self._token = records, at, token
        self._words = words.Spoken(records, ranges)
        self._selected = lru_cache(256)(self._select)
        self._lines = lru_cache(64)(self._encode)
        self._rows = lru_cache(64)(self._pod_rows)

    def understand(self, call: Call) -> Asked:
        """What this call asks for."""
        parts = urlsplit(call.target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        shown = "table" if "as=Table" in call.headers.get("accept", "") else "json"
        plan = located(Plan(parts.path.rstrip("/"), query, shown))
        if self._token and call.headers.get("authorization") != f"Bearer {self._token}":
            plan = replace(plan, hindrance="untrusted")
        if call.method != "GET":
            plan = replace(plan, hindrance=plan.hindrance or "writes")
            return Asked("kubernetes", f"{call.method} {parts.path}", query, plan=plan)
        if plan.saying is not None:
            return self._words.asked(plan, call)
        if plan.resource is None:
            return Asked("kubernetes", "discovery", {"path": parts.path}, names=("discovery",), plan=plan)
        return self._named(plan, plan.resource)

    def _named(self, plan: Plan, resource: Resource) -> Asked:
        bare = plan.query.get("includeObject") == "None"
        action = TABULATE_PODS if bare and resource.plural == "pods" else _action(plan, resource)
        arguments = {
            name: plan.query[name] for name in (*SELECTING, "limit", "continue") if name in plan.query
        }
        arguments |= {
            name: value for name, value in (("namespace", plan.namespace), ("name", plan.name)) if value
        }
        told = {name: value for name, value in arguments.items() if name not in {"limit", "continue"}}
        try:
            offset = offset_of(plan.query.get("continue", ""))
        except BadTokenError:
            offset = -1
        return Asked(
            "kubernetes",
            action.name if plan.verb == _verb(action) else f"{plan.verb}-{resource.plural}",
            arguments,
            action,
            names(plan, resource, action),
            Request.of(action, **told) if plan.verb == _verb(action) else None,
            offset,
            plan,
        )

    def answer(self, asked: Asked, passage: Passage) -> Reply:
        """The answer to what was asked."""
        plan: Plan = asked.plan
        if plan.hindrance:
            return _hindered(plan)
        if plan.saying is not None:
            return self._words.answer(plan)
        if plan.resource is None:
            document = discovery.document_at(plan.path) or namespace_at(plan.path, self._records)
            return _json(document) if document else statuses.no_resource()
        if plan.name:
            return self._object(plan, plan.resource)
        try:
            return self._list(plan, plan.resource, asked, passage)
        except BadSelectorError as error:
            return statuses.status(400, str(error))

    def refuse(self, asked: Asked, fault: Fault) -> Reply:
        """A refusal as a Status object."""
        return refused(asked.plan, fault)

    def _object(self, plan: Plan, resource: Resource) -> Reply:
        held = [one for kind in _kinds(resource) for one in self._records.of(kind)]
        for document in held:
            metadata = document.get("metadata", {})
            if (metadata.get("name"), metadata.get("namespace", "")) == (plan.name, plan.namespace):
                break
        else:
            return statuses.no_object(plan)
        if plan.shown == "table":
            row = tables.row(resource.plural, document, self._at, plan.query.get("includeObject", ""))
            return _json(tables.table(resource.plural, [row], METADATA))
        return _json({"kind": resource.kind, "apiVersion": resource.version, **document})

    def _list(self, plan: Plan, resource: Resource, asked: Asked, passage: Passage) -> Reply:
        if plan.verb == "watch":
            return statuses.status(405, "the lab serves lists, not watches")
        if asked.offset < 0:
            return statuses.status(400, "continue key is not valid")
        selectors = (plan.query.get("fieldSelector", ""), plan.query.get("labelSelector", ""))
        size = int(plan.query.get("limit") or 0) or None
        include = plan.query.get("includeObject", "")
        bare = plan.shown == "table" and include == "None" and resource.plural == "pods"
        part: Page[Any]
        if bare and self._records.holds(TABULATE_PODS.kind):
            part = page(self._rows(selectors[0]), asked.offset, size, passage.most)
            entries = list(part.entries)
        else:
            part = page(
                self._selected(resource, plan.namespace, *selectors), asked.offset, size, passage.most
            )
            entries = self._entries(plan, resource, part.entries)
        if not part.token:
            broken = {"cells": [UNDECODABLE]} if plan.shown == "table" else {"metadata": UNDECODABLE}
            entries += [broken] * passage.dropped
        metadata = _metadata(part.token, part.left if not any(selectors) else 0)
        if plan.shown == "table":
            return _json(tables.table(resource.plural, entries, metadata))
        listed = {"kind": f"{resource.kind}List", "apiVersion": resource.version, "metadata": metadata}
        return _json({**listed, "items": entries})

    def _entries(self, plan: Plan, resource: Resource, numbers: Sequence[int]) -> list[Any]:
        if plan.shown == "json":
            lines = self._lines(resource)
            return [lines[number] for number in numbers]
        documents = self._records.of(resource.action.kind)
        include = plan.query.get("includeObject", "")
        return [tables.row(resource.plural, documents[number], self._at, include) for number in numbers]

    def _select(self, resource: Resource, namespace: str, fields: str, labels: str) -> tuple[int, ...]:
        by_field, by_label = by_fields(fields, resource.selectable), by_labels(labels)
        return tuple(
            number
            for number, document in enumerate(self._records.of(resource.action.kind))
            if (not namespace or value_at(document, "metadata.namespace") == namespace)
            and by_field(document)
            and by_label(document)
        )

    def _encode(self, resource: Resource) -> tuple[msgspec.Raw, ...]:
        return tuple(
            msgspec.Raw(msgspec.json.encode(document)) for document in self._records.of(resource.action.kind)
        )

    def _pod_rows(self, fields: str) -> list[dict[str, Any]]:
        matches = by_fields(fields, ROW_FIELDS)
        rows = [tuple(document["cells"]) for document in self._records.of(TABULATE_PODS.kind)]
        return [
            tables.pod_row(number, cells)
            for number, cells in enumerate(rows)
            if matches({"phase": tables.phase_of(cells[0]), "address": cells[1], "node": cells[2]})
        ]


def _hindered(plan: Plan) -> Reply:
    if plan.hindrance == "untrusted":
        return statuses.unauthorized()
    return statuses.status(405, "the server does not allow this method on the requested resource")


def _action(plan: Plan, resource: Resource) -> Action:
    return resource.getting if plan.name and resource.getting is not None else resource.action


def _kinds(resource: Resource) -> list[Kind[Any]]:
    """The kinds whose records are objects of this resource."""
    actions = (resource.action, resource.getting)
    return [action.kind for action in actions if action is not None]


def _verb(action: Action) -> str:
    return action.permission.partition(" ")[0]


def _metadata(token: str, left: int) -> dict[str, Any]:
    if not token:
        return METADATA
    return METADATA | {"continue": token} | ({"remainingItemCount": left} if left else {})


def _json(document: Any) -> Reply:
    return Reply(200, msgspec.json.encode(document), (statuses.JSON,))
