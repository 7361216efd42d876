"""What a rule says once it has looked: a finding, or that it could not tell."""

import shlex
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters now."""

    CRITICAL = "critical"  # pods fail now
    WARNING = "warning"  # they will, or a feature is silently off
    ADVICE = "advice"  # worth knowing in an audit


class Confidence(StrEnum):
    """What a finding rests on; see the combination table in `engine.evaluate`."""

    CONFIRMED = "confirmed"  # structure and testimony agree
    LIKELY = "likely"  # one of the two, and no sight of the other
    PRESSURE = "pressure"  # structure only, though testimony would have been seen: a risk, not a cause
    PAST = "past"  # testimony only: it was so until a while ago


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of prose: the author's own words, or a value from cluster or account (hostile text)."""

    text: str
    is_value: bool = False


Prose = tuple[Span, ...]


def plain(prose: Prose) -> str:
    """The prose as one string, unescaped."""
    return "".join(span.text for span in prose)


@dataclass(frozen=True, slots=True)
class Command:
    """A command as words; the line is quoted by construction."""

    argv: tuple[str, ...]

    @property
    def line(self) -> str:
        """The command as a shell line."""
        return shlex.join(self.argv)


@dataclass(frozen=True, slots=True)
class Document:
    """A text to put somewhere: HCL, YAML, JSON."""

    language: str
    body: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was looked at, with the value found."""

    says: Prose


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How to see a finding with one's own eyes: a read-only command and what to look for.

    `missing` says what to ask for when the command could not be written for want of a fact.
    """

    command: Command | None
    expect: Prose
    result: str = ""  # what the command printed at capture time, where it prints one thing
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to mend it: a command, a document or a lever's id, and when it works."""

    title: Prose
    command: Command | None = None
    document: Document | None = None
    lever: str = ""
    takes_effect: str = ""
    reversible: bool = True
    risk: Prose = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired for one subject or one group of subjects.

    `rule` and `group` are its identity and survive node churn; `pods` are those it explains
    (`namespace/name`); `until` is when a past fault was last seen, `is_seen` that somebody said it.
    """

    rule: str
    stage: str
    severity: Severity
    confidence: Confidence
    owner: str
    group: str
    subjects: tuple[str, ...]
    title: Prose
    because: Prose
    evidence: tuple[Evidence, ...] = ()
    confirm: tuple[Confirmation, ...] = ()
    fix: tuple[Remedy, ...] = ()
    avoid: Prose = ()
    docs: tuple[str, ...] = ()
    pods: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()
    verdict: str = "explained"
    until: datetime | None = None
    is_seen: bool = False


@dataclass(frozen=True, slots=True)
class CouldNotTell:
    """A rule that applies and is undecided: why, what to ask for, and for how many subjects.

    `subjects` holds twenty at most; `count` all of them, 0 when not even the subjects are known.
    """

    rule: str
    reason: str
    grant: str
    count: int
    subjects: tuple[str, ...]
