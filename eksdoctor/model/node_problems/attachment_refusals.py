"""EC2's refusals to attach one more ENI, against what the type takes and what the daemon knows of.

`AttachmentLimitExceeded: Interface count 4 exceeds the limit for …` counts the ENI that was refused, so
EC2 takes one less. The daemon asks for an ENI only while it believes that one fits, and only once those it
knows are full: it goes by another limit than EC2, or EC2 counts an ENI that it does not know.
"""

from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.aws_node.introspection import DaemonBook
from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.node_instance import InstanceTypes
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known
from eksdoctor.model.nodes.node_capacity import NodeCapacity
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.observations.node_observations import NodeHearing, known_number
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.pods.trouble import PodTrouble, Trouble

REFUSED = EvidenceClass.ATTACHMENT_REFUSED
NO_DEVICE_NUMBER = "ipamd-no-device-number"
LIMITS_UNKNOWN = EvidenceClass.LIMITS_UNKNOWN
SLOTS = (EvidenceClass.ENI_SLOTS_FULL, EvidenceClass.POOL)


class AttachmentRefusals(NodePart):
    """The refused attachments of one node."""

    @property
    def _said(self) -> tuple[Observation, ...]:
        said = self.node.part(NodeHearing).said(REFUSED)
        return tuple(one for one in said if one.followed_by_success is not True)

    @fact
    def count(self) -> int:
        """How often EC2 refused."""
        found = sum(one.count for one in self._said)
        if not found:
            self.node.part(NodeHearing).require_silence()
        return found

    @fact
    def words(self) -> str:
        """The line that says it."""
        if not self._said:
            raise NotKnown.because("no attachment failed")
        return " ".join(self._said[-1].evidence.split())[:300]

    @fact
    def instance_type(self) -> str:
        """The type that EC2 names, else the node's."""
        named = next((one.texts["instance_type"] for one in self._said if "instance_type" in one.texts), "")
        return named or known(self.node.instance_type)

    @fact
    def type_limit(self) -> int:
        """The ENIs that the type takes, by EC2's own table."""
        return self.node.cluster.part(InstanceTypes).limits_of(known(self.instance_type)).enis

    @fact
    def limit(self) -> int:
        """The ENIs that EC2 takes here: what it refused less one, else the type's."""
        counts = [one.numbers["interfaces"] for one in self._said if "interfaces" in one.numbers]
        return min(counts) - 1 if counts else known(self.type_limit)

    @fact
    def most_known_enis(self) -> int:
        """The ENIs that the daemon knows of, at most: with custom networking one more than its pool tells."""
        return known(self._known_enis) + (0 if self.node.cluster.part(CNI).custom_networking is False else 1)

    @fact
    def least_known_enis(self) -> int:
        """The same, at least."""
        return known(self._known_enis) + (1 if self.node.cluster.part(CNI).custom_networking is True else 0)

    @fact
    def _known_enis(self) -> int:
        """Those that make up its pool: each is full by the time it asks for another."""
        total, most = (
            known_number(self.node.part(NodeHearing).total_ips),
            known_number(self.node.part(NodeHearing).slots_per_eni),
        )
        if most <= 0:
            raise NotKnown.because("no log line shows how many IPs an ENI has")
        return -(-total // most)

    @fact
    def counted_enis(self) -> int:
        """The ENIs that the daemon knows of, by its own count."""
        book = self.node.part(DaemonBook).eni_ids
        if not isinstance(book, Unknown):
            return len(book)
        return known_number(self.node.part(NodeHearing).latest(SLOTS, "enis"))

    @fact
    def pool_has_addresses(self) -> bool:
        """Whether the daemon still had addresses to give, so that the refusal stopped nobody."""
        return known_number(self.node.part(NodeHearing).total_ips) > known_number(
            self.node.part(NodeHearing).assigned_ips
        )

    @fact
    def is_by_unknown_eni(self) -> bool:
        """Whether EC2 counts an ENI of which the daemon does not know."""
        if not known(self.count) or self.pool_has_addresses is True:
            return False
        counted = self.counted_enis
        known_enis = known(self.most_known_enis) if isinstance(counted, Unknown) else counted
        return known_enis < known(self.limit)

    @fact
    def is_by_wrong_limit(self) -> bool:
        """Whether the daemon goes by another limit than EC2: it says so, or it knows of as many as fit."""
        said = self.daemon_limit
        if not isinstance(said, Unknown) and said != known(self.node.part(NodeCapacity).eni_limit):
            return True
        if not known(self.count) or self.pool_has_addresses is True:
            return False
        limit = known(self.limit)
        if limit < known(self.type_limit):
            return True
        counted = self.counted_enis
        known_enis = known(self.least_known_enis) if isinstance(counted, Unknown) else counted
        return known_enis >= limit

    @fact
    def is_at_type_limit(self) -> bool:
        """Whether EC2 refused what is beyond the type, and somebody said that no address was left to give.

        With addresses left the refusal is harmless: the pool only wanted more.
        """
        if not known(self.count) or self.pool_has_addresses is True:
            return False
        if self.pool_has_addresses is not False and not self._somebody_got_none:
            raise NotKnown.because("no log line shows whether the pool had unused IPs")
        return any("interfaces" in one.numbers for one in self._said)

    @property
    def _somebody_got_none(self) -> bool:
        said = self.node.part(NodeHearing).said(
            EvidenceClass.GENERIC, EvidenceClass.DATASTORE_EMPTY, EvidenceClass.POOL_EMPTY
        )
        return any(not source.is_assumed for one in said for source in one.sources)

    @fact
    def is_by_device_number(self) -> bool:
        """Whether every device number was taken, by ENIs that the daemon did not count."""
        if not known(self.count) or self.pool_has_addresses is True:
            return False
        return any(one.signature.id == NO_DEVICE_NUMBER for one in self._said)

    @fact
    def daemon_limit(self) -> int:
        """The ENIs that the daemon believes the type takes, by its own word."""
        return known_number(
            self.node.part(NodeHearing).latest((EvidenceClass.ENI_SLOTS_FULL, EvidenceClass.POOL), "max_enis")
        )

    @fact
    def limits_unknown(self) -> int:
        """How often the daemon said that it does not know the type's limits."""
        found = sum(one.count for one in self.node.part(NodeHearing).said(LIMITS_UNKNOWN))
        if not found:
            self.node.part(NodeHearing).require_silence()
        return found

    @fact
    def unmanaged_enis(self) -> int:
        """The ENIs that the daemon leaves alone, by its own count; 0 where it was heard and named none."""
        found = self.node.part(NodeHearing).latest(SLOTS, "unmanaged")
        if found is None:
            self.node.part(NodeHearing).require_silence()
        return found or 0

    @fact
    def unmanaged_take_room(self) -> bool:
        """Whether it counts any, and does not say that it has addresses to give all the same."""
        return known(self.unmanaged_enis) > 0 and self.pool_has_addresses is not True

    @fact
    def pods(self) -> Items[Pod]:
        """Pods that wait here while nothing is left to give; without limits the daemon does not start."""
        if self.pool_has_addresses is True:
            return Items()
        if not self.node.part(NodeHearing).said(LIMITS_UNKNOWN):
            return known(self.node.part(NodePool).starved_pods) if self._said else Items()
        here = known(self.node.cluster.part(AffectedPods).pods_in_trouble).where(
            lambda pod: pod.node_name == self.node.name
        )
        return here.where(
            lambda pod: t if isinstance(t := pod.part(PodTrouble).trouble, Unknown) else t == Trouble.STARVED
        )
