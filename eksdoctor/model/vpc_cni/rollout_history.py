"""How aws-node's settings changed, as the API server keeps it: one ControllerRevision per state.

A DaemonSet keeps its last ten states. Going back to an earlier one gives that state the highest number
anew and leaves its date: when it was taken up again is not known.
https://kubernetes.io/docs/tasks/manage-daemon/rollback-daemon-set/
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from eksdoctor.model.aws_node_settings.environment import Environment
from eksdoctor.model.entities.vpc_cni import CNIPart
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import listed
from eksdoctor.model.facts.fact import Items, NotKnown, fact, known
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.records.kubernetes import LIST_CONTROLLER_REVISIONS

AWS_NODE = "aws-node"
UNSET = "(unset)"
ELSEWHERE = "(from another object)"


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One variable that a revision changed. `at` is None where going back to a state hides the date."""

    name: str
    before: str
    after: str
    revision: int
    at: datetime | None

    def __str__(self) -> str:
        when = f" at {self.at:%Y-%m-%d %H:%M} UTC" if self.at else ""
        return f"{self.name} from {self.before} to {self.after}{when} (revision {self.revision})"


@dataclass(frozen=True, slots=True)
class _State:
    """A revision's variables; `at` is when it was first set."""

    revision: int
    at: datetime | None
    environment: Environment

    def shown(self, name: str) -> str:
        if name not in self.environment.values:
            return UNSET
        value = self.environment.values[name]
        return ELSEWHERE if value is None else f'"{value}"'


class SettingsHistory(CNIPart, name="history"):
    """The changes of aws-node's variables that are still kept."""

    @fact
    def _states(self) -> tuple[_State, ...]:
        """Oldest first."""
        snapshot = self.cni.snapshot
        records = listed(snapshot, LIST_CONTROLLER_REVISIONS.kind, requests.AWS_NODE_REVISIONS).all()
        states = [state for record in records for state in _state(record)]
        if not states:
            raise NotKnown.because("the API server keeps no revision of aws-node")
        return tuple(sorted(states, key=lambda state: state.revision))

    @fact
    def changes(self) -> Items[SettingChange]:
        """Every change that is kept, newest first."""
        states = known(self._states)
        pairs = reversed(tuple(pairwise(states)))
        return Items(tuple(change for before, after in pairs for change in _changes(before, after)))

    @fact
    def prefix_delegation_since(self) -> datetime:
        """When prefix delegation was switched on, the last time."""
        states = known(self._states)
        on = [state.environment.flag("ENABLE_PREFIX_DELEGATION", default=False) for state in states]
        if on[-1] != known(self.cni.prefix_delegation):
            raise NotKnown.because("aws-node's newest revision differs from the DaemonSet")
        if not on[-1]:
            raise NotKnown.because("prefix delegation is off")
        if all(on):
            raise NotKnown.because("prefix delegation is as old as the oldest revision of aws-node")
        first = len(on) - on[::-1].index(False)
        since = _taken_up(states[first - 1], states[first])
        if since is None:
            raise NotKnown.because("aws-node was rolled back to an earlier revision, which has no date")
        return since


def _state(record: kubernetes.ControllerRevision) -> Iterator[_State]:
    for container in record.data.spec.template.spec.containers:
        if container.name == AWS_NODE:
            created = record.metadata.creation_timestamp
            yield _State(record.revision, created, Environment.of(container))
            return


def _changes(before: _State, after: _State) -> Iterator[SettingChange]:
    at = _taken_up(before, after)
    for name in sorted({*before.environment.values, *after.environment.values}):
        was, is_now = before.shown(name), after.shown(name)
        if was != is_now:
            yield SettingChange(name, was, is_now, after.revision, at)


def _taken_up(before: _State, after: _State) -> datetime | None:
    """When `after` followed on `before`: its making, unless it is the older one of the two."""
    if before.at is None or after.at is None or after.at < before.at:
        return None
    return after.at
