"""A node: which pods wait on it, and what of its pool, its ENIs or its settings keeps them waiting."""

from functools import cached_property

from eksdoctor.model.aws_node.health import DaemonPod
from eksdoctor.model.aws_node.introspection import DaemonBook
from eksdoctor.model.aws_node.network_policy_agent import NodeAgent
from eksdoctor.model.branch_enis.node_branch_enis import NodeBranch
from eksdoctor.model.facts.fact import Items, Unknown, all_of, fact, join, known
from eksdoctor.model.nodes.address_leak import Leak
from eksdoctor.model.nodes.cooldown_churn import Churn
from eksdoctor.model.nodes.eni_attachments import Attachments
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.nodes.transient import Passing
from eksdoctor.model.observations.node_observations import NodeHearing
from eksdoctor.model.pods.pod import Pod, Trouble
from eksdoctor.model.provisioning.node_max_pods import Density


class Node(NodePool):
    """One node; `record` is None for a node that is only named by a pod or an event."""

    @cached_property
    def attachments(self) -> Attachments:
        """What is the matter with its ENIs, beside how many there are."""
        return Attachments(self)

    @cached_property
    def density(self) -> Density:
        """How many pods it admits, who said so, and how many would be right."""
        return Density(self)

    @cached_property
    def daemon(self) -> DaemonPod:
        """Its aws-node pod."""
        return DaemonPod(self)

    @cached_property
    def branch(self) -> NodeBranch:
        """Its branch ENIs."""
        return NodeBranch(self)

    @cached_property
    def policy_agent(self) -> NodeAgent:
        """The network-policy agent beside its daemon."""
        return NodeAgent(self)

    @cached_property
    def book(self) -> DaemonBook:
        """What its daemon has in its own book."""
        return DaemonBook(self)

    @cached_property
    def leak(self) -> Leak:
        """The addresses that its daemon holds for nobody."""
        return Leak(self)

    @cached_property
    def churn(self) -> Churn:
        """The coming and going of its addresses."""
        return Churn(self)

    @cached_property
    def heard(self) -> NodeHearing:
        """What its daemon said."""
        return NodeHearing(self)

    @cached_property
    def passing(self) -> Passing:
        """What of its troubles heals by itself."""
        return Passing(self)

    @fact
    def pods_at_the_ceiling(self) -> Items[Pod]:
        """Waiting pods, when every ENI is attached and full and no address is left."""
        full = all_of(self._is_empty(), self._is_full())
        return self._waiting_if(_or_said(full, self.heard.ceiling_answers))

    @fact
    def pods_frozen_out(self) -> Items[Pod]:
        """Waiting pods, when the pool is used up at the minimum and the daemon asks for no more."""
        frozen = all_of(self._is_empty(), self._stopped_at_minimum())
        return self._waiting_if(_or_said(frozen, self.heard.freeze_answers))

    @fact
    def waiting_pods(self) -> Items[Pod]:
        """The pods on this node that have no address now."""
        return known(self.starved_pods).where(
            lambda pod: t if isinstance(t := pod.trouble, Unknown) else t == Trouble.STARVED
        )

    @fact
    def pods_without_provisioning(self) -> Items[Pod]:
        """Waiting pods, when the pool is empty and could grow, and ipamd is told to ask EC2 for nothing."""
        off = self.cluster.cni.provisioning_is_off
        return self._waiting_if(all_of(off, self._is_empty(), self._could_grow()))

    @fact
    def pods_on_cordoned_node(self) -> Items[Pod]:
        """Waiting pods, when the pool is empty and could grow, and nothing but the cordon stops ipamd."""
        off = self.cluster.cni.provisioning_is_off
        allowed = off if isinstance(off, Unknown) else not off
        shown = all_of(self.is_growth_suspended, allowed, self._is_empty(), self._could_grow())
        return self._waiting_if(_or_said(shown, self.heard.cordon_answers))

    @fact
    def is_stopped_at_max_pods(self) -> bool:
        """Whether the pool is as large as max-pods and has addresses that no pod holds."""
        pool = known(self.pool)
        return pool.is_at_max_pods and pool.available > 0

    @fact
    def pods_at_stopped_pool(self) -> Items[Pod]:
        """Waiting pods, when no pod holds the rest of a pool that is as large as max-pods."""
        stopped = _or_said(self.is_stopped_at_max_pods, self.heard.stopped_answers)
        if stopped is False:
            return Items()
        return known(self.waiting_pods) if stopped is True else self._waiting_if(stopped)

    @fact
    def pods_short_of_subnet(self) -> Items[Pod]:
        """Waiting pods, when no address is left, the daemon asks for more, and so its subnet must give."""
        asks = self.next_request
        return self._waiting_if(all_of(self._is_empty(), asks if isinstance(asks, Unknown) else asks > 0))

    def _is_empty(self) -> bool | Unknown:
        available = self.available_ips
        return available if isinstance(available, Unknown) else available == 0

    def _could_grow(self) -> bool | Unknown:
        missing = self.missing_growth
        return missing if isinstance(missing, Unknown) else missing > 0

    def _is_full(self) -> bool | Unknown:
        free, left = self.free_slots, self.eni_slots_left
        if isinstance(free, Unknown) or isinstance(left, Unknown):
            return join(part for part in (free, left) if isinstance(part, Unknown))
        return free == 0 and left == 0

    def _stopped_at_minimum(self) -> bool | Unknown:
        total, stop = self.total_ips, self.minimum_pool_size
        if isinstance(total, Unknown) or isinstance(stop, Unknown):
            return join(part for part in (total, stop) if isinstance(part, Unknown))
        return total >= stop

    def _waiting_if(self, condition: bool | Unknown) -> Items[Pod]:  # noqa: FBT001 (a fact, not a switch)
        waiting = known(self.starved_pods)
        if isinstance(condition, Unknown):
            return Items((), condition) if waiting.elements or waiting.missing is not None else Items()
        return waiting if condition else Items()


def _or_said(shown: bool | Unknown, answers: int | Unknown) -> bool | Unknown:  # noqa: FBT001 (a fact)
    """What structure shows; where it cannot be seen, what the daemon said, if it said so."""
    said = isinstance(answers, int) and answers > 0
    return said or shown if isinstance(shown, Unknown) else shown
