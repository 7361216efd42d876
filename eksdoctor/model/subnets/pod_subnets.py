"""The subnets from which a cluster takes IPs."""

from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.observation_index import ObservationIndex
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.entities.subnets import Subnets
from eksdoctor.model.facts.fact import Items, NotKnown, fact, known
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.subnets.discovery_evidence import missed_by_name
from eksdoctor.model.subnets.refused_subnets import SubnetRefusals

OWN_SUBNETS = "the cluster's own subnets"


class PodSubnets(ClusterPart, inline=True):
    """The subnets from which pods, discovery and the control plane take IPs."""

    @fact
    def pod_subnets(self) -> Items[Subnet]:
        """The subnets that pods draw on."""
        owners = known(self.cluster.part(Nodes).nodes_of_vpc_cni).map(
            lambda node: node.part(NodePool).pod_subnet
        )
        distinct = {subnet.id: subnet for subnet in owners}
        distinct |= {
            name: self.cluster.part(Subnets).subnet_named(name)
            for name in self.cluster.part(SubnetRefusals).subnets_refused
        }
        return Items(tuple(distinct[key] for key in sorted(distinct)), owners.missing)

    @fact
    def tagged_subnets(self) -> Items[Subnet]:
        """The VPC's subnets that carry the CNI's discovery tag, and those that only daemons tell of."""
        found = self.cluster.part(Subnets).subnet_records.where(lambda subnet: subnet.is_tagged_for_pods)
        if found.missing is None:
            return found
        heard = (self.cluster.part(Subnets).subnet_named(name) for name in missed_by_name(self.cluster))
        return Items((*found, *(subnet for subnet in heard if subnet.record is None)), found.missing)

    @fact
    def control_plane_subnets(self) -> Items[Subnet]:
        """The subnets that the cluster itself was given, where EKS puts its own ENIs.

        One stands for them where only EKS's refusal tells of them.
        """
        try:
            self.cluster.require_same_cluster()
            ids = known(self.cluster.record).resources_vpc_config.subnet_ids
        except NotKnown as missing:
            said = self.cluster.part(ObservationIndex).said(EvidenceClass.CONTROL_PLANE_SUBNET_SHORT)
            return Items(
                (self.cluster.part(Subnets).subnet_named(OWN_SUBNETS),) if said else (), missing.unknown
            )
        return Items(tuple(self.cluster.part(Subnets).subnet_named(subnet) for subnet in sorted(set(ids))))
