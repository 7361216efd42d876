"""A pool whose last addresses cool: given back a moment ago, counted as available, and not to be given yet.

An address rests for IP_COOLDOWN_PERIOD (30 s) after its pod went. The daemon counts it as available, so the
warm targets look met and the pool does not grow; where pods come and go all the time, there is always one
more address that cools and one more pod that waits.
"""

from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.aws_node.cooldown import cool_down
from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.facts.fact import Items, NotKnown, fact, known
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.observations.node_observations import NodeHearing

COOLING = EvidenceClass.COOLING
ASKED = (EvidenceClass.DATASTORE_EMPTY, EvidenceClass.GENERIC)


class Churn(NodePart, name="churn"):
    """The coming and going of one node's addresses."""

    @property
    def _cooled(self) -> tuple[Observation, ...]:
        return tuple(
            one for one in self.node.part(NodeHearing).said(COOLING) if one.followed_by_success is not True
        )

    @property
    def _refused_a_pod(self) -> bool:
        """Whether a pod asked in vain, by the daemon's or the kubelet's word; the question itself is none."""
        return any(
            not source.is_assumed
            for one in self.node.part(NodeHearing).said(*ASKED)
            if one.followed_by_success is not True
            for source in one.sources
        )

    @fact
    def answers(self) -> int:
        """How often the daemon said that all it had left cools, while a pod asked in vain."""
        if not self._cooled:
            self.node.part(NodeHearing).require_silence()
            return 0
        if not self._refused_a_pod:
            raise NotKnown.because("no log line shows whether a pod requested an IP in cooldown")
        return sum(one.count for one in self._cooled)

    @fact
    def cooling(self) -> int:
        """How many cooled by its latest word of them."""
        numbers = [one.numbers["cooling"] for one in self._cooled if "cooling" in one.numbers]
        if not numbers:
            raise NotKnown.because("ipamd logged no IP in cooldown")
        return numbers[-1]

    @fact
    def period(self) -> int:
        """Seconds for which an address cools."""
        return int(cool_down(self.node.cluster).total_seconds())

    @fact
    def pods(self) -> Items[Pod]:
        """Waiting pods that have waited for longer than an address cools, where that was said."""
        if not known(self.answers):
            return Items()
        return known(self.node.part(NodePool).starved_pods).where(self._waits_for_long)

    def _waits_for_long(self, pod: Pod) -> bool:
        at, bound = self.node.cluster.at, pod.bound_at
        return bound is None or at - bound > cool_down(self.node.cluster)
