"""Lines gathered to statements: one per failed request, the same over all sources, in bounded memory."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from eksdoctor.evidence.inputs.event_table import Row, event_row
from eksdoctor.evidence.observed.observation import Statement
from eksdoctor.evidence.observed.occurrences import SEVERAL, Group, Occurrence, conclude
from eksdoctor.evidence.signatures.catalogue import Weight
from eksdoctor.evidence.signatures.match import Match, recognise
from eksdoctor.evidence.signatures.named_objects import Details, details, requests
from eksdoctor.evidence.text.log_lines import Line

MOST_GROUPS = 4096
MOST_OPEN = 1024
MOST_REMEMBERED = 1 << 16
MOST_KNOWN = 2048
MOST_KNOWN_LENGTH = 1024
_RANK = (Weight.ROOT, Weight.WRAPPER, Weight.GENERIC)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What some words testify, and whom they name; `sandbox` is the key of an attempt."""

    telling: tuple[Match, ...]
    names: Details
    action: str
    sandbox: tuple[str, ...]
    tolerated: bool


@dataclass(slots=True)
class Gathering:
    """Takes lines and occurrences in any order of sources; `omitted` are those beyond what is held.

    The four to seven lines of one failed call share its request id and are one occurrence, of the
    weightiest signature among them; the refused ADD that kubelet, plugin and runtime all report is
    known by its sandbox.
    """

    near: datetime | None = None
    """The capture's time: an age in a pasted row counts from it."""
    omitted: int = 0
    latest: dict[str, datetime] = field(default_factory=dict)
    """By source: when it last said anything recognised that is no chatter."""
    _open: OrderedDict[str, Occurrence] = field(default_factory=OrderedDict)
    _closed: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _groups: dict[tuple[str, ...], Group] = field(default_factory=dict)
    _known: dict[str, "_Heard"] = field(default_factory=dict)

    def hear(self, line: Line, count: int = 1, last: datetime | None = None) -> None:
        """A line, or one that was said `count` times until `last`; also a pasted row of events."""
        row = event_row(line.message) if "Normal" in line.message or "Warning" in line.message else None
        if row is not None:
            for _ in range(count):
                self._pasted(line, row)
            return
        for said, keys in self._occurrences(line, "", line.message):
            said.count, said.last = 1 if keys else count, last or line.at
            self.add(said, keys)

    def hear_row(self, line: Line, row: Row, last: datetime | None, identity: str = "") -> None:
        """An event; the row's own count, span and objects are added to what its message says."""
        for said, keys in self._occurrences(line, row.reason, row.message):
            said.count, said.last, said.lasted = row.count, last, row.lasted
            said.node, said.pod = said.node or row.node, row.pod or said.pod
            said.evidence = line.message if row.reason in line.message else f"{row.reason}: {line.message}"
            own = (f"{SEVERAL}{identity} {said.signature.id}",) if identity else ()
            self.add(said, keys or own)

    def _pasted(self, line: Line, row: Row) -> None:
        last = self.near - row.age if self.near is not None and row.age is not None else None
        first = last - (row.lasted or timedelta()) if last is not None else None
        self.hear_row(replace(line, at=first), row, last)

    def _occurrences(
        self, line: Line, reason: str, words: str
    ) -> Iterator[tuple[Occurrence, tuple[str, ...]]]:
        ids = requests(words)
        heard = self._heard(line, reason, words, ids)
        names = heard.names
        for match in heard.telling:
            said = Occurrence(
                match=match,
                first=line.at,
                last=line.at,
                count=1,
                evidence=line.message,
                source=line.source,
                node=line.source.node,
                subnet=match.words.get("subnet", names.subnet),
                eni=match.words.get("eni", names.eni),
                pod=names.pod,
                action=heard.action,
                tolerated=heard.tolerated,
            )
            yield said, (ids or heard.sandbox) if match.signature.weight in _RANK else ()

    def _heard(self, line: Line, reason: str, words: str, ids: tuple[str, ...]) -> "_Heard":
        """What the words bear; those that differ in request ids only are looked at once."""
        key = words
        for request in ids:
            key = key.replace(request, "")
        if reason:
            key = f"{reason}\0{key}"
        found = self._known.get(key)
        if found is None:
            found = _hear(words, reason, line.spaced)
            if len(key) <= MOST_KNOWN_LENGTH:
                if len(self._known) >= MOST_KNOWN:
                    self._known.clear()
                self._known[key] = found
        return found

    def add(self, said: Occurrence, keys: tuple[str, ...] = ()) -> None:
        """An occurrence; `keys` are the request ids, or the sandbox, that tell it from others."""
        if said.last is not None and said.signature.weight is not Weight.CHATTER:
            place = said.source.name
            self.latest[place] = max(said.last, self.latest.get(place, said.last))
        if not keys:
            self._count(said)
        for key in keys:
            self._identify(key, said)

    def statements(self) -> tuple[Statement, ...]:
        """What was said until now, the earliest first."""
        while self._open:
            self._close()
        return conclude(self._groups.values(), self.latest)

    def _identify(self, key: str, said: Occurrence) -> None:
        if key in self._closed:
            return
        held = self._open.get(key)
        if held is not None:
            held.merge(said, _RANK)
            return
        self._open[key] = said.identified(key)
        if len(self._open) > MOST_OPEN:
            self._close()

    def _close(self) -> None:
        key, said = self._open.popitem(last=False)
        self._closed[key] = None
        if len(self._closed) > MOST_REMEMBERED:
            self._closed.popitem(last=False)
        self._count(said)

    def _count(self, said: Occurrence) -> None:
        group = self._groups.get(said.key)
        if group is None:
            if len(self._groups) >= MOST_GROUPS:
                self.omitted += said.count
                return
            group = self._groups[said.key] = Group(said)
        group.count(said)


def _hear(words: str, reason: str, spaced: str) -> _Heard:
    matches = _matches(words, reason, spaced)
    names = details(words) if matches else Details()
    calls = (match.signature.action for match in matches if match.signature.action)
    return _Heard(
        _telling(matches),
        names,
        names.action or next(calls, ""),
        (f"{SEVERAL}sandbox {names.sandbox}",) if names.sandbox else (),
        any(match.testifies == "denied-tolerated" for match in matches),
    )


def _matches(words: str, reason: str, spaced: str) -> tuple[Match, ...]:
    found = recognise(words, reason)
    if spaced and all(match.signature.weight is not Weight.ROOT for match in found):
        return recognise(spaced, reason) or found
    return found


def gather(lines: Iterable[Line]) -> tuple[Statement, ...]:
    """The statements of these lines."""
    gathering = Gathering()
    for line in lines:
        gathering.hear(line)
    return gathering.statements()


def _telling(matches: tuple[Match, ...]) -> tuple[Match, ...]:
    """The causes in a line, else its states and successes, else the weightiest of what only points at one."""
    roots = {match.testifies: match for match in reversed(matches) if match.signature.weight is Weight.ROOT}
    if roots:  # one for each class: a reason and a text may say the same
        return tuple(reversed(roots.values()))
    states = tuple(match for match in matches if match.signature.weight in (Weight.STATE, Weight.SUCCESS))
    return states or matches[:1]
