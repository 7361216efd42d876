"""What lower warm targets leave in a subnet."""

from eksdoctor.model.cluster.target_changes import TargetChanges
from eksdoctor.model.entities.subnet import SubnetPart
from eksdoctor.model.facts.fact import fact, known
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.subnets.demand import SubnetDemand
from eksdoctor.model.warm_pool.lower_targets import freed


class SubnetWithLowerTargets(SubnetPart, inline=True):
    """A subnet under the lowered warm targets."""

    @fact
    def left_after_lowering(self) -> int:
        """Addresses still free when every node holds its share under the lowered targets."""
        demand = known(self.subnet.cluster.part(TargetChanges).lowered_targets).demand(
            known(self.subnet.part(SubnetDemand).wanted_by_node)
        )
        return known(self.subnet.part(SubnetDemand).room_for_pods) - demand

    @fact
    def freed_by_lowering(self) -> int:
        """Addresses that the lowered warm targets would give back here."""
        return freed(
            (known(node.part(NodePool).pool) for node in known(self.subnet.part(SubnetDemand).nodes).all()),
            known(self.subnet.cluster.part(TargetChanges).lowered_targets),
        )
