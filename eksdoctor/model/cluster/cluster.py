"""The cluster: everything a snapshot shows of it, with what is missing said."""

from functools import cached_property

from eksdoctor.model.aws_node.cooldown import cooling_addresses
from eksdoctor.model.aws_node.iam_identity import Identity
from eksdoctor.model.aws_node.pods_by_node import Daemons
from eksdoctor.model.branch_enis.branch_enis import Branches
from eksdoctor.model.branch_enis.policy import Policy
from eksdoctor.model.branch_enis.windows_addresses import WindowsAddresses
from eksdoctor.model.cluster.address_family import AddressFamily
from eksdoctor.model.cluster.cluster_subnets import ClusterSubnets
from eksdoctor.model.cluster.traffic import Wiring
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import listed
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, join, known
from eksdoctor.model.network.eni_quota import ENIQuota
from eksdoctor.model.nodes.warm_pool_evidence import Warmth
from eksdoctor.model.observations.cloudtrail import Trail
from eksdoctor.model.provisioning.full_nodes import PodCeiling
from eksdoctor.model.provisioning.launchers import Launching
from eksdoctor.model.warm_pool.lower_targets import SPARES, LoweredTargets, lowered, merged_configuration
from eksdoctor.model.warm_pool.pool import Targets
from eksdoctor.snapshot import kinds


class Cluster(ClusterSubnets):
    """One cluster at one time (`at`); nothing here reads a clock."""

    @cached_property
    def wiring(self) -> Wiring:
        """The paths of pods that have addresses."""
        return Wiring(self)

    @cached_property
    def family(self) -> AddressFamily:
        """The address family that pods get."""
        return AddressFamily(self)

    @cached_property
    def daemons(self) -> Daemons:
        """The pods of aws-node."""
        return Daemons(self)

    @cached_property
    def identity(self) -> Identity:
        """Who the daemon is to AWS."""
        return Identity(self)

    @cached_property
    def eni_quota(self) -> ENIQuota:
        """The region's quota of network interfaces."""
        return ENIQuota(self)

    @cached_property
    def launching(self) -> Launching:
        """Where new nodes may start."""
        return Launching(self)

    @cached_property
    def trail(self) -> Trail:
        """The calls to EC2 that CloudTrail shows."""
        return Trail(self)

    @cached_property
    def warmth(self) -> Warmth:
        """What its daemons keep ready."""
        return Warmth(self)

    @cached_property
    def cooling_addresses(self) -> frozenset[str]:
        """Pod addresses that cool down, as far as daemons' own books were read."""
        return cooling_addresses(self)

    @fact
    def targets(self) -> Targets:
        """The warm targets as the daemon reads them."""
        cni = self.cni
        return Targets(
            known(cni.warm_ip_target), known(cni.minimum_ip_target),
            known(cni.warm_eni_target), known(cni.warm_prefix_target),
        )  # fmt: skip

    @fact
    def lowered_targets(self) -> LoweredTargets:
        """Warm targets that fit what the nodes run (secondary mode), where their ENIs were asked for.

        A triage leaves out subnets in which nothing waits: they hold no less for it.
        """
        subnets, unknown = [], []
        for subnet in known(self.pod_subnets).all():
            room, wanted = subnet.room_for_pods, subnet.wanted_by_node
            if isinstance(room, Unknown) or isinstance(wanted, Unknown):
                unknown.append(join(part for part in (room, wanted) if isinstance(part, Unknown)))
            else:
                subnets.append((room, wanted))
        for missing in unknown:
            if not subnets or any(reason.asked for reason in missing.reasons):
                raise NotKnown(missing)
        return lowered(subnets)

    @fact
    def lowered_configuration(self) -> str:
        """The add-on's configurationValues with the lowered targets merged in."""
        addon, targets = known(self.cni.addon.record), known(self.lowered_targets)
        if addon is None:
            raise NotKnown.because("the CNI is not an EKS add-on")
        environment = {"WARM_IP_TARGET": str(targets.warm_ip), "MINIMUM_IP_TARGET": str(targets.minimum_ip)}
        return merged_configuration(addon.configuration_values, environment)

    @fact
    def unfrozen_configuration(self) -> str:
        """The add-on's configurationValues with WARM_IP_TARGET beside MINIMUM_IP_TARGET."""
        addon = known(self.cni.addon.record)
        if addon is None:
            raise NotKnown.because("the CNI is not an EKS add-on")
        return merged_configuration(addon.configuration_values, {"WARM_IP_TARGET": str(SPARES[0])})

    @fact
    def policies(self) -> Items[Policy]:
        """The SecurityGroupPolicies."""
        records = listed(self.snapshot, kinds.SECURITY_GROUP_POLICIES, requests.SECURITY_GROUP_POLICIES)
        return Items(tuple(Policy(self, record) for record in records), records.missing)

    @cached_property
    def pod_ceiling(self) -> PodCeiling:
        """The nodes against their max-pods."""
        return PodCeiling(self)

    @cached_property
    def branches(self) -> Branches:
        """Security groups for pods."""
        return Branches(self)

    @cached_property
    def windows(self) -> WindowsAddresses:
        """The addresses of Windows pods."""
        return WindowsAddresses(self)
