"""Complete the observations: the cause of a generic one, and whether a success followed a failure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from eksdoctor.evidence.observed.observation import BACK_OFF, Observation
from eksdoctor.evidence.observed.occurrences import OccurrenceGroup
from eksdoctor.evidence.signatures.classes import EvidenceClass, Weight

NO_SUCCESS_AFTER = timedelta(seconds=60)
"""A source that logs for this long after a failure, and no success, shows that none followed."""
_NOT_A_CAUSE = frozenset({EvidenceClass.BENIGN, EvidenceClass.SUCCESS, EvidenceClass.CLEAN_UP})


def to_observations(
    groups: Iterable[OccurrenceGroup], last_lines: Mapping[str, datetime]
) -> tuple[Observation, ...]:
    """The groups as observations, by time; a generic one with its cause, a failure with its outcome.

    `last_lines` gives the time of the last matched line by source name.
    """
    found = [group.to_observation() for group in groups]
    successes = [one for one in found if one.signature.weight is Weight.SUCCESS]
    causes = [one for one in found if one.is_cause and one.evidence_class not in _NOT_A_CAUSE]
    done = (_with_cause(_with_success(one, successes, last_lines), causes) for one in found)
    return tuple(
        sorted(done, key=lambda one: (one.first is None, one.first.timestamp() if one.first else 0.0))
    )


def _with_success(
    failure: Observation, successes: list[Observation], last_lines: Mapping[str, datetime]
) -> Observation:
    if failure.last is None or failure.signature.weight is Weight.SUCCESS:
        return failure
    for success in successes:
        is_later = success.last is not None and success.last > failure.last
        ends = failure.evidence_class in success.signature.ends
        if ends and is_later and _is_same_place(failure, success):
            return replace(failure, followed_by_success=True)
    times = (last_lines[one.name] for one in failure.sources if one.name in last_lines)
    is_without = max(times, default=failure.last) - failure.last >= NO_SUCCESS_AFTER
    return replace(failure, followed_by_success=False) if is_without else failure


def _with_cause(failure: Observation, causes: list[Observation]) -> Observation:
    """A generic observation with the line of its cause: from the same node and shortly before."""
    if failure.signature.weight not in (Weight.GENERIC, Weight.WRAPPER):
        return failure
    near = [one for one in causes if _is_same_place(failure, one) and _is_shortly_before(one, failure)]
    if not near:
        return failure
    best = max(near, key=lambda one: one.last.timestamp() if one.last else 0.0)
    return replace(failure, evidence=best.evidence, cause=best.signature.id)


def _is_shortly_before(cause: Observation, failure: Observation) -> bool:
    if cause.first is None or cause.last is None or failure.first is None or failure.last is None:
        return True
    return cause.first <= failure.last and failure.first - cause.last <= BACK_OFF + NO_SUCCESS_AFTER


def _is_same_place(one: Observation, other: Observation) -> bool:
    if one.pod and other.pod and one.pod != other.pod:
        return False
    return not one.node or not other.node or one.node == other.node
