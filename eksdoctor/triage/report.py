"""The report: the data of every page."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from eksdoctor.engine.evaluation.finding import Command, Confidence, CouldNotTell, Document, Finding, Prose


class State(StrEnum):
    """The state of a verdict; the values are part of the JSON format."""

    EXPLAINED = "explained"
    PASSING = "passing"
    NOT_IP = "not-ip"
    CANNOT_TELL = "cannot-tell"


@dataclass(frozen=True, slots=True)
class AffectedPod:
    """A pod of a verdict. `trouble` is starved (waits for an IP), unbound (unschedulable) or recovered."""

    name: str  # namespace/name
    trouble: str
    node: str = ""
    zone: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on pods with the same cause.

    `cause` is a rule id, `finding` the index of its finding in the report (None without a cause);
    `sentence` is the verdict with numbers, `next` the fix or the evidence to get. `why_unknown` is
    the reason if there is no cause.
    """

    state: State
    cause: str
    confidence: Confidence | None
    pods: tuple[AffectedPod, ...]
    sentence: Prose
    next: Prose
    finding: int | None = None
    why_unknown: Prose = ()


@dataclass(frozen=True, slots=True)
class LeverAdvice:
    """An option: a cluster-wide setting that fixes several findings, shown once."""

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
    """Failed requests with the same action and reason; `count` of them."""

    action: str
    reason: str
    words: str
    grant: str
    count: int


@dataclass(frozen=True, slots=True)
class Passed:
    """A rule that passed or is not applicable (shown with `--why`)."""

    rule: str
    outcome: Literal["clear", "does-not-apply"]
    subjects: int


@dataclass(frozen=True, slots=True)
class Run:
    """What was collected, when and by which version; `snapshot` and `beside` are paths of what was read."""

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
    """The data of every page. Findings are sorted by urgency; `counts` has the number of objects read.

    `summary` is the result for the first screen; `is_about_risks` tells that no pod is affected and the
    summary ends with risks. `asks` lists the missing permissions, each once.
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
