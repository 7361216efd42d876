"""Occurrences of failures and states, and groups of equal ones that are counted together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.evidence.observed.source import Source
from eksdoctor.evidence.signatures.catalogue import Signature
from eksdoctor.evidence.signatures.classes import EvidenceClass, Weight
from eksdoctor.evidence.signatures.match import Match

NOT_A_REQUEST = "several: "
"""Prefix of a key that is no request id and may stand for several attempts: an event, a sandbox."""
MAX_EVIDENCE_CHARACTERS = 2000
MAX_REQUEST_IDS = 16
MAX_SOURCES = 16


class Occurrence(msgspec.Struct):
    """One failed call, attempt or event, merged from all its lines.

    `tolerated` is true if a line shows that pods get IPs without the call. `request_id` is empty for events.
    """

    match: Match
    first: datetime | None
    last: datetime | None
    count: int
    evidence: str
    source: Source
    duration: timedelta | None = None
    node: str = ""
    subnet: str = ""
    eni: str = ""
    pod: str = ""
    action: str = ""
    tolerated: bool = False
    request_id: str = ""

    @property
    def signature(self) -> Signature:
        """The signature of the line with the most telling weight."""
        return self.match.signature

    @property
    def evidence_class(self) -> EvidenceClass:
        """The class of the match; DENIED_TOLERATED for a denied call that pods do not need."""
        found = self.match.evidence_class
        is_tolerated = found is EvidenceClass.DENIED and self.tolerated
        return EvidenceClass.DENIED_TOLERATED if is_tolerated else found

    @property
    def key(self) -> tuple[str, ...]:
        """Equal for two occurrences that are counted together."""
        texts = tuple(f"{name}={text}" for name, text in sorted(self.match.texts.items()))
        card = str(self.match.numbers.get("card", ""))
        names = (self.node, self.subnet, self.eni, self.pod, self.action)
        return (self.signature.id, self.evidence_class, self.match.code, card, *names, *texts)

    def with_request_id(self, key: str) -> "Occurrence":
        """This occurrence under the request id in `key`; a copy if it already has another one."""
        name = "" if key.startswith(NOT_A_REQUEST) else key
        if self.request_id and self.request_id != name:  # a line with several request ids
            return msgspec.structs.replace(self, request_id=name)
        self.request_id = name
        return self

    def merge(self, other: "Occurrence", order: Sequence[Weight]) -> None:
        """Add another line of the same failure; the match whose weight is earlier in `order` stays."""
        if order.index(other.signature.weight) < order.index(self.signature.weight):
            self.match, self.evidence = other.match, other.evidence
        self.first, self.last = _earlier(self.first, other.first), _later(self.last, other.last)
        self.count = max(self.count, other.count) if not self.request_id else 1
        self.tolerated = self.tolerated or other.tolerated
        self.node, self.pod = self.node or other.node, self.pod or other.pod
        self.subnet, self.eni = self.subnet or other.subnet, self.eni or other.eni
        self.action = self.action or other.action


@dataclass(slots=True)
class OccurrenceGroup:
    """Occurrences with the same key.

    `total` counts requests, attempts and events. `numbers` are the latest, unchanged since `numbers_since`.
    """

    sample: Occurrence
    total: int = 0
    first: datetime | None = None
    last: datetime | None = None
    duration: timedelta | None = None
    request_ids: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    numbers: Mapping[str, int] = field(default_factory=dict)
    numbers_since: datetime | None = None

    def add(self, occurrence: Occurrence) -> None:
        """Count one more occurrence."""
        self.total += 1 if occurrence.request_id else occurrence.count
        newest = self.last is None or (occurrence.last is not None and occurrence.last >= self.last)
        if newest or not self.numbers:
            if occurrence.match.numbers != self.numbers:
                self.numbers_since = occurrence.first
            self.numbers = occurrence.match.numbers
        self.first, self.last = _earlier(self.first, occurrence.first), _later(self.last, occurrence.last)
        durations = (self.duration, occurrence.duration)
        self.duration = max((one for one in durations if one is not None), default=None)
        if occurrence.request_id and len(self.request_ids) < MAX_REQUEST_IDS:
            self.request_ids.append(occurrence.request_id)
        if occurrence.source not in self.sources and len(self.sources) < MAX_SOURCES:
            self.sources.append(occurrence.source)

    def to_observation(self) -> Observation:
        """The group as an observation, without cause and outcome."""
        occurrence = self.sample
        span = self.last - self.first if self.first is not None and self.last is not None else None
        return Observation(
            signature=occurrence.signature,
            evidence_class=occurrence.evidence_class,
            count=self.total,
            evidence=occurrence.evidence[:MAX_EVIDENCE_CHARACTERS],
            first=self.first,
            last=self.last,
            duration=max((one for one in (span, self.duration) if one is not None), default=None),
            request_ids=tuple(self.request_ids),
            node=occurrence.node,
            subnet=occurrence.subnet,
            eni=occurrence.eni,
            pod=occurrence.pod,
            action=occurrence.action,
            code=occurrence.match.code,
            numbers=dict(self.numbers),
            numbers_since=self.numbers_since,
            texts=dict(occurrence.match.texts),
            sources=tuple(self.sources),
        )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return max(one, other)
