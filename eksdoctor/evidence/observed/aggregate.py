"""Aggregate lines into observations: one count per failed request over all sources, in bounded memory."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from eksdoctor.evidence.inputs.event_table import EventRow, parse_event_row
from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.evidence.observed.occurrences import (
    NOT_A_REQUEST,
    Occurrence,
    OccurrenceGroup,
)
from eksdoctor.evidence.observed.outcomes import to_observations
from eksdoctor.evidence.observed.parsed_message import ParsedMessage, parse_message
from eksdoctor.evidence.signatures.classes import Weight
from eksdoctor.evidence.signatures.named_objects import find_request_ids
from eksdoctor.evidence.text.log_lines import LogLine

MAX_GROUPS = 4096
MAX_OPEN_REQUESTS = 1024
MAX_CLOSED_REQUESTS = 1 << 16
MAX_CACHED_MESSAGES = 2048
MAX_CACHED_CHARACTERS = 1024
_WEIGHT_ORDER = (Weight.CAUSE, Weight.WRAPPER, Weight.GENERIC)


@dataclass(slots=True)
class Aggregator:
    """Counts lines and events of all sources, in any order; `dropped` counts those beyond MAX_GROUPS.

    The four to seven lines of one failed call share its request id and are one occurrence, with the most
    telling signature among them. A failed ADD that kubelet, plugin and runtime all report is identified by
    its sandbox.
    """

    captured_at: datetime | None = None
    """When the snapshot was taken; the age in a pasted event row counts back from it."""
    dropped: int = 0
    last_lines: dict[str, datetime] = field(default_factory=dict)
    """By source name: the time of its last line that matches a signature other than noise."""
    _open: OrderedDict[str, Occurrence] = field(default_factory=OrderedDict)
    _closed: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _groups: dict[tuple[str, ...], OccurrenceGroup] = field(default_factory=dict)
    _cache: dict[str, ParsedMessage] = field(default_factory=dict)

    def add_line(self, line: LogLine, count: int = 1, last: datetime | None = None) -> None:
        """Add a line that was logged `count` times, the last time at `last`; it may be a pasted event row."""
        row = parse_event_row(line.message) if "Normal" in line.message or "Warning" in line.message else None
        if row is not None:
            for _ in range(count):
                self._add_pasted_row(line, row)
            return
        for occurrence, keys in self._occurrences(line, "", line.message):
            occurrence.count, occurrence.last = 1 if keys else count, last or line.at
            self.add_occurrence(occurrence, keys)

    def add_event_row(self, line: LogLine, row: EventRow, last: datetime | None, identity: str = "") -> None:
        """Add an event: count, duration and objects are those of the row.

        `identity` makes an event that is added twice count once; empty for a pasted row.
        """
        for occurrence, keys in self._occurrences(line, row.reason, row.message):
            occurrence.count, occurrence.last, occurrence.duration = row.count, last, row.duration
            occurrence.node, occurrence.pod = occurrence.node or row.node, row.pod or occurrence.pod
            occurrence.evidence = (
                line.message if row.reason in line.message else f"{row.reason}: {line.message}"
            )
            own = (f"{NOT_A_REQUEST}{identity} {occurrence.signature.id}",) if identity else ()
            self.add_occurrence(occurrence, keys or own)

    def _add_pasted_row(self, line: LogLine, row: EventRow) -> None:
        last = self.captured_at - row.age if self.captured_at is not None and row.age is not None else None
        first = last - (row.duration or timedelta()) if last is not None else None
        self.add_event_row(replace(line, at=first), row, last)

    def _occurrences(
        self, line: LogLine, reason: str, message: str
    ) -> Iterator[tuple[Occurrence, tuple[str, ...]]]:
        ids = find_request_ids(message)
        parsed = self._parsed(line, reason, message, ids)
        names = parsed.names
        for match in parsed.matches:
            occurrence = Occurrence(
                match=match,
                first=line.at,
                last=line.at,
                count=1,
                evidence=line.message,
                source=line.source,
                node=line.source.node,
                subnet=match.texts.get("subnet", names.subnet),
                eni=match.texts.get("eni", names.eni),
                pod=names.pod,
                action=parsed.action,
                tolerated=parsed.tolerated,
            )
            yield occurrence, (ids or parsed.sandbox) if match.signature.weight in _WEIGHT_ORDER else ()

    def _parsed(self, line: LogLine, reason: str, message: str, ids: tuple[str, ...]) -> ParsedMessage:
        """The parsed message, from the cache for messages that differ only in their request ids."""
        key = message
        for request in ids:
            key = key.replace(request, "")
        if reason:
            key = f"{reason}\0{key}"
        found = self._cache.get(key)
        if found is None:
            found = parse_message(message, reason, line.with_spaces)
            if len(key) <= MAX_CACHED_CHARACTERS:
                if len(self._cache) >= MAX_CACHED_MESSAGES:
                    self._cache.clear()
                self._cache[key] = found
        return found

    def add_occurrence(self, occurrence: Occurrence, keys: tuple[str, ...] = ()) -> None:
        """Add an occurrence; `keys` are its request ids or its sandbox: each key counts once."""
        if occurrence.last is not None and occurrence.signature.weight is not Weight.NOISE:
            name = occurrence.source.name
            self.last_lines[name] = max(occurrence.last, self.last_lines.get(name, occurrence.last))
        if not keys:
            self._count(occurrence)
        for key in keys:
            self._add_under_key(key, occurrence)

    def observations(self) -> tuple[Observation, ...]:
        """All observations until now, the earliest first; those without a time last."""
        while self._open:
            self._close()
        return to_observations(self._groups.values(), self.last_lines)

    def _add_under_key(self, key: str, occurrence: Occurrence) -> None:
        if key in self._closed:
            return
        held = self._open.get(key)
        if held is not None:
            held.merge(occurrence, _WEIGHT_ORDER)
            return
        self._open[key] = occurrence.with_request_id(key)
        if len(self._open) > MAX_OPEN_REQUESTS:
            self._close()

    def _close(self) -> None:
        key, occurrence = self._open.popitem(last=False)
        self._closed[key] = None
        if len(self._closed) > MAX_CLOSED_REQUESTS:
            self._closed.popitem(last=False)
        self._count(occurrence)

    def _count(self, occurrence: Occurrence) -> None:
        group = self._groups.get(occurrence.key)
        if group is None:
            if len(self._groups) >= MAX_GROUPS:
                self.dropped += occurrence.count
                return
            group = self._groups[occurrence.key] = OccurrenceGroup(occurrence)
        group.add(occurrence)


def aggregate_lines(lines: Iterable[LogLine]) -> tuple[Observation, ...]:
    """The observations of these lines."""
    aggregator = Aggregator()
    for line in lines:
        aggregator.add_line(line)
    return aggregator.observations()
