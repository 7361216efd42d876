"""What the scheduler answered for a pod that it could not bind: how many nodes failed, and for what."""

import re
from dataclasses import dataclass

from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.pod_events import PodEvents
from eksdoctor.model.facts.fact import NotKnown
from eksdoctor.snapshot.records import kubernetes

FAILED = "FailedScheduling"
LONGEST = 20_000  # characters; etcd holds an event of at most 1.5 MB, the scheduler writes some hundreds
CUT = "..."  # kube-scheduler cuts what is longer than an event's note may be
PODS = "pods"  # the resource that max-pods is the amount of
TOO_MANY_PODS = "Too many pods"
_HEAD = re.compile(r"0/(\d{1,6}) nodes are available:")
_COUNTED = re.compile(r"(\d{1,6}) (\S.*)", re.DOTALL)
_TAINT = re.compile(r"node\(s\) had (?:an? )?(?:untolerated )?taint")
_CORDONED = "node(s) were unschedulable"


@dataclass(frozen=True, slots=True)
class SchedulerAnswer:
    """`0/N nodes are available: …`, of which every node gives at least one reason.

    A node that stops at a taint or a selector gives that reason alone; one that comes as far as the
    resources gives every resource it is short of (kube-scheduler, plugins noderesources/fit.go).
    """

    nodes: int
    reasons: tuple[tuple[int, str], ...]
    is_whole: bool = True
    """False where the scheduler cut its own message, so that further reasons may follow."""

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {reason.split('. ')[0]}" for count, reason in self.reasons)
        return f"0/{self.nodes} nodes are available: {counts}"

    @classmethod
    def parse(cls, message: str) -> "SchedulerAnswer | None":
        """The answer in an event's message, None when it is none; what preemption would do is left out."""
        text = message[:LONGEST]
        head = _HEAD.match(text.lstrip())
        if head is None:
            return None
        body, preemption, _ = text.lstrip()[head.end() :].partition("preemption:")
        parts = (_COUNTED.match(part.strip()) for part in body.split(","))
        found = tuple((int(part[1]), part[2].strip(" .")) for part in parts if part is not None)
        return cls(int(head[1]), found, bool(preemption) or not message.rstrip().endswith(CUT))

    def short_of(self, resource: str) -> int:
        """Nodes that have too little of a resource left."""
        return sum(count for count, reason in self.reasons if _names(reason, resource))

    def short_of_nothing_else(self, resource: str) -> int:
        """Nodes that surely have too little of this resource and of no other.

        Reasons beyond one a node are second shortages; each may lie on any of these nodes.
        """
        second = max(sum(count for count, _ in self.reasons) - self.nodes, 0)
        return max(self.short_of(resource) - second, 0)

    @property
    def tainted(self) -> int:
        """Nodes left out for a taint."""
        return sum(count for count, reason in self.reasons if _TAINT.match(reason))

    @property
    def cordoned(self) -> int:
        """Nodes left out for being unschedulable."""
        return sum(count for count, reason in self.reasons if reason.startswith(_CORDONED))


def _names(reason: str, resource: str) -> bool:
    """`Insufficient <resource>`, with whatever follows the first sentence; of pods there are too many."""
    if resource == PODS:
        return reason.partition(". ")[0].strip(" .") == TOO_MANY_PODS
    word, _, rest = reason.partition(" ")
    return word == "Insufficient" and rest.split(". ")[0].strip(" .") == resource


def scheduler_answer(pod: "Pod") -> SchedulerAnswer | None:
    """The latest answer in a pod's own events, None without one.

    Raises NotKnown when events may be missing: an older answer need not hold any more.
    """
    pod.cluster.part(PodEvents).require_events()
    latest: tuple[float, str, SchedulerAnswer] | None = None
    for event in pod.events:
        answer = SchedulerAnswer.parse(event.message) if event.reason == FAILED else None
        if answer is not None:
            found = (_seconds(event), event.message, answer)
            latest = found if latest is None else max(latest, found, key=lambda one: one[:2])
    return latest[2] if latest is not None else None


def is_short_of(pod: "Pod", resource: str) -> bool:
    """Whether the latest answer names a resource; raises NotKnown when events may be missing."""
    answer = scheduler_answer(pod)
    return answer is not None and answer.short_of(resource) > 0


def required_answer(pod: "Pod") -> SchedulerAnswer:
    """The latest answer; raises NotKnown without one."""
    answer = scheduler_answer(pod)
    if answer is None:
        raise NotKnown.because("no event shows the scheduler's result")
    return answer


def _seconds(event: kubernetes.Event) -> float:
    series = event.series.last_observed_time if event.series else None
    seen = series or event.last_timestamp or event.event_time or event.first_timestamp
    return seen.timestamp() if seen is not None else 0.0
