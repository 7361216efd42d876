"""A rule asked about a cluster: what it found, what it could not tell, what was clear.

Structure (`when`) and testimony (`seen_when`) combine in one table:

    structure   testimony yes   no, with good sight   no sight
    yes         confirmed       pressure              likely
    no          past            clear                 clear
    unknown     likely          cannot tell           cannot tell

A rule without `when` rests on testimony alone, one without `seen_when` on structure alone: then a
yes is the whole evidence, but what structure alone says of a pod stays likely. Where structure does not
show it and `alone_when` is given, that decides instead of `seen_when`: a pool that was said to be empty
confirms what structure shows, and alone names none of its causes, neither now nor in the past.
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
}  # the row "structure yes"


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired for one subject: the values its words see, and the pods it explains."""

    rule: Rule
    subject: object
    values: Values
    confidence: Confidence
    is_seen: bool
    explains: Items[Pod]
    group: str

    @property
    def severity(self) -> Severity:
        """The rule's own once it bites, by structure alone one step less."""
        waiting = any(pod.trouble != Trouble.RECOVERED for pod in self.explains)
        bites = waiting or (self.is_seen and self.confidence != Confidence.PAST)
        if bites or self.rule.severity != Severity.CRITICAL:
            return self.rule.severity
        return self.rule.text.by_structure or Severity.WARNING


@dataclass(frozen=True, slots=True)
class Undecided:
    """A rule that applies, or may apply, to a subject and could not be decided.

    `subject` is empty when not even the subjects are known. `explains` is what it might explain:
    with `missing` set, any pod may be among them. `is_suspected` says that what can be seen speaks for it.
    """

    rule: Rule
    subject: str
    unknown: Unknown
    explains: Items[Pod]
    is_suspected: bool = False


@dataclass(slots=True)
class Outcome:
    """Everything one rule said."""

    rule: Rule
    fired: list[Fired] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    clear: int = 0
    not_applicable: int = 0


def evaluate(rule: Rule, cluster: Cluster) -> Outcome:
    """Ask a rule about every subject it has in this cluster."""
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
    structure = truth(rule.when, values) if rule.when else None
    testimony = truth(rule.seen_when, values) if rule.seen_when else None
    if rule.alone_when and rule.when and structure is not True:
        testimony = truth(rule.alone_when, values)
    decided = _combine(structure, testimony, settles=rule.explains is None)
    if decided == Confidence.CONFIRMED and rule.text.at_most is not None:
        decided = rule.text.at_most
    if isinstance(applies, Unknown) and decided is not None:
        decided = _where_it_may_not_apply(applies, decided, is_said=testimony is True)
    if decided is None:
        outcome.clear += 1
    elif isinstance(decided, Unknown):
        suspected = bool(rule.suspect_when) and truth(rule.suspect_when, values) is True
        explains = _explained(rule, values)
        outcome.undecided.append(Undecided(rule, str(subject), decided, explains, is_suspected=suspected))
    else:
        explains = _of_confidence(_explained(rule, values), decided)
        group = str(rule.group(values)) if rule.group else str(subject)
        outcome.fired.append(Fired(rule, subject, values, decided, testimony is True, explains, group))


def _where_it_may_not_apply(
    applies: Unknown, decided: Confidence | Unknown, *, is_said: bool
) -> Confidence | Unknown:
    """Undecided, unless somebody said it; then it is likely at most."""
    if isinstance(decided, Unknown):
        return join([applies, decided])
    return (Confidence.PAST if decided == Confidence.PAST else Confidence.LIKELY) if is_said else applies


def truth(conditions: Iterable[Condition], values: Values) -> Truth:
    """All conditions of a list, three-valued."""
    return every([condition.judge(values) for condition in conditions])


def _combine(
    structure: Truth | None, testimony: Truth | None, *, settles: bool
) -> Confidence | Unknown | None:
    """The table; None is clear."""
    match structure, testimony:
        case None, True:
            return Confidence.CONFIRMED
        case None, _:
            return testimony if isinstance(testimony, Unknown) else None
        case True, None:
            return Confidence.CONFIRMED if settles else Confidence.LIKELY
        case True, _:
            return ROW_YES.get(_sight(testimony), Confidence.LIKELY)
        case False, _:
            return Confidence.PAST if testimony is True else None
    return Confidence.LIKELY if testimony is True else _unknown(structure)


def _sight(testimony: Truth | None) -> bool | None:
    return testimony if isinstance(testimony, bool) else None


def _unknown(structure: Truth | None) -> Unknown | None:
    return structure if isinstance(structure, Unknown) else None


def _explained(rule: Rule, values: Values) -> Items[Pod]:
    if rule.explains is None:
        return Items()
    found = rule.explains(values)
    if isinstance(found, Unknown):
        return Items((), found)
    return found if isinstance(found, Items) else Items()


def _of_confidence(explains: Items[Pod], confidence: Confidence) -> Items[Pod]:
    """A pressure is no cause; what is past explains only pods that recovered."""
    if confidence == Confidence.PRESSURE:
        return Items()
    if confidence == Confidence.PAST:
        return explains.where(
            lambda pod: t if isinstance(t := pod.trouble, Unknown) else t == Trouble.RECOVERED
        )
    return explains


def grouped(fired: Iterable[Fired]) -> Iterator[tuple[Fired, ...]]:
    """Fired subjects that make one finding, the one that explains most pods first.

    Only some of a group are listened to: what is confirmed of these and likely of the others is one fault.
    """
    groups: dict[tuple[str, str, Confidence], list[Fired]] = {}
    for one in fired:
        kind = Confidence.CONFIRMED if one.confidence == Confidence.LIKELY else one.confidence
        groups.setdefault((one.rule.id, one.group, kind), []).append(one)
    for members in groups.values():
        yield tuple(sorted(members, key=lambda one: (-len(one.explains), str(one.subject))))
