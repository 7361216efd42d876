"""Warm targets to change to, and the add-on configuration that sets them."""

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import NotKnown, Unknown, fact, join, known
from eksdoctor.model.subnets.demand import SubnetDemand
from eksdoctor.model.subnets.pod_subnets import PodSubnets
from eksdoctor.model.vpc_cni.addon import Addon
from eksdoctor.model.warm_pool.lower_targets import SPARES, LoweredTargets, lowered, merged_configuration


class TargetChanges(ClusterPart, inline=True):
    """Other warm targets, and the add-on configuration that sets them."""

    @fact
    def lowered_targets(self) -> LoweredTargets:
        """Warm targets that fit what the nodes run (secondary mode), where their ENIs were asked for.

        A triage leaves out subnets in which nothing waits: they hold no less for it.
        """
        subnets, unknown = [], []
        for subnet in known(self.cluster.part(PodSubnets).pod_subnets).all():
            room, wanted = subnet.part(SubnetDemand).room_for_pods, subnet.part(SubnetDemand).wanted_by_node
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
        addon, targets = known(self.cluster.part(CNI).part(Addon).record), known(self.lowered_targets)
        if addon is None:
            raise NotKnown.because("the CNI is not an EKS add-on")
        environment = {"WARM_IP_TARGET": str(targets.warm_ip), "MINIMUM_IP_TARGET": str(targets.minimum_ip)}
        return merged_configuration(addon.configuration_values, environment)

    @fact
    def unfrozen_configuration(self) -> str:
        """The add-on's configurationValues with WARM_IP_TARGET beside MINIMUM_IP_TARGET."""
        addon = known(self.cluster.part(CNI).part(Addon).record)
        if addon is None:
            raise NotKnown.because("the CNI is not an EKS add-on")
        return merged_configuration(addon.configuration_values, {"WARM_IP_TARGET": str(SPARES[0])})
