"""A snapshot: the records that were answered, and the account of every question asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from eksdoctor.snapshot.kinds import WORDS, Kind
from eksdoctor.snapshot.request import Answer, Refusal, Request
from eksdoctor.snapshot.text_streams import Stream

FORMAT = 1
PASTED = "decode"
CLOUDTRAIL = "cloudtrail"
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request, without its records; `sampled`: there was more than was asked for."""

    refusal: Refusal | None = None
    absent: bool = False
    dropped: int = 0
    count: int = 0
    seconds: float = 0.0
    pages: int = 1
    sampled: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Which cluster was looked at, as kubeconfig and session name it; empty is not known.

    `certificate` is the SHA-256 of the kubeconfig's CA data, to compare with DescribeCluster's.
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
    """What the user asked about: all namespaces and pods when empty."""

    namespace: str = ""
    pod: str = ""


@dataclass(frozen=True)
class Snapshot:
    """Everything a run saw.

    `at` is the capture's time (UTC, aware), `window` how far back testimony counts, `records` the
    documents by file, `outcomes` the account of each request. `manifested` is False for a folder of
    plain API files without a manifest: what was asked there is not known, so no list is complete.
    `extras` names what the user wants asked beyond the purpose; a replay asks nothing and has none.
    `streams` are texts that lie beside it, a bundle's logs: they are read where they lie, never copied in.
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
    manifested: bool = True
    streams: tuple[Stream, ...] = ()

    def with_answers(self, answers: Iterable[Answer]) -> "Snapshot":
        """This snapshot and the answers, each record once (the latest wins)."""
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
    def is_of_logs_alone(self) -> bool:
        """Whether there is nothing in it but what bundles of nodes' logs hold."""
        return not self.manifested and self.records.keys() <= {WORDS.file}

    @property
    def refusals(self) -> dict[Request, Refusal]:
        """The questions without an answer."""
        return {request: outcome.refusal for request, outcome in self.outcomes.items() if outcome.refusal}

    @property
    def is_pasted(self) -> bool:
        """Whether it is what somebody pasted: what it does not show was not asked of anybody."""
        return self.purpose == PASTED

    @property
    def interrupted(self) -> bool:
        """Whether the user stopped the capture."""
        return any(refusal.reason == "interrupted" for refusal in self.refusals.values())


def decode(kind: Kind[R], document: Any) -> R:
    """A document as its kind's record; raises msgspec.ValidationError for what is not one."""
    if isinstance(document, kind.record):
        return document
    return msgspec.convert(document, kind.record, strict=False)


def _union(kind: Kind[Any], old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
    if not old or kind.items == "rows":  # table rows have no identity: two pods may show the same cells
        return old + new
    found = {kind.identity(decode(kind, document)): document for document in (*old, *new)}
    return tuple(found.values())
