"""One provisioner of nodes: the subnets it starts them in, and that EC2 refused it for want of addresses."""

from datetime import datetime
from typing import TYPE_CHECKING

from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.entities.subnets import Subnets
from eksdoctor.model.facts.fact import Items, Unknown, fact, known
from eksdoctor.model.node_groups.launch_refusal import LaunchRefusal, LaunchRefusals, refusals_of
from eksdoctor.model.node_groups.managed_node_group import NodeGroup
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.pods.trouble import PodTrouble, Trouble
from eksdoctor.model.subnets.demand import SubnetDemand
from eksdoctor.snapshot.records.karpenter import EC2NodeClass

if TYPE_CHECKING:
    from eksdoctor.model.node_launches.launchers import Launching


KARPENTER = "karpenter"


class Launcher:
    """What starts nodes: a managed node group, or Karpenter with one EC2NodeClass."""

    name: str
    kind: str

    def __init__(self, launching: "Launching", kind: str, name: str) -> None:
        self.launching = launching
        self.kind = kind
        self.name = name

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def subnets(self) -> "Items[Subnet]":
        """The subnets that it may start nodes in."""
        raise NotImplementedError

    @property
    def refusals(self) -> Items[LaunchRefusal]:
        """What was said of launches that EC2 refused here for want of addresses."""
        raise NotImplementedError

    def may_serve(self, pod: Pod) -> bool:
        """Whether its nodes may be what a pod without a node waits for."""
        return pod.record is not None and not pod.node_name

    def _is_dry(self, subnet: "Subnet") -> bool:
        """Whether no node can start in it; of a launch that was refused, whether that is still so.

        An instance starts with one address. The daemon takes more at once, so that a subnet which refused may
        show a few that came back since, and will not serve one more node.
        """
        need = subnet.part(SubnetDemand).addresses_per_new_node if self.refusals.elements else 1
        return known(subnet.free_ips) < (need if isinstance(need, int) else 1)

    @fact
    def dry_zones(self) -> tuple[str, ...]:
        """The zones in which no subnet of it takes another node."""
        zones: dict[str, list[bool]] = {}
        for subnet in self.subnets.all():
            zones.setdefault(known(subnet.zone), []).append(self._is_dry(subnet))
        return tuple(sorted(zone for zone, dry in zones.items() if all(dry)))

    @fact
    def free_by_subnet(self) -> tuple[str, ...]:
        """Each subnet with what it has free."""
        return tuple(f"{one.id} ({known(one.zone)}): {known(one.free_ips)} free" for one in self.subnets)

    @fact
    def times_refused(self) -> int:
        """How often."""
        return sum(one.count for one in self.refusals)

    @fact
    def pods_without_node(self) -> Items[Pod]:
        """Pods that no node has room for, and that have waited since before the last refusal."""
        refusals = self.refusals
        if not refusals.elements:
            return Items() if refusals.missing is None else Items((), refusals.missing)
        lasts = tuple(one.last for one in refusals if one.last is not None)
        return known(self.launching.cluster.part(AffectedPods).pods_in_trouble).where(
            lambda pod: self._stops(pod, lasts)
        )

    def _stops(self, pod: Pod, lasts: tuple[datetime, ...]) -> bool | Unknown:
        trouble = pod.part(PodTrouble).trouble
        if isinstance(trouble, Unknown):
            return trouble if self.may_serve(pod) else False
        if trouble != Trouble.UNBOUND or not self.may_serve(pod) or not pod.wants_room:
            return False
        created = pod.record.metadata.creation_timestamp if pod.record is not None else None
        return not lasts or created is None or created <= max(lasts)


class GroupLauncher(Launcher):
    """A managed node group; what EKS holds against it stays until a launch succeeds."""

    def __init__(self, launching: "Launching", group: "NodeGroup") -> None:
        super().__init__(launching, "node group", group.name)
        self.record = group.record

    @property
    def subnets(self) -> "Items[Subnet]":
        """As DescribeNodegroup lists them."""
        cluster = self.launching.cluster
        return Items(
            tuple(cluster.part(Subnets).subnet_named(name) for name in dict.fromkeys(self.record.subnets))
        )

    @property
    def refusals(self) -> Items[LaunchRefusal]:
        """Its health issues that are of addresses."""
        return Items(tuple(refusals_of(self.record)))


class KarpenterLauncher(Launcher):
    """Karpenter with one EC2NodeClass; its refusals are events of NodeClaims, kept for an hour."""

    def __init__(self, launching: "Launching", record: EC2NodeClass) -> None:
        super().__init__(launching, "EC2NodeClass", record.metadata.name)
        self.record = record

    @property
    def subnets(self) -> "Items[Subnet]":
        """As its status lists them: what its selector terms find."""
        cluster, found = self.launching.cluster, self.record.status.subnets
        missing = None if found else Unknown.because("the EC2NodeClass's status has no subnets")
        return Items(tuple(cluster.part(Subnets).subnet_named(one.id) for one in found if one.id), missing)

    @property
    def refusals(self) -> Items[LaunchRefusal]:
        """Those that name one of its subnets, or none while it is the only class."""
        mine, claims = (
            {subnet.id for subnet in self.subnets},
            self.launching.cluster.part(LaunchRefusals).claim_refusals,
        )
        alone = self.launching.has_one_class
        return claims.where(lambda one: one.subnet in mine if mine and one.subnet else alone)

    def may_serve(self, pod: Pod) -> bool:
        """Not a pod that Karpenter itself finds no instance for."""
        refused = any(
            event.reason == "FailedScheduling"
            and KARPENTER in (event.source.component, event.reporting_component)
            for event in pod.events
        )
        return super().may_serve(pod) and not refused
