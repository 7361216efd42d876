"""One verdict for every affected pod: a cause supersedes its consequences, and missing data is no proof."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from eksdoctor.engine.evaluation.evaluate import Undecided
from eksdoctor.engine.evaluation.finding import Confidence, Finding, Prose, Span, plain
from eksdoctor.engine.evaluation.write_finding import needs
from eksdoctor.engine.language.sentences import sentence
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.pods.pod import Pod
from eksdoctor.triage.report import AffectedPod, State, Verdict

RANK = {Confidence.CONFIRMED: 0, Confidence.LIKELY: 1, Confidence.PAST: 2}
STATES = {"explained": State.EXPLAINED, "passing": State.PASSING, "not-ip": State.NOT_IP}


@dataclass(frozen=True, slots=True)
class _Answer:
    """The result for one pod; pods with the same result share a verdict."""

    state: State
    finding: int | None
    because: str
    ask: str


def verdicts(
    cluster: Cluster, findings: tuple[Finding, ...], undecided: tuple[Undecided, ...]
) -> tuple[Verdict, ...]:
    """The verdicts, explained ones first, each with its pods; empty if the pods are unknown."""
    pods = cluster.pods_in_trouble
    if isinstance(pods, Unknown):
        return ()
    shared: dict[_Answer, list[Pod]] = {}
    for pod in sorted(pods, key=lambda pod: pod.name):
        for answer in _answers(pod, findings, undecided):
            shared.setdefault(answer, []).append(pod)
    order = sorted(shared, key=lambda answer: (list(State).index(answer.state), answer.finding or 0))
    return tuple(_verdict(answer, shared[answer], findings) for answer in order)


def _answers(pod: Pod, findings: tuple[Finding, ...], undecided: tuple[Undecided, ...]) -> list[_Answer]:
    """One result, or several if several causes of equal rank stop this pod."""
    candidates = [index for index, finding in enumerate(findings) if pod.name in finding.pods]
    causes = [index for index in candidates if not _is_consequence(index, candidates, findings)]
    if not causes:
        return [_cannot_tell(possible_rules(pod, undecided))]
    best = min(_rank(findings[index]) for index in causes)
    causes = [index for index in causes if _rank(findings[index]) == best]
    hidden = [one for one in possible_rules(pod, undecided) if _hides(one, causes, findings)]
    if hidden:
        return [_cannot_tell(hidden)]
    return [_Answer(STATES[findings[index].verdict], index, "", "") for index in causes]


def _hides(one: Undecided, causes: list[int], findings: tuple[Finding, ...]) -> bool:
    """Whether the undecided rule may be the true cause, which supersedes one of `causes`.

    A confirmed cause is never in doubt. A likely one with log evidence is in doubt only if data is missing
    that should have been collected. A cause without log evidence is in doubt also if the undecided rule
    judges observed state.
    """
    for index in causes:
        finding = findings[index]
        if one.rule.id not in finding.yields_to:
            continue
        has_missing_data = any(reason.asked for reason in one.unknown.reasons)
        if finding.is_seen:
            if finding.confidence != Confidence.CONFIRMED and has_missing_data:
                return True
        elif one.rule.when or has_missing_data:
            return True
    return False


def _rank(finding: Finding) -> tuple[bool, int]:
    """The order of causes: logged within the window first, then by confidence."""
    seen = finding.is_seen and finding.confidence != Confidence.PAST
    return (not seen, RANK.get(finding.confidence, 9))


def _is_consequence(index: int, candidates: Iterable[int], findings: tuple[Finding, ...]) -> bool:
    """Whether another candidate supersedes it. A past finding cannot be the cause of a current one."""
    mine = findings[index]
    causes = (findings[other] for other in candidates if findings[other].rule in mine.yields_to)
    return any(mine.confidence == Confidence.PAST or one.confidence != Confidence.PAST for one in causes)


def possible_rules(pod: Pod, undecided: Iterable[Undecided]) -> list[Undecided]:
    """The undecided rules that may explain this pod."""
    return [
        one
        for one in undecided
        if one.rule.explains is not None
        and (pod in one.explains.elements or one.explains.missing is not None)
    ]


def _cannot_tell(hidden: list[Undecided]) -> _Answer:
    """Inconclusive: the most common reason that can be resolved, else the first reason."""
    reasons = [reason for one in hidden for reason in dict.fromkeys(one.unknown.reasons) if reason.grant]
    if reasons:
        worst = Counter(reasons).most_common(1)[0][0]
        return _Answer(State.CANNOT_TELL, None, worst.text, needs(Unknown((worst,))))
    because = str(hidden[0].unknown) if hidden else ""
    return _Answer(State.CANNOT_TELL, None, because, "")


def _verdict(answer: _Answer, pods: list[Pod], findings: tuple[Finding, ...]) -> Verdict:
    shown = tuple(affected_pod(pod) for pod in pods)
    if answer.finding is None:
        why = (Span(answer.because, is_value=True),) if answer.because else sentence("no_rule_matches")
        text = sentence("verdict_unknown", pods=len(pods), why=why)
        return Verdict(State.CANNOT_TELL, "", None, shown, text, _next(answer), why_unknown=why)
    finding = findings[answer.finding]
    text = sentence("verdict", pods=len(pods), title=finding.title)
    next_step = _first_fix(finding)
    return Verdict(answer.state, finding.rule, finding.confidence, shown, text, next_step, answer.finding)


def affected_pod(pod: Pod) -> AffectedPod:
    """A pod as the report shows it."""
    trouble, node = pod.trouble, pod.node
    zone = node.zone if node is not None else ""
    return AffectedPod(
        pod.name,
        "" if isinstance(trouble, Unknown) else str(trouble),
        pod.node_name,
        "" if isinstance(zone, Unknown) else zone,
        pod.bound_at,
    )


def _next(answer: _Answer) -> Prose:
    if answer.ask:
        return sentence("evidence_to_get", evidence=answer.ask)
    return sentence("evidence_to_read")


def _first_fix(finding: Finding) -> Prose:
    for remedy in finding.fix:
        if plain(remedy.title):
            return remedy.title
    return sentence("see_fix")
