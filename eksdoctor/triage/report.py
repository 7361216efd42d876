"""The report: what every page shows."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from eksdoctor.engine.evaluation.finding import Command, Confidence, CouldNotTell, Document, Finding, Prose


class State(StrEnum):
    """The one vocabulary of verdicts."""

    EXPLAINED = "explained"
    PASSING = "passing"
    NOT_IP = "not-ip"
    CANNOT_TELL = "cannot-tell"


@dataclass(frozen=True, slots=True)
class AffectedPod:
    """A pod of a verdict. `trouble` is starved, unbound or recovered."""

    name: str  # namespace/name
    trouble: str
    node: str = ""
    zone: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer for the pods that share it.

    `cause` is a rule's id, `finding` the index of its finding in the report (None without cause);
    `sentence` the verdict in one sentence with numbers, `next` what would settle or mend it.
    """

    state: State
    cause: str
    confidence: Confidence | None
    pods: tuple[AffectedPod, ...]
    sentence: Prose
    next: Prose
    finding: int | None = None


@dataclass(frozen=True, slots=True)
class LeverAdvice:
    """A cluster-wide setting that helps several findings, printed once."""

    id: str
    title: Prose
    changes: Prose
    gains: tuple[Prose, ...]
    command: Command | None
    document: Document | None
    takes_effect: str
    reversible: bool
    risk: Prose
    helps: tuple[str, ...]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class FailedRequest:
    """A question without an answer; like ones are counted together."""

    action: str
    reason: str
    words: str
    grant: str
    count: int


@dataclass(frozen=True, slots=True)
class Passed:
    """A rule that looked and found nothing, or that does not apply (`--why` shows them)."""

    rule: str
    outcome: str  # clear | does-not-apply
    subjects: int


@dataclass(frozen=True, slots=True)
class Run:
    """Who looked at what, when; `snapshot` is where it lies, `beside` the bundles read with it."""

    tool: str
    purpose: str
    at: datetime
    window_seconds: float
    context: str
    cluster: str
    account: str
    region: str
    namespace: str = ""
    pod: str = ""
    requests: int = 0
    partial: bool = False
    snapshot: str = ""
    beside: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a page needs. Findings stand in order of urgency; `nodes` and `pods` count what was seen.

    `summary` is the verdict in one sentence for the first screen, `is_about_risks` whether it goes on to what
    may go wrong, since no pod waits. `asks` are the few things that
    would end the blindness, each said once.
    """

    run: Run
    summary: Prose
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    levers: tuple[LeverAdvice, ...] = ()
    could_not_tell: tuple[CouldNotTell, ...] = ()
    refusals: tuple[FailedRequest, ...] = ()
    passed: tuple[Passed, ...] = ()
    asks: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    is_about_risks: bool = True
