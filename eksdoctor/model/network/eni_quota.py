"""The region's quota of network interfaces, and how many there are at least."""

from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import Items, NotKnown, Reason, Unknown, fact, known, union
from eksdoctor.model.nodes.waits_for_eni import pods_without_new_eni
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.snapshot.records.aws import DESCRIBE_NETWORK_INTERFACES
from eksdoctor.snapshot.records.quotas import GET_DEFAULT_SERVICE_QUOTA, GET_SERVICE_QUOTA, Quota

SERVICE, CODE = "vpc", "L-DF5E4CA3"  # "Network interfaces per Region"; it is no quota of the service ec2
MOST = 10_000_000  # more is no quota
NEAR = 90  # percent
WORTH_COUNTING = 25  # percent seen of the VPC's own; below, the region's interfaces are not listed for it


class ENIQuota(ClusterPart, name="eni_quota"):
    """How near the account is to its quota of ENIs in this region.

    What is counted is what was listed: the cluster's own subnets, and the whole region where an audit
    found that worth it. EC2 hides interfaces of managed resources, so every count is `at least`.
    """

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.snapshot = cluster.snapshot

    @fact
    def limit(self) -> int:
        """The quota: the account's own, else AWS's default."""
        self.cluster.require_same_cluster()
        for quota in (
            *self.snapshot.of(GET_SERVICE_QUOTA.kind),
            *self.snapshot.of(GET_DEFAULT_SERVICE_QUOTA.kind),
        ):
            if _is_wanted(quota) and quota.value is not None and 0 < quota.value <= MOST:
                return int(quota.value)
        for request in (requests.INTERFACES_QUOTA, requests.DEFAULT_INTERFACES_QUOTA):
            missing = gap(self.snapshot, request)
            if missing is not None:
                raise NotKnown(missing)
        raise NotKnown.because("Service Quotas returned no quota for network interfaces")

    @fact
    def seen(self) -> int:
        """The interfaces that were listed, each once."""
        self.cluster.require_same_cluster()
        return len(self.snapshot.of(DESCRIBE_NETWORK_INTERFACES.kind))

    @property
    def uncounted(self) -> Unknown | None:
        """Why there may be many more than were seen; None when the whole region was listed."""
        missing = gap(self.snapshot, requests.REGION_INTERFACES)
        if missing is None or any(reason.asked for reason in missing.reasons):
            return missing
        return Unknown((Reason("the ENIs of other subnets and VPCs were not counted", asked=False),))

    @fact
    def is_worth_counting(self) -> bool:
        """Whether so many were seen in the cluster's own subnets that the region's are worth listing."""
        return known(self.seen) * 100 >= known(self.limit) * WORTH_COUNTING

    @fact
    def left(self) -> int:
        """How many more there may be, at most."""
        return max(known(self.limit) - known(self.seen), 0)

    @fact
    def percent(self) -> int:
        """How much of the quota is seen to be used, in whole percent."""
        return known(self.seen) * 100 // known(self.limit)

    @fact
    def doubled(self) -> int:
        """Twice the quota, to ask for."""
        return known(self.limit) * 2

    @fact
    def is_reached(self) -> bool:
        """Whether no further interface can be made."""
        return self._is_at_least(100)

    @fact
    def is_near(self) -> bool:
        """Whether nine tenths are used and some are left."""
        if known(self.seen) >= known(self.limit):
            return False
        return self._is_at_least(NEAR)

    def _is_at_least(self, percent: int) -> bool:
        if known(self.seen) * 100 >= known(self.limit) * percent:
            return True
        if self.uncounted is not None:
            raise NotKnown(self.uncounted)
        return False

    @fact
    def pods_waiting(self) -> Items[Pod]:
        """Pods that wait for a new ENI, which nobody gets in this region."""
        nodes = known(self.cluster.part(AffectedPods).nodes_in_question)
        found = union(pods_without_new_eni(node) for node in nodes)
        return Items(found.elements, found.missing if found.missing is not None else nodes.missing)


def _is_wanted(quota: Quota) -> bool:
    return (quota.service_code, quota.quota_code) == (SERVICE, CODE)
