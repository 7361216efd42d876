"""Occurrences of one thing, counted together, and what is known once all have been heard."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from eksdoctor.evidence.observed.observation import BACK_OFF, Statement
from eksdoctor.evidence.observed.source import Source
from eksdoctor.evidence.signatures.catalogue import Signature, Weight
from eksdoctor.evidence.signatures.match import Match

SEVERAL = "several: "
"""Begins the key of what may stand for several attempts: an event, a sandbox."""
MOST_EVIDENCE = 2000
MOST_REQUESTS = 16
MOST_SOURCES = 16
QUIET = timedelta(seconds=60)
"""A source that speaks for so long after a failure without a success has seen none."""
_NOT_A_CAUSE = frozenset({"benign", "success", "clean-up"})


class Occurrence(msgspec.Struct):
    """One failed call, attempt or event, as its lines together tell it."""

    match: Match
    first: datetime | None
    last: datetime | None
    count: int
    evidence: str
    source: Source
    lasted: timedelta | None = None
    node: str = ""
    subnet: str = ""
    eni: str = ""
    pod: str = ""
    action: str = ""
    tolerated: bool = False
    request: str = ""

    @property
    def signature(self) -> Signature:
        """The signature of the weightiest line."""
        return self.match.signature

    @property
    def testifies(self) -> str:
        """The class; a refusal that pods can do without is its own."""
        found = self.match.testifies
        return "denied-tolerated" if found == "denied" and self.tolerated else found

    @property
    def key(self) -> tuple[str, ...]:
        """What two occurrences of the same thing have in common."""
        words = tuple(f"{name}={text}" for name, text in sorted(self.match.words.items()))
        card = str(self.match.numbers.get("card", ""))
        names = (self.node, self.subnet, self.eni, self.pod, self.action)
        return (self.signature.id, self.testifies, self.match.code, card, *names, *words)

    def identified(self, key: str) -> "Occurrence":
        """This, under the request id or sandbox that identifies it."""
        name = "" if key.startswith(SEVERAL) else key
        if self.request and self.request != name:  # a line with several request ids
            return msgspec.structs.replace(self, request=name)
        self.request = name
        return self

    def merge(self, other: "Occurrence", rank: Sequence[Weight]) -> None:
        """Another line of the same failure: the weightier names the cause, each adds what it names."""
        if rank.index(other.signature.weight) < rank.index(self.signature.weight):
            self.match, self.evidence = other.match, other.evidence
        self.first, self.last = _earlier(self.first, other.first), _later(self.last, other.last)
        self.count = max(self.count, other.count) if not self.request else 1
        self.tolerated = self.tolerated or other.tolerated
        self.node, self.pod = self.node or other.node, self.pod or other.pod
        self.subnet, self.eni = self.subnet or other.subnet, self.eni or other.eni
        self.action = self.action or other.action


@dataclass(slots=True)
class Group:
    """Occurrences with the same key."""

    sample: Occurrence
    total: int = 0
    first: datetime | None = None
    last: datetime | None = None
    lasted: timedelta | None = None
    requests: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    numbers: Mapping[str, int] = field(default_factory=dict)
    numbers_since: datetime | None = None

    def count(self, said: Occurrence) -> None:
        """One more."""
        self.total += 1 if said.request else said.count
        newest = self.last is None or (said.last is not None and said.last >= self.last)
        if newest or not self.numbers:
            if said.match.numbers != self.numbers:
                self.numbers_since = said.first
            self.numbers = said.match.numbers
        self.first, self.last = _earlier(self.first, said.first), _later(self.last, said.last)
        self.lasted = max((span for span in (self.lasted, said.lasted) if span is not None), default=None)
        if said.request and len(self.requests) < MOST_REQUESTS:
            self.requests.append(said.request)
        if said.source not in self.sources and len(self.sources) < MOST_SOURCES:
            self.sources.append(said.source)

    def statement(self) -> Statement:
        """The group as a statement, its sequel not yet considered."""
        said = self.sample
        span = self.last - self.first if self.first is not None and self.last is not None else None
        return Statement(
            signature=said.signature,
            testifies=said.testifies,
            count=self.total,
            evidence=said.evidence[:MOST_EVIDENCE],
            first=self.first,
            last=self.last,
            lasted=max((one for one in (span, self.lasted) if one is not None), default=None),
            requests=tuple(self.requests),
            node=said.node,
            subnet=said.subnet,
            eni=said.eni,
            pod=said.pod,
            action=said.action,
            code=said.match.code,
            numbers=dict(self.numbers),
            numbers_since=self.numbers_since,
            words=dict(said.match.words),
            sources=tuple(self.sources),
        )


def conclude(groups: Iterable[Group], latest: Mapping[str, datetime]) -> tuple[Statement, ...]:
    """The groups as statements, each with its sequel and the generic ones with their cause."""
    found = [group.statement() for group in groups]
    successes = [one for one in found if one.signature.weight is Weight.SUCCESS]
    causes = [one for one in found if one.is_cause and one.testifies not in _NOT_A_CAUSE]
    done = (_explained(_sequel(one, successes, latest), causes) for one in found)
    return tuple(
        sorted(done, key=lambda one: (one.first is None, one.first.timestamp() if one.first else 0.0))
    )


def _sequel(said: Statement, successes: list[Statement], latest: Mapping[str, datetime]) -> Statement:
    if said.last is None or said.signature.weight is Weight.SUCCESS:
        return said
    for success in successes:
        ends = said.testifies in success.signature.ends
        if ends and success.last is not None and success.last > said.last and _same_place(said, success):
            return replace(said, followed_by_success=True)
    silent = max((latest[one.name] for one in said.sources if one.name in latest), default=said.last)
    return replace(said, followed_by_success=False) if silent - said.last >= QUIET else said


def _explained(said: Statement, causes: list[Statement]) -> Statement:
    """A generic statement with the line above it that says why, from the same node and not long before."""
    if said.signature.weight not in (Weight.GENERIC, Weight.WRAPPER):
        return said
    near = [one for one in causes if _same_place(said, one) and _stands_above(one, said)]
    if not near:
        return said
    best = max(near, key=lambda one: one.last.timestamp() if one.last else 0.0)
    return replace(said, evidence=best.evidence, cause=best.signature.id)


def _stands_above(cause: Statement, said: Statement) -> bool:
    if cause.first is None or cause.last is None or said.first is None or said.last is None:
        return True
    return cause.first <= said.last and said.first - cause.last <= BACK_OFF + QUIET


def _same_place(one: Statement, other: Statement) -> bool:
    if one.pod and other.pod and one.pod != other.pod:
        return False
    return not one.node or not other.node or one.node == other.node


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return max(one, other)
