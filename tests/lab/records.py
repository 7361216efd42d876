"""A snapshot's records as the documents that the APIs answer with."""

from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.records.aws import Tag
from eksdoctor.snapshot.records.kubernetes import LIST_PODS
from eksdoctor.snapshot.records.node_text import NODE_TEXTS, NodeText
from eksdoctor.snapshot.snapshot import Snapshot, decode

Document = Any


class Records:
    """The documents of each kind, made once, when first asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._records = snapshot.records
        self.of = cache(self._of)

    def _of(self, kind: Kind[Any]) -> tuple[Document, ...]:
        shape = _kubernetes if kind.file.startswith("kubernetes/") else _aws
        documents = tuple(shape(record) for record in self._records.get(kind.file, ()))
        if kind is LIST_PODS.kind:
            for pod in documents:
                _complete_container_statuses(pod)
        return documents

    @property
    def words(self) -> tuple[NodeText, ...]:
        """What the daemons said."""
        return tuple(decode(NODE_TEXTS, record) for record in self._records.get(NODE_TEXTS.file, ()))

    def holds(self, kind: Kind[Any]) -> bool:
        """Whether the snapshot has a file of this kind, if only an empty one."""
        return kind.file in self._records


def _kubernetes(record: Any) -> Document:
    return msgspec.to_builtins(record)


def _complete_container_statuses(pod: Document) -> None:
    """`ready` and `restartCount` always stand in the API's answers, also when false and zero."""
    for status in pod.get("status", {}).get("containerStatuses", ()):
        status.setdefault("ready", False)
        status.setdefault("restartCount", 0)


def _aws(record: Any) -> Document:
    """AWS says zeros and `false` aloud, where a record leaves defaults out; what is empty was not known."""
    if isinstance(record, msgspec.Struct):
        names = zip(record.__struct_fields__, record.__struct_encode_fields__, strict=True)
        values = {name: _aws(getattr(record, field)) for field, name in names}
        empty: tuple[Any, ...] = (None, "", [], {})
        if isinstance(record, Tag):
            return values
        return {
            name: value
            for name, value in values.items()
            if isinstance(value, bool | int | datetime) or value not in empty
        }
    if isinstance(record, tuple | list):
        return [_aws(entry) for entry in record]
    return record
