"""The shape of the JSON page; `json_schema` generates the published schema from it.

A change that is not an addition raises FORMAT.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

FORMAT: Literal[1] = 1
_DATE_TIME = {"format": "date-time"}


def about(text: str) -> Meta:
    """The description of a key."""
    return Meta(description=text)


Number = Annotated[int, Meta(ge=0)]
Time = Annotated[str, Meta(extra_json_schema=_DATE_TIME)]
ConfidenceName = Annotated[
    Literal["confirmed", "likely", "pressure", "past"],
    about(
        "confirmed: observed state and evidence agree. likely: one of the two. pressure: a risk, "
        "not the cause. past: it was the case until `until`."
    ),
]


class Record(Struct, forbid_unknown_fields=True):
    """An object of the page; every key is always present."""


class RunRecord(Record):
    """What was collected, and when. Empty strings are unknown."""

    tool: Annotated[str, about("The version of eksdoctor.")]
    purpose: Annotated[str, about("triage, audit or capture.")]
    at: Annotated[Time, about("When the snapshot was collected (UTC).")]
    window_seconds: Annotated[float, about("How far back events, logs and counters are used.")]
    context: str
    cluster: str
    account: str
    region: str
    namespace: str
    pod: str
    requests: Number
    partial: Annotated[bool, about("The run was stopped before all data was collected.")]
    snapshot: Annotated[str, about("The path of the snapshot; empty if it was not kept.")]
    warnings: Annotated[tuple[str, ...], about("Limits of the whole report.")]
    counts: Annotated[dict[str, Number], about("The number of objects read, by kind.")]


class PodRecord(Record):
    """An affected pod."""

    name: Annotated[str, about("namespace/name")]
    trouble: Annotated[str, about("`starved` (waits for an IP), `unbound` (unschedulable) or `recovered`.")]
    node: str
    zone: str
    since: Time | None


class VerdictRecord(Record):
    """The verdict on pods with the same cause."""

    state: Literal["explained", "passing", "not-ip", "cannot-tell"]
    cause: Annotated[str, about("A rule id; empty without a cause.")]
    confidence: ConfidenceName | None
    sentence: str
    pods: tuple[PodRecord, ...]
    next: Annotated[str, about("The fix, or the evidence to get.")]
    finding: Annotated[Number | None, about("Index into findings.")]


class CommandRecord(Record):
    """A command as arguments."""

    argv: Annotated[tuple[str, ...], Meta(min_length=1)]
    line: Annotated[str, about("The same, quoted for a shell.")]


class DocumentRecord(Record):
    """A document to apply."""

    language: str
    body: str


class ConfirmationRecord(Record):
    """A read-only command that verifies the finding."""

    command: CommandRecord | None
    expect: str
    result: Annotated[str, about("What the command printed at capture time; empty if unknown.")]
    missing: Annotated[str, about("What the command needs if it can't be written.")]


class RemedyRecord(Record):
    """A fix."""

    title: str
    lever: Annotated[str, about("The id of an option in `levers`, or empty.")]
    command: CommandRecord | None
    document: DocumentRecord | None
    takes_effect: str
    reversible: bool
    risk: str
    missing: str


class FindingRecord(Record):
    """A rule that fired."""

    rule: Annotated[str, about("The rule id, for `eksdoctor explain`.")]
    severity: Literal["critical", "warning", "advice"]
    stage: str
    confidence: ConfidenceName
    verdict: Annotated[str, about("The state of its pods: explained, passing or not-ip.")]
    owner: str
    group: Annotated[str, about("With `rule`, the identity of the finding over time.")]
    subjects: tuple[str, ...]
    pods: Annotated[tuple[str, ...], about("The pods it explains, namespace/name.")]
    title: str
    because: str
    evidence: tuple[str, ...]
    confirm: tuple[ConfirmationRecord, ...]
    fix: tuple[RemedyRecord, ...]
    avoid: str
    docs: tuple[str, ...]
    until: Time | None


class LeverRecord(Record):
    """An option: a cluster-wide setting."""

    id: str
    title: str
    changes: str
    gains: tuple[str, ...]
    command: CommandRecord | None
    document: DocumentRecord | None
    takes_effect: str
    reversible: bool
    risk: str
    helps: Annotated[tuple[str, ...], about("The ids of the rules it fixes.")]
    missing: str


class CouldNotTellRecord(Record):
    """A rule that applies and is inconclusive."""

    rule: str
    reason: str
    grant: Annotated[str, about("The permission or step it needs; empty if none helps.")]
    count: Annotated[int, Meta(ge=0, description="All subjects; 0 if the subjects are unknown.")]
    subjects: Annotated[tuple[str, ...], Meta(max_length=20)]


class RefusalRecord(Record):
    """Failed requests with the same action and reason."""

    action: str
    reason: str
    words: Annotated[str, about("The message of the API.")]
    grant: str
    count: Annotated[int, Meta(ge=1)]


class PassedRecord(Record):
    """A rule that passed or is not applicable."""

    rule: str
    outcome: Literal["clear", "does-not-apply"]
    subjects: Number


class ReportPage(Record):
    """What `eksdoctor triage -o json` and `eksdoctor audit -o json` write.

    Every string may contain text from the cluster, the account or a log: escape it before you show it.
    """

    format: Annotated[Literal[1], about("Raised by any change that is not an addition.")]
    run: RunRecord
    summary: Annotated[str, about("The result in one or two sentences.")]
    verdicts: Annotated[tuple[VerdictRecord, ...], about("The verdicts on affected pods, grouped by cause.")]
    findings: Annotated[tuple[FindingRecord, ...], about("Rules that fired, most urgent first.")]
    levers: Annotated[
        tuple[LeverRecord, ...],
        about("Cluster-wide options that fix several findings, each once."),
    ]
    could_not_tell: Annotated[
        tuple[CouldNotTellRecord, ...],
        about("Rules that apply and are inconclusive. If any is, no finding does not mean healthy."),
    ]
    asks: Annotated[tuple[str, ...], about("The permissions that would complete the report.")]
    refusals: Annotated[tuple[RefusalRecord, ...], about("Failed requests, grouped by action and reason.")]
    passed: Annotated[
        tuple[PassedRecord, ...],
        about("With --why: rules that passed or are not applicable; else empty."),
    ]
