"""Why a node's pool does not grow, and the pods that wait for it."""

from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import Items, Unknown, all_of, fact, join, known
from eksdoctor.model.nodes.node_capacity import NodeCapacity
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.observations.node_observations import NodeHearing
from eksdoctor.model.pods.trouble import PodTrouble, Trouble


class PoolStops(NodePart, inline=True):
    """What keeps a node's pool from growing, and the pods that wait for it."""

    @fact
    def pods_at_the_ceiling(self) -> Items[Pod]:
        """Waiting pods, when every ENI is attached and full and no address is left."""
        full = all_of(self._is_empty(), self._is_full())
        return self._waiting_if(_or_said(full, self.node.part(NodeHearing).ceiling_answers))

    @fact
    def pods_frozen_out(self) -> Items[Pod]:
        """Waiting pods, when the pool is used up at the minimum and the daemon asks for no more."""
        frozen = all_of(self._is_empty(), self._stopped_at_minimum())
        return self._waiting_if(_or_said(frozen, self.node.part(NodeHearing).freeze_answers))

    @fact
    def waiting_pods(self) -> Items[Pod]:
        """The pods on this node that have no address now."""
        return known(self.node.part(NodePool).starved_pods).where(
            lambda pod: t if isinstance(t := pod.part(PodTrouble).trouble, Unknown) else t == Trouble.STARVED
        )

    @fact
    def pods_without_provisioning(self) -> Items[Pod]:
        """Waiting pods, when the pool is empty and could grow, and ipamd is told to ask EC2 for nothing."""
        off = self.node.cluster.part(CNI).provisioning_is_off
        return self._waiting_if(all_of(off, self._is_empty(), self._could_grow()))

    @fact
    def pods_on_cordoned_node(self) -> Items[Pod]:
        """Waiting pods, when the pool is empty and could grow, and nothing but the cordon stops ipamd."""
        off = self.node.cluster.part(CNI).provisioning_is_off
        allowed = off if isinstance(off, Unknown) else not off
        shown = all_of(
            self.node.part(NodePool).is_growth_suspended, allowed, self._is_empty(), self._could_grow()
        )
        return self._waiting_if(_or_said(shown, self.node.part(NodeHearing).cordon_answers))

    @fact
    def is_stopped_at_max_pods(self) -> bool:
        """Whether the pool is as large as max-pods and has addresses that no pod holds."""
        pool = known(self.node.part(NodePool).pool)
        return pool.is_at_max_pods and pool.available > 0

    @fact
    def pods_at_stopped_pool(self) -> Items[Pod]:
        """Waiting pods, when no pod holds the rest of a pool that is as large as max-pods."""
        stopped = _or_said(self.is_stopped_at_max_pods, self.node.part(NodeHearing).stopped_answers)
        if stopped is False:
            return Items()
        return known(self.waiting_pods) if stopped is True else self._waiting_if(stopped)

    @fact
    def pods_short_of_subnet(self) -> Items[Pod]:
        """Waiting pods, when no address is left, the daemon asks for more, and so its subnet must give."""
        asks = self.node.part(NodePool).next_request
        return self._waiting_if(all_of(self._is_empty(), asks if isinstance(asks, Unknown) else asks > 0))

    def _is_empty(self) -> bool | Unknown:
        available = self.node.part(NodePool).available_ips
        return available if isinstance(available, Unknown) else available == 0

    def _could_grow(self) -> bool | Unknown:
        missing = self.node.part(NodePool).missing_growth
        return missing if isinstance(missing, Unknown) else missing > 0

    def _is_full(self) -> bool | Unknown:
        free, left = self.node.part(NodeCapacity).free_slots, self.node.part(NodeCapacity).eni_slots_left
        if isinstance(free, Unknown) or isinstance(left, Unknown):
            return join(part for part in (free, left) if isinstance(part, Unknown))
        return free == 0 and left == 0

    def _stopped_at_minimum(self) -> bool | Unknown:
        total, stop = self.node.part(NodePool).total_ips, self.node.part(NodePool).minimum_pool_size
        if isinstance(total, Unknown) or isinstance(stop, Unknown):
            return join(part for part in (total, stop) if isinstance(part, Unknown))
        return total >= stop

    def _waiting_if(self, condition: bool | Unknown) -> Items[Pod]:  # noqa: FBT001 (a fact, not a switch)
        waiting = known(self.node.part(NodePool).starved_pods)
        if isinstance(condition, Unknown):
            return Items((), condition) if waiting.elements or waiting.missing is not None else Items()
        return waiting if condition else Items()


def _or_said(shown: bool | Unknown, answers: int | Unknown) -> bool | Unknown:  # noqa: FBT001 (a fact)
    """What structure shows; where it cannot be seen, what the daemon said, if it said so."""
    said = isinstance(answers, int) and answers > 0
    return said or shown if isinstance(shown, Unknown) else shown
