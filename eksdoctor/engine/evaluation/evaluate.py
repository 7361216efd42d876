"""Evaluate a rule on a cluster: fired, undecided, passed or not applicable for each subject.

Observed state (`when`) and evidence from logs and events (`seen_when`) combine as follows:

    state       evidence yes   no, and data complete   evidence unknown
    yes         confirmed      pressure                likely
    no          past           clear                   clear
    unknown     likely         undecided               undecided

A rule without `when` uses evidence only, a rule without `seen_when` observed state only; a yes is then
confirmed, but a cause of waiting pods from observed state only is likely. If `alone_when` is given and
the observed state is not a yes, it replaces `seen_when`: evidence that many causes share confirms a cause
that the observed state shows, but does not suggest that cause on its own, now or in the past.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from eksdoctor.engine.evaluation.finding import Confidence, Severity
from eksdoctor.engine.language.condition import Condition, Truth, Values, every
from eksdoctor.engine.rulebook.rule import Rule
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.model.facts.fact import Items, Unknown, join
from eksdoctor.model.pods.pod import Pod, Trouble

ROW_YES: dict[bool | None, Confidence] = {
    True: Confidence.CONFIRMED,
    False: Confidence.PRESSURE,
}  # the row "state: yes"


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired for one subject: the values for its text, and the pods it explains."""

    rule: Rule
    subject: object
    values: Values
    confidence: Confidence
    is_seen: bool
    explains: Items[Pod]
    group: str

    @property
    def severity(self) -> Severity:
        """The rule's severity if it affects pods now, else at most `by_structure` (default: warning)."""
        waiting = any(pod.trouble != Trouble.RECOVERED for pod in self.explains)
        is_active = waiting or (self.is_seen and self.confidence != Confidence.PAST)
        if is_active or self.rule.severity != Severity.CRITICAL:
            return self.rule.severity
        return self.rule.text.by_structure or Severity.WARNING


@dataclass(frozen=True, slots=True)
class Undecided:
    """A rule that applies, or may apply, to a subject and is inconclusive.

    `subject` is empty if the subjects are unknown. `explains` are the pods it may explain; with `missing`
    set, any other pod may be one of them. `is_suspected` tells that `suspect_when` holds.
    """

    rule: Rule
    subject: str
    unknown: Unknown
    explains: Items[Pod]
    is_suspected: bool = False


@dataclass(slots=True)
class Outcome:
    """The result of a rule on a cluster; `clear` and `not_applicable` count subjects."""

    rule: Rule
    fired: list[Fired] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    clear: int = 0
    not_applicable: int = 0


def evaluate(rule: Rule, cluster: Cluster) -> Outcome:
    """Evaluate a rule for every subject it has in this cluster."""
    outcome = Outcome(rule)
    base: dict[str, object] = {"cluster": cluster, "cni": cluster.cni}
    if rule.loop is None:
        _judge_subject(outcome, cluster, {**base, "all": Items((cluster,))})
        return outcome
    subjects = rule.loop.get(base)
    if isinstance(subjects, Unknown):
        subjects = Items((), subjects)
    if not isinstance(subjects, Items):
        subjects = Items(tuple(subjects) if isinstance(subjects, Iterable) else ())
    for subject in subjects:
        _judge_subject(outcome, subject, {**base, rule.loop.name: subject, "all": Items((subject,))})
    if subjects.missing is not None:
        outcome.undecided.append(Undecided(rule, "", subjects.missing, Items((), subjects.missing)))
    return outcome


def _judge_subject(outcome: Outcome, subject: object, values: Values) -> None:
    rule = outcome.rule
    applies = truth(rule.applies_when, values)
    if applies is False:
        outcome.not_applicable += 1
        return
    state = truth(rule.when, values) if rule.when else None
    evidence = truth(rule.seen_when, values) if rule.seen_when else None
    if rule.alone_when and rule.when and state is not True:
        evidence = truth(rule.alone_when, values)
    decided = _combine(state, evidence, confirms_alone=rule.explains is None)
    if decided == Confidence.CONFIRMED and rule.text.at_most is not None:
        decided = rule.text.at_most
    if isinstance(applies, Unknown) and decided is not None:
        decided = _where_it_may_not_apply(applies, decided, has_evidence=evidence is True)
    if decided is None:
        outcome.clear += 1
    elif isinstance(decided, Unknown):
        suspected = bool(rule.suspect_when) and truth(rule.suspect_when, values) is True
        explains = _explained(rule, values)
        outcome.undecided.append(Undecided(rule, str(subject), decided, explains, is_suspected=suspected))
    else:
        explains = _of_confidence(_explained(rule, values), decided)
        group = str(rule.group(values)) if rule.group else str(subject)
        outcome.fired.append(Fired(rule, subject, values, decided, evidence is True, explains, group))


def _where_it_may_not_apply(
    applies: Unknown, decided: Confidence | Unknown, *, has_evidence: bool
) -> Confidence | Unknown:
    """The result if it is unknown whether the rule applies: likely at most, and only with evidence."""
    if isinstance(decided, Unknown):
        return join([applies, decided])
    return (Confidence.PAST if decided == Confidence.PAST else Confidence.LIKELY) if has_evidence else applies


def truth(conditions: Iterable[Condition], values: Values) -> Truth:
    """All conditions of a list, three-valued."""
    return every([condition.judge(values) for condition in conditions])


def _combine(
    state: Truth | None, evidence: Truth | None, *, confirms_alone: bool
) -> Confidence | Unknown | None:
    """The table above; None means clear."""
    match state, evidence:
        case None, True:
            return Confidence.CONFIRMED
        case None, _:
            return evidence if isinstance(evidence, Unknown) else None
        case True, None:
            return Confidence.CONFIRMED if confirms_alone else Confidence.LIKELY
        case True, _:
            return ROW_YES.get(_known(evidence), Confidence.LIKELY)
        case False, _:
            return Confidence.PAST if evidence is True else None
    return Confidence.LIKELY if evidence is True else _unknown(state)


def _known(evidence: Truth | None) -> bool | None:
    return evidence if isinstance(evidence, bool) else None


def _unknown(state: Truth | None) -> Unknown | None:
    return state if isinstance(state, Unknown) else None


def _explained(rule: Rule, values: Values) -> Items[Pod]:
    if rule.explains is None:
        return Items()
    found = rule.explains(values)
    if isinstance(found, Unknown):
        return Items((), found)
    return found if isinstance(found, Items) else Items()


def _of_confidence(explains: Items[Pod], confidence: Confidence) -> Items[Pod]:
    """The pods it explains: none for a risk, only recovered pods for a past finding."""
    if confidence == Confidence.PRESSURE:
        return Items()
    if confidence == Confidence.PAST:
        return explains.where(
            lambda pod: t if isinstance(t := pod.trouble, Unknown) else t == Trouble.RECOVERED
        )
    return explains


def grouped(fired: Iterable[Fired]) -> Iterator[tuple[Fired, ...]]:
    """Fired subjects that make one finding, the one that explains most pods first.

    Logs are read for some subjects of a group only, so its confirmed and likely subjects form one finding.
    """
    groups: dict[tuple[str, str, Confidence], list[Fired]] = {}
    for one in fired:
        kind = Confidence.CONFIRMED if one.confidence == Confidence.LIKELY else one.confidence
        groups.setdefault((one.rule.id, one.group, kind), []).append(one)
    for members in groups.values():
        yield tuple(sorted(members, key=lambda one: (-len(one.explains), str(one.subject))))
