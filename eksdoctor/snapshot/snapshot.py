"""A snapshot: the records that were collected, and the outcome of every request."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.records.node_text import NODE_TEXTS
from eksdoctor.snapshot.request import Answer, Refusal, Request
from eksdoctor.snapshot.text_streams import Stream

FORMAT = 1
PASTED = "decode"
CLOUDTRAIL = "cloudtrail"
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a request, without its records; `sampled` as in Answer."""

    refusal: Refusal | None = None
    absent: bool = False
    dropped: int = 0
    count: int = 0
    seconds: float = 0.0
    pages: int = 1
    sampled: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """The cluster of a run, as named by options and kubeconfig; empty is not known.

    `certificate` is the SHA-256 of the kubeconfig's CA data, to compare with DescribeCluster.
    """

    context: str = ""
    cluster: str = ""
    server: str = ""
    certificate: str = ""
    region: str = ""
    profile: str = ""
    account: str = ""
    namespace: str = ""
    kubeconfig: str = ""


@dataclass(frozen=True, slots=True)
class Focus:
    """The namespace and pod that the user named; empty means all."""

    namespace: str = ""
    pod: str = ""


@dataclass(frozen=True)
class Snapshot:
    """Everything that a run collected.

    `at` is the time of the capture (UTC, aware), `window` how far back evidence counts, `records` the
    documents by file, `outcomes` the outcome of each request. `has_manifest` is False for a folder of plain
    API files: its requests are not known, so no list is known to be complete. `extras` are what the user
    wants collected beyond the purpose; a replay has none. `streams` are logs of a bundle, which are read
    from the bundle and never copied into the snapshot.
    """

    at: datetime
    window: timedelta = timedelta(hours=1)
    target: Target = field(default_factory=Target)
    focus: Focus = field(default_factory=Focus)
    purpose: str = "triage"
    extras: frozenset[str] = frozenset()
    tool: str = ""
    records: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    outcomes: dict[Request, Outcome] = field(default_factory=dict)
    has_manifest: bool = True
    streams: tuple[Stream, ...] = ()

    def with_answers(self, answers: Iterable[Answer]) -> "Snapshot":
        """This snapshot and the answers; of two versions of a record it keeps the later one."""
        merged = dict(self.records)
        outcomes = dict(self.outcomes)
        for answer in answers:
            kind = answer.request.action.kind
            merged[kind.file] = _union(kind, merged.get(kind.file, ()), answer.documents)
            outcomes[answer.request] = Outcome(
                answer.refusal,
                answer.absent,
                answer.dropped,
                len(answer.documents),
                answer.seconds,
                answer.pages,
                answer.sampled,
            )
        return replace(self, records=merged, outcomes=outcomes)

    def of(self, kind: Kind[R]) -> tuple[R, ...]:
        """The records of a kind, decoded."""
        known: tuple[R, ...] | None = self._decoded.get(kind.file)
        if known is None:
            known = tuple(decode(kind, document) for document in self.records.get(kind.file, ()))
            self._decoded[kind.file] = known
        return known

    @cached_property
    def _decoded(self) -> dict[str, Any]:
        return {}

    @property
    def has_node_logs_only(self) -> bool:
        """Whether it holds node log bundles and nothing else."""
        return not self.has_manifest and self.records.keys() <= {NODE_TEXTS.file}

    @property
    def refusals(self) -> dict[Request, Refusal]:
        """The failed requests and their refusals."""
        return {request: outcome.refusal for request, outcome in self.outcomes.items() if outcome.refusal}

    @property
    def is_pasted(self) -> bool:
        """Whether it was built from pasted text: nothing else was requested."""
        return self.purpose == PASTED

    @property
    def interrupted(self) -> bool:
        """Whether the user stopped the capture."""
        return any(refusal.reason == "interrupted" for refusal in self.refusals.values())


def decode(kind: Kind[R], document: Any) -> R:
    """A document as its kind's record; raises msgspec.ValidationError when it is not one."""
    if isinstance(document, kind.record):
        return document
    return msgspec.convert(document, kind.record, strict=False)


def _union(kind: Kind[Any], old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
    if not old or kind.items == "rows":  # table rows have no identity: two pods can have the same cells
        return old + new
    found = {kind.identity(decode(kind, document)): document for document in (*old, *new)}
    return tuple(found.values())
