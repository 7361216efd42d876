"""What was said on a node: of its pool, of EC2's refusals, of the ceiling it stands at."""

from collections.abc import Iterable

from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.observation_index import ObservationIndex
from eksdoctor.model.facts.fact import NotKnown, fact, known
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.warm_pool.pool import stop_of_minimum

WEB_IDENTITY = "AssumeRoleWithWebIdentity"

EMPTY = (EvidenceClass.POOL_EMPTY, EvidenceClass.DATASTORE_EMPTY)
POOL = (EvidenceClass.POOL, EvidenceClass.POOL_EMPTY, EvidenceClass.COOLING)
REFUSED = (
    EvidenceClass.SUBNET_WITHOUT_ADDRESSES,
    EvidenceClass.SUBNET_WITHOUT_PREFIX,
    EvidenceClass.SUBNET_SHORT,
    EvidenceClass.ENI_QUOTA,
    EvidenceClass.THROTTLED,
    EvidenceClass.DENIED,
)


class NodeHearing(NodePart, name="heard"):
    """What was said on one node; silence is unknown unless its daemon's log was read."""

    def said(self, *classes: EvidenceClass) -> tuple[Observation, ...]:
        """The statements of these classes about this node."""
        return self.node.cluster.part(ObservationIndex).said_on(self.node.name, *classes)

    def refused(self, *classes: EvidenceClass) -> tuple[Observation, ...]:
        """What its daemon itself was refused, of these classes, and did not get since.

        The resource controller's calls for a pod's branch ENI are another matter: they are events of the pod.
        """
        said = self.said(*classes)
        return tuple(one for one in said if not one.pod and one.followed_by_success is not True)

    def _count(self, *classes: EvidenceClass) -> int:
        """How often it was said and not over since; 0 only of a daemon that was listened to."""
        found = sum(one.count for one in self.said(*classes) if one.followed_by_success is not True)
        if not found:
            self.node.cluster.part(ObservationIndex).require_hearing(self.node.name)
        return found

    def require_silence(self) -> None:
        """Raise NotKnown where a pod is in trouble and nobody listened; elsewhere silence counts."""
        cluster = self.node.cluster
        if self.node.name in known(cluster.part(AffectedPods).names_in_question):
            cluster.part(ObservationIndex).require_hearing(self.node.name)

    @fact
    def empty_answers(self) -> int:
        """How often the daemon said that its pool had nothing to give."""
        return self._count(*EMPTY)

    @fact
    def refusals_for_addresses(self) -> int:
        """How often EC2 refused an address or an ENI here for want of free addresses in the subnet."""
        return self._count(EvidenceClass.SUBNET_WITHOUT_ADDRESSES)

    @fact
    def refusals_for_prefixes(self) -> int:
        """How often EC2 found no free /28 for this node."""
        return self._count(EvidenceClass.SUBNET_WITHOUT_PREFIX)

    @fact
    def ceiling_answers(self) -> int:
        """How often the daemon found no ENI slot left while its pool was empty and EC2 refused nothing.

        The line about the slots alone is no evidence: a healthy node prints it every five seconds.
        """
        if not known(self.empty_answers) or self.said(*REFUSED):
            return 0
        return self._count(EvidenceClass.ENI_SLOTS_FULL)

    @fact
    def is_full_with_room(self) -> bool:
        """Whether it spoke of full ENI slots while addresses were left, and of no pod that got none."""
        if not self.said(EvidenceClass.ENI_SLOTS_FULL) or self.said(*EMPTY, *REFUSED):
            return False
        left = known_number(self.total_ips) - known_number(self.assigned_ips)
        return left > (self.cooling_ips or 0)

    @fact
    def freeze_answers(self) -> int:
        """How often the pool was empty at the size where MINIMUM_IP_TARGET alone stops it."""
        settings = (
            self._number(EvidenceClass.SETTINGS, "minimum_ip"),
            self._number(EvidenceClass.SETTINGS, "warm_ip"),
        )
        minimum, warm = (known_number(one) for one in settings)
        total = known_number(self._number(EvidenceClass.POOL_EMPTY, "total"))
        if minimum <= 0 or warm > 0 or self.said(*REFUSED):
            return 0
        stops = {stop_of_minimum(minimum, prefixes=prefixes) for prefixes in (True, False)}
        return self._count(*EMPTY) if total in stops else 0

    @fact
    def cordon_answers(self) -> int:
        """How often the daemon left an empty pool as it was because the node is unschedulable."""
        said = self._count(EvidenceClass.NODE_CORDONED)
        return said if said and known(self.empty_answers) else 0

    @fact
    def stopped_answers(self) -> int:
        """How often the pool was empty at the size of max-pods, where the daemon asks for no more."""
        most, total = (
            known_number(self._number(EvidenceClass.SETTINGS, "max_pods")),
            known_number(self.total_ips),
        )
        if most <= 0 or total < most or self.said(*REFUSED):
            return 0
        return self._count(*EMPTY, EvidenceClass.COOLING)

    @fact
    def fallbacks_from_prefixes(self) -> int:
        """How often the daemon said that prefix delegation has no effect on this type."""
        found = sum(one.count for one in self.said(EvidenceClass.PREFIX_MODE_OFF))
        if not found:
            self.require_silence()
        return found

    @property
    def total_ips(self) -> int | None:
        """The size of its pool by the daemon's latest word."""
        return self.latest(POOL, "total")

    @property
    def assigned_ips(self) -> int | None:
        """How many of them it had handed out."""
        return self.latest(POOL, "assigned")

    @property
    def cooling_ips(self) -> int | None:
        """How many cooled down."""
        return self.latest(POOL, "cooling")

    @property
    def slots_per_eni(self) -> int | None:
        """The most addresses that an ENI holds here, by the daemon's word."""
        return self.latest((*POOL, EvidenceClass.BENIGN), "per_eni")

    def _number(self, name: EvidenceClass, number: str) -> int | None:
        return self.latest((name,), number)

    def latest(self, classes: Iterable[EvidenceClass], number: str) -> int | None:
        """A number by the latest statement of these classes that has it."""
        found = [one for one in self.said(*classes) if number in one.numbers]
        latest = max(found, key=lambda one: one.last.timestamp() if one.last else 0.0, default=None)
        return latest.numbers[number] if latest is not None else None


def known_number(number: int | None) -> int:
    """The number; raises NotKnown when the daemon did not say it."""
    if number is None:
        raise NotKnown.because("ipamd's own numbers were not collected")
    return number
