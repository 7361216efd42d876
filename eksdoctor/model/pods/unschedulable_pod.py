"""A pod that the scheduler found no node for, as far as pods per node are the reason."""

from dataclasses import dataclass

from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.facts.fact import NotKnown, Unknown
from eksdoctor.model.pods.scheduler_message import PODS, TOO_MANY_PODS, SchedulerAnswer, required_answer

SHORTAGE = "Insufficient "


@dataclass(frozen=True, slots=True)
class RefusedPod:
    """A pod that found no node, and the scheduler's latest answer."""

    pod: Pod
    answer: SchedulerAnswer

    def __str__(self) -> str:
        return self.pod.name

    @property
    def full_nodes(self) -> int:
        """Nodes that run as many pods as they may, whatever else they lack."""
        return self.answer.short_of(PODS)

    @property
    def most_short_of_pods_alone(self) -> int:
        """Nodes that lack nothing else, at most: the commonest other reason stands on nodes of its own."""
        others = [count for count, reason in self.answer.reasons if not reason.startswith(TOO_MANY_PODS)]
        return min(self.full_nodes, self.answer.nodes - max(others, default=0))

    @property
    def nodes_short_of_pods_alone(self) -> int:
        """Nodes that lack nothing else, at least.

        Where nodes are unaccounted for, one node may have given every other shortage too.
        """
        if sum(count for count, _ in self.answer.reasons) >= self.answer.nodes:
            return self.answer.short_of_nothing_else(PODS)
        others = sum(count for count, reason in self.answer.reasons if reason.startswith(SHORTAGE))
        return max(self.full_nodes - others, 0)


def refused(pod: Pod) -> RefusedPod | Unknown:
    """What the scheduler answered for a pod."""
    try:
        return RefusedPod(pod, required_answer(pod))
    except NotKnown as missing:
        return missing.unknown
