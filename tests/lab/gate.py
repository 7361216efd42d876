"""Whether a request is answered: first the deny list, then the fault table, then the recorded refusals."""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from eksdoctor.snapshot.actions import ACTIONS
from eksdoctor.snapshot.request import Refusal, Request
from eksdoctor.snapshot.snapshot import Outcome, Snapshot
from tests.lab.call import FREELY, Asked, Passage
from tests.lab.faults import Fault

LACKING = ("forbidden", "unauthenticated")


class Gate:
    """The one place that decides who gets an answer."""

    def __init__(self, snapshot: Snapshot, deny: Iterable[str], faults: Mapping[str, Fault]) -> None:
        self._deny = _with_permissions(deny)
        self._faults = dict(faults)
        self._used: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._outcomes = {normal(request): outcome for request, outcome in snapshot.outcomes.items()}
        self._lacking = _lacking_everywhere(snapshot)

    def passage(self, asked: Asked) -> Passage:
        """How this request gets through."""
        if any(fnmatchcase(name, pattern) for pattern in self._deny for name in asked.names):
            return Passage(Fault.denied())
        for pattern, fault in self._faults.items():
            if any(fnmatchcase(name, pattern) for name in asked.names) and self._bites(pattern, fault):
                return Passage(fault)
        return self._as_recorded(asked)

    def _bites(self, pattern: str, fault: Fault) -> bool:
        with self._lock:
            self._used[pattern] += 1
            return fault.times is None or self._used[pattern] <= fault.times

    def _as_recorded(self, asked: Asked) -> Passage:
        if asked.request is not None:
            outcome = self._outcomes.get(normal(asked.request))
            if outcome is not None:
                return _replayed(outcome, asked.offset)
            if refusal := self._refused_as_part(asked.request):
                return Passage(Fault.of(refusal))
        if asked.action is not None:
            scope = (asked.action.name, str(asked.arguments.get("namespace", "")))
            if refusal := self._lacking.get(scope):
                return Passage(Fault.of(refusal))
        return FREELY

    def _refused_as_part(self, request: Request) -> Refusal | None:
        """The refusal of a longer request that this one is a part of: clients split long lists."""
        for whole, outcome in self._outcomes.items():
            if outcome.refusal and not outcome.count and _is_part(normal(request), whole):
                return outcome.refusal
        return None


Normal = tuple[Any, ...]


def _is_part(part: Normal, whole: Normal) -> bool:
    """The same action and arguments, each value among the other's."""
    names = [name for name, _ in part[1:]]
    if part[0] != whole[0] or not names or names != [name for name, _ in whole[1:]]:
        return False
    return all(set(some) <= set(all_) for (_, some), (_, all_) in zip(part[1:], whole[1:], strict=True))


def normal(request: Request) -> Normal:
    """A request without what does not change its meaning: order of lists, lists of one, empty arguments."""
    pairs = [
        (name, tuple(sorted(value)) if isinstance(value, tuple) else (value,))
        for name, value in request.arguments
        if value
    ]
    return (request.action.name, *sorted(pairs))


def _replayed(outcome: Outcome, offset: int) -> Passage:
    if outcome.absent and not outcome.count:
        return Passage(Fault.absent())
    if outcome.refusal is None:
        return Passage(most=outcome.count if outcome.sampled else None, dropped=outcome.dropped)
    if offset < outcome.count:  # some pages came before the refusal
        return Passage(most=outcome.count)
    return Passage(Fault.of(outcome.refusal))


def _lacking_everywhere(snapshot: Snapshot) -> dict[tuple[str, str], Refusal]:
    """Permissions that every request of an action and namespace lacked: a new request lacks them too."""
    found: dict[tuple[str, str], list[Refusal | None]] = defaultdict(list)
    for request, outcome in snapshot.outcomes.items():
        found[request.action.name, str(request.values.get("namespace", ""))].append(outcome.refusal)
    return {
        scope: refusals[0]
        for scope, refusals in found.items()
        if refusals[0] and all(refusal and refusal.reason in LACKING for refusal in refusals)
    }


def _with_permissions(deny: Iterable[str]) -> frozenset[str]:
    """The deny list; naming an action denies its permission, thus also other actions that need it."""
    named = frozenset(deny)
    permissions = {
        action.permission
        for action in ACTIONS.values()
        if any(fnmatchcase(action.name, pattern) for pattern in named)
    }
    return named | permissions
