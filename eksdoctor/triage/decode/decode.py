"""What a paste means: every recognised line, then one verdict by the same rules as triage."""

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
from eksdoctor.triage.build_report import examine_cluster
from eksdoctor.triage.decode.known_prose import known_words, words_of
from eksdoctor.triage.decode.paste_contents import understood
from eksdoctor.triage.decode.suspicion import suspected
from eksdoctor.triage.pod_verdicts import STATES
from eksdoctor.triage.report import Report, State

ORDER = (State.EXPLAINED, State.NOT_IP, State.PASSING)
GRAVE = (Severity.CRITICAL, Severity.WARNING)
NOTHING_SAID = (
    "paste the pod's events (kubectl describe pod), then the errors in /var/log/aws-routed-eni/ipamd.log of "
    "its node; kubectl logs does not hold them"
)
EXPLANATION = "its explanation lists the checks that confirm it, and what mends it"
TELLING = (Weight.CAUSE, Weight.WRAPPER, Weight.STATE, Weight.GENERIC)


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that the paste says: what it means, and what it is taken for and is not."""

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
    """Whether a success followed it."""
    is_counted: bool = False
    """Whether it is a counter of unknown age rather than words."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The verdict on a paste: `next` would settle or mend it, `shows` is what stands in it beside words."""

    state: State
    cause: str
    confidence: Confidence | None
    signals: tuple[Signal, ...]
    next: str
    because: str = ""
    avoid: str = ""
    shows: tuple[str, ...] = ()


def decoded(snapshot: Snapshot, rulebook: Rulebook) -> Decoded:
    """The meaning of a paste."""
    cluster = Cluster(snapshot)
    report = examine_cluster(cluster, rulebook)
    signals = _signals(cluster)
    finding = _cause(report, signals)
    if finding is not None:
        found = _explained(finding, signals)
    else:
        suspects = _suspects(snapshot, rulebook, signals)
        found = _suspicion(rulebook.rules[suspects[0]], signals) if len(suspects) == 1 else _open(signals)
    return replace(found, shows=understood(snapshot))


def _explained(finding: Finding, signals: tuple[Signal, ...]) -> Decoded:
    sure = finding.confidence
    only_counted = bool(signals) and all(signal.is_counted for signal in signals)
    if only_counted or not finding.pods or sure not in (Confidence.CONFIRMED, Confidence.LIKELY):
        sure = Confidence.LIKELY
    because, avoid = known_words(finding.because), known_words(finding.avoid)
    return Decoded(
        State(finding.verdict),
        finding.rule,
        sure,
        signals,
        _next(finding, signals),
        because=because,
        avoid=avoid,
    )


def _suspicion(rule: Rule, signals: tuple[Signal, ...]) -> Decoded:
    because = words_of(rule.because_text)
    asked = _settling(signals)
    asked = EXPLANATION if asked == NOTHING_SAID else asked
    return Decoded(STATES[rule.text.verdict], rule.id, Confidence.LIKELY, signals, asked, because=because)


def _open(signals: tuple[Signal, ...]) -> Decoded:
    return Decoded(State.CANNOT_TELL, "", None, signals, _settling(signals))


def _cause(report: Report, signals: tuple[Signal, ...]) -> Finding | None:
    """The finding that explains most pods; else the one grave fault that the text shows."""
    for state in ORDER:
        named = [v for v in report.verdicts if v.state == state and v.finding is not None]
        if named:
            best = min(named, key=lambda verdict: (-len(verdict.pods), _place(verdict.cause, signals)))
            return report.findings[best.finding or 0]
    if any(finding.pods for finding in report.findings):
        return None  # it explains pods of which a cause cannot be told
    grave = [finding for finding in report.findings if _is_grave(finding)]
    causes = [one for one in grave if not any(other.rule in one.yields_to for other in grave)]
    return causes[0] if len({one.rule for one in causes}) == 1 else None


def _place(rule: str, signals: tuple[Signal, ...]) -> int:
    """How soon the classes of what was said name a rule: they name first what they speak for most."""
    rules = [catalogue().classes[signal.evidence_class].rules for signal in signals]
    return min((named.index(rule) for named in rules if rule in named), default=len(catalogue().classes))


def _is_grave(finding: Finding) -> bool:
    return finding.severity in GRAVE and finding.confidence in (Confidence.CONFIRMED, Confidence.LIKELY)


def _suspects(snapshot: Snapshot, rulebook: Rulebook, signals: tuple[Signal, ...]) -> tuple[str, ...]:
    """The rules that what was said makes likely by itself; else those for which all that is shown speaks."""
    classes = catalogue().classes
    named = dict.fromkeys(classes[one.evidence_class].likely_rule for one in signals if not one.is_over)
    said = tuple(rule for rule in named if rule in rulebook.rules)
    return _causes(said, rulebook) or _causes(suspected(snapshot, rulebook), rulebook)


def _causes(rules: tuple[str, ...], rulebook: Rulebook) -> tuple[str, ...]:
    """The rules, less those that yield to another of them."""
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


def _settling(signals: tuple[Signal, ...]) -> str:
    """What to look at next, by the weightiest thing that was said and is not over."""
    known = catalogue()
    for weight in TELLING:
        for signal in signals:
            wanted = known.classes[signal.evidence_class].check_next
            if wanted and not signal.is_over and known[signal.signature].weight is weight:
                return wanted
    return NOTHING_SAID


def _next(finding: Finding, signals: tuple[Signal, ...]) -> str:
    """What would settle it while it is only likely, else the first remedy of which all is known."""
    asked = _settling(signals)
    if finding.confidence != Confidence.CONFIRMED and asked != NOTHING_SAID:
        return asked
    titles = (known_words(remedy.title) for remedy in finding.fix)
    return next((title for title in titles if title), EXPLANATION if asked == NOTHING_SAID else asked)
