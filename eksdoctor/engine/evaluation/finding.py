"""The result of a rule: a finding, or why the rule is inconclusive."""

import shlex
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """How urgent a finding is."""

    CRITICAL = "critical"  # pods fail now
    WARNING = "warning"  # pods will fail, or a feature is off without an error
    ADVICE = "advice"  # worth knowing in an audit


class Confidence(StrEnum):
    """How certain a finding is; `evaluate` has the table."""

    CONFIRMED = "confirmed"  # observed state and log evidence agree
    LIKELY = "likely"  # one of the two, the other is unknown
    PRESSURE = "pressure"  # observed state without the evidence it would cause: a risk, not the cause
    PAST = "past"  # evidence only: it was the case earlier in the window


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text: fixed words, or a value from cluster or account (untrusted text)."""

    text: str
    is_value: bool = False


Prose = tuple[Span, ...]


def plain(prose: Prose) -> str:
    """The prose as one string, unescaped."""
    return "".join(span.text for span in prose)


@dataclass(frozen=True, slots=True)
class Command:
    """A command as arguments; `line` quotes each for a shell."""

    argv: tuple[str, ...]

    @property
    def line(self) -> str:
        """The command as a shell line."""
        return shlex.join(self.argv)


@dataclass(frozen=True, slots=True)
class Document:
    """A document to apply: HCL, YAML, JSON or shell."""

    language: str
    body: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation with its value."""

    says: Prose


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A read-only command that verifies a finding, and its expected output.

    `missing` is the permission the command needs if a value in it is unknown.
    """

    command: Command | None
    expect: Prose
    result: str = ""  # what the command printed at capture time, where it prints one thing
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A fix: a command, a document or the id of an option (`lever`), and when it takes effect."""

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
    (`namespace/name`); `until` is the last time of a past finding, `is_seen`: logs or events
    show it.
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
    """A rule that applies and is inconclusive: the reason, the permission it needs, and its subjects.

    `subjects` has at most 20 of them, `count` is their number, 0 if the subjects are unknown.
    """

    rule: str
    reason: str
    grant: str
    count: int
    subjects: tuple[str, ...]
