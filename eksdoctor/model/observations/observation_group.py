"""What was said, by its own words: how often, when, in which line, about which call and object."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property

from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.model.facts.fact import NotKnown, fact

BRIEF = timedelta(minutes=2)
"""What went on for less, and not often, passes with a restart or an upgrade."""
FEW = 2
MOST_SHOWN = 300  # characters of a line, as evidence


class Utterance:
    """Statements of one class that belong together."""

    name: str

    def __init__(self, name: str, statements: Iterable[Observation]) -> None:
        self.name = name
        self.statements = tuple(statements)

    def __str__(self) -> str:
        return self.name

    @property
    def count(self) -> int:
        """Failed requests, attempts or events; never lines."""
        return sum(one.count for one in self.statements)

    @cached_property
    def _best(self) -> Observation:
        """The one to quote: a cause before what only points at one, then the latest."""
        return max(self.statements, key=lambda one: (one.is_cause, bool(one.last), _seconds(one.last)))

    @property
    def words(self) -> str:
        """The line that says it, shortened."""
        text = " ".join(self._best.evidence.split())
        return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"

    @property
    def meaning(self) -> str:
        """What such a line means."""
        return self._best.signature.means

    @property
    def is_not(self) -> str:
        """What it is often taken for and does not mean."""
        return self._best.signature.is_not

    @property
    def source(self) -> str:
        """Who said it, as ipamd or event."""
        return ", ".join(dict.fromkeys(str(one.kind) for said in self.statements for one in said.sources))

    @fact
    def action(self) -> str:
        """The API call it was about."""
        return self._word("action", "the line names no call")

    @fact
    def code(self) -> str:
        """The error code of the answer."""
        return self._word("code", "the line has no error code")

    @fact
    def subnet_id(self) -> str:
        """The subnet it names."""
        return self._word("subnet", "the line names no subnet")

    @fact
    def eni_id(self) -> str:
        """The ENI it names."""
        return self._word("eni", "the line names no ENI")

    def _word(self, name: str, without: str) -> str:
        found = next((text for one in self.statements if (text := getattr(one, name))), "")
        if not found:
            raise NotKnown.because(without)
        return str(found)

    def named(self, word: str) -> str:
        """A word that the signature picks out of the line, such as `instance_type`; empty without one."""
        return next((one.texts[word] for one in self.statements if one.texts.get(word)), "")

    @property
    def node_name(self) -> str:
        """The node it was said on; empty when nothing tells."""
        return next((one.node for one in self.statements if one.node), "")

    @fact
    def first(self) -> datetime:
        """When it was said first."""
        times = [one.first for one in self.statements if one.first is not None]
        if not times:
            raise NotKnown.because("the log line or event has no time")
        return min(times)

    @fact
    def last(self) -> datetime:
        """When it was said last."""
        times = [one.last for one in self.statements if one.last is not None]
        if not times:
            raise NotKnown.because("the log line or event has no time")
        return max(times)

    @property
    def lasted(self) -> timedelta | None:
        """How long it went on, as far as it is known."""
        spans = [one.duration for one in self.statements if one.duration is not None]
        first, last = self.first, self.last
        if isinstance(first, datetime) and isinstance(last, datetime):
            spans.append(last - first)
        return max(spans, default=None)

    @property
    def minutes(self) -> int:
        """The same in minutes, 0 when not known."""
        lasted = self.lasted
        return int(lasted.total_seconds() // 60) if lasted is not None else 0

    @property
    def is_over(self) -> bool:
        """Whether a success followed all of it."""
        return all(one.followed_by_success is True for one in self.statements)

    @property
    def pods_named(self) -> tuple[str, ...]:
        """The pods that it names, as `namespace/name` or only the name."""
        return tuple(dict.fromkeys(one.pod for one in self.statements if one.pod))


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at is not None else 0.0
