"""Decode pasted evidence: the recognized lines, and one verdict by the rules of triage."""

from dataclasses import dataclass, replace
from datetime import datetime

from eksdoctor.engine.evaluation.finding import Confidence, Finding, Severity
from eksdoctor.engine.rulebook.load import Rulebook
from eksdoctor.engine.rulebook.rule import Rule
from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.evidence.observed.source import SourceKind
from eksdoctor.evidence.signatures.catalogue import catalogue
from eksdoctor.evidence.signatures.classes import EvidenceClass, Weight
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.snapshot.snapshot import Snapshot
from eksdoctor.triage.build_report import build_cluster_report
from eksdoctor.triage.decode.known_prose import known_sentences, known_sentences_of_source
from eksdoctor.triage.decode.paste_contents import paste_contents
from eksdoctor.triage.decode.suspicion import suspected_rules
from eksdoctor.triage.pod_verdicts import STATES
from eksdoctor.triage.report import Report, State

ORDER = (State.EXPLAINED, State.NOT_IP, State.PASSING)
SERIOUS = (Severity.CRITICAL, Severity.WARNING)
NEXT_EVIDENCE = (
    "paste the pod's events (kubectl describe pod), then the errors in /var/log/aws-routed-eni/ipamd.log of "
    "its node (kubectl logs does not show them)"
)
EXPLANATION = "read its explanation: it lists the checks that confirm it, and the fixes"
WEIGHT_ORDER = (Weight.CAUSE, Weight.WRAPPER, Weight.STATE, Weight.GENERIC)


@dataclass(frozen=True, slots=True)
class Signal:
    """A recognized message: what it means, and the problem it is often mistaken for (`is_not`)."""

    signature: str
    evidence_class: EvidenceClass
    means: str
    is_not: str
    count: int
    evidence: str
    first: datetime | None
    last: datetime | None
    node: str
    subnet: str
    eni: str
    pod: str
    is_over: bool = False
    """Whether a later line shows success."""
    is_counted: bool = False
    """Whether it is a counter, whose age is unknown, and not a log line or event."""


@dataclass(frozen=True, slots=True)
class DecodeResult:
    """The verdict: `next` is the evidence to get or the fix, `shows` lists settings and objects."""

    state: State
    cause: str
    confidence: Confidence | None
    signals: tuple[Signal, ...]
    next: str
    because: str = ""
    avoid: str = ""
    shows: tuple[str, ...] = ()


def decode_paste(snapshot: Snapshot, rulebook: Rulebook) -> DecodeResult:
    """The verdict on pasted evidence."""
    cluster = Cluster(snapshot)
    report = build_cluster_report(cluster, rulebook)
    signals = _signals(cluster)
    finding = _cause(report, signals)
    if finding is not None:
        found = _explained(finding, signals)
    else:
        suspects = _suspects(snapshot, rulebook, signals)
        found = (
            _suspicion(rulebook.rules[suspects[0]], signals) if len(suspects) == 1 else _inconclusive(signals)
        )
    return replace(found, shows=paste_contents(snapshot))


def _explained(finding: Finding, signals: tuple[Signal, ...]) -> DecodeResult:
    confidence = finding.confidence
    only_counted = bool(signals) and all(signal.is_counted for signal in signals)
    if only_counted or not finding.pods or confidence not in (Confidence.CONFIRMED, Confidence.LIKELY):
        confidence = Confidence.LIKELY
    because, avoid = known_sentences(finding.because), known_sentences(finding.avoid)
    return DecodeResult(
        State(finding.verdict),
        finding.rule,
        confidence,
        signals,
        _next(finding, signals),
        because=because,
        avoid=avoid,
    )


def _suspicion(rule: Rule, signals: tuple[Signal, ...]) -> DecodeResult:
    because = known_sentences_of_source(rule.because_text)
    asked = _evidence_to_get(signals)
    asked = EXPLANATION if asked == NEXT_EVIDENCE else asked
    return DecodeResult(
        STATES[rule.text.verdict], rule.id, Confidence.LIKELY, signals, asked, because=because
    )


def _inconclusive(signals: tuple[Signal, ...]) -> DecodeResult:
    return DecodeResult(State.CANNOT_TELL, "", None, signals, _evidence_to_get(signals))


def _cause(report: Report, signals: tuple[Signal, ...]) -> Finding | None:
    """The finding that explains most pods, else the only serious finding; None if there are several."""
    for state in ORDER:
        named = [v for v in report.verdicts if v.state == state and v.finding is not None]
        if named:
            best = min(named, key=lambda verdict: (-len(verdict.pods), _signal_order(verdict.cause, signals)))
            return report.findings[best.finding or 0]
    if any(finding.pods for finding in report.findings):
        return None  # pods are affected and their verdicts are inconclusive
    serious = [finding for finding in report.findings if _is_serious(finding)]
    causes = [one for one in serious if not any(other.rule in one.yields_to for other in serious)]
    return causes[0] if len({one.rule for one in causes}) == 1 else None


def _signal_order(rule: str, signals: tuple[Signal, ...]) -> int:
    """The best position of a rule among the rules that the signals' classes point to, most likely first."""
    rules = [catalogue().classes[signal.evidence_class].rules for signal in signals]
    return min((named.index(rule) for named in rules if rule in named), default=len(catalogue().classes))


def _is_serious(finding: Finding) -> bool:
    return finding.severity in SERIOUS and finding.confidence in (Confidence.CONFIRMED, Confidence.LIKELY)


def _suspects(snapshot: Snapshot, rulebook: Rulebook, signals: tuple[Signal, ...]) -> tuple[str, ...]:
    """The rules that a recognized message makes likely, else those whose `suspect_when` holds."""
    classes = catalogue().classes
    named = dict.fromkeys(classes[one.evidence_class].likely_rule for one in signals if not one.is_over)
    likely = tuple(rule for rule in named if rule in rulebook.rules)
    return _causes(likely, rulebook) or _causes(suspected_rules(snapshot, rulebook), rulebook)


def _causes(rules: tuple[str, ...], rulebook: Rulebook) -> tuple[str, ...]:
    """The rules that no other of them supersedes."""
    return tuple(one for one in rules if not set(rulebook.rules[one].text.yields_to) & set(rules))


def _signals(cluster: Cluster) -> tuple[Signal, ...]:
    return tuple(_signal(one) for one in cluster.heard.statements if not _is_premise(one))


def _is_premise(said: Observation) -> bool:
    return all(source.is_assumed for source in said.sources)


def _signal(said: Observation) -> Signal:
    signature = said.signature
    return Signal(
        signature.id,
        said.evidence_class,
        signature.means,
        signature.is_not,
        said.count,
        " ".join(said.evidence.split()),
        said.first,
        said.last,
        said.node,
        said.subnet,
        said.eni,
        said.pod,
        said.followed_by_success is True,
        all(source.kind is SourceKind.METRICS for source in said.sources),
    )


def _evidence_to_get(signals: tuple[Signal, ...]) -> str:
    """The evidence to get next, by the most specific current message."""
    known = catalogue()
    for weight in WEIGHT_ORDER:
        for signal in signals:
            wanted = known.classes[signal.evidence_class].check_next
            if wanted and not signal.is_over and known[signal.signature].weight is weight:
                return wanted
    return NEXT_EVIDENCE


def _next(finding: Finding, signals: tuple[Signal, ...]) -> str:
    """The evidence to get if the cause is only likely, else the first fix whose values are all known."""
    asked = _evidence_to_get(signals)
    if finding.confidence != Confidence.CONFIRMED and asked != NEXT_EVIDENCE:
        return asked
    titles = (known_sentences(remedy.title) for remedy in finding.fix)
    return next((title for title in titles if title), EXPLANATION if asked == NEXT_EVIDENCE else asked)
