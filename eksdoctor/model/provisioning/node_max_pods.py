"""How many pods a node admits: whose number that is, how many would be right, and where to say so."""

from enum import StrEnum

from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.node_instance import NodeInstance
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known
from eksdoctor.model.facts.subject import Part, Subject
from eksdoctor.model.instance_types.limits import PREFIX_SIZE
from eksdoctor.model.instance_types.max_pods_formula import HOST_PODS, cap
from eksdoctor.model.instance_types.max_pods_origin import Candidate, candidates, provenance
from eksdoctor.model.instance_types.max_pods_setting import MaxPodsChange, Provisioner
from eksdoctor.model.instance_types.node_origin import Origin
from eksdoctor.model.nodes.node_capacity import NodeCapacity
from eksdoctor.model.provisioning.read_node_origin import (
    NODE_GROUP,
    NODE_POOL,
    node_class_of,
    origin_of,
    provisioners_of,
)
from eksdoctor.model.vpc_cni.rollout_history import SettingsHistory


class Told(StrEnum):
    """What is known of who gave a node its max-pods."""

    ONE = "one"  # a single provisioner computes this number
    SEVERAL = "several"  # several do, or one does and others could not be looked at
    NOBODY = "nobody"  # none does: somebody set it, or what it rests on has changed since
    UNSEEN = "unseen"  # none that could be looked at does


class Density(NodePart, Subject, name="density"):
    """The max-pods of one node."""

    @fact
    def origin(self) -> Origin:
        """How the node came to be."""
        return origin_of(self.node)

    @fact
    def set_by(self) -> Items[Candidate]:
        """Who would have given it the max-pods it has, and by which rule."""
        return provenance(known(self.node.max_pods), candidates(known(self.origin)))

    @property
    def told(self) -> Told:
        """How sure that is."""
        found = self.set_by
        if isinstance(found, Unknown):
            return Told.UNSEEN
        if found.missing is not None:
            return Told.SEVERAL if found.elements else Told.UNSEEN
        if not found.elements:
            return Told.NOBODY
        return Told.ONE if len(found) == 1 else Told.SEVERAL

    @property
    def unseen(self) -> Items[str]:
        """Why others who may have set it could not be looked at."""
        found = self.set_by
        missing = found if isinstance(found, Unknown) else found.missing
        return Items(() if missing is None else tuple(reason.text for reason in missing.reasons))

    @fact
    def served(self) -> int:
        """Pods that type and settings can serve: every address, and the two that run with the node's own."""
        return known(self.node.part(NodeCapacity).type_capacity) + HOST_PODS

    @fact
    def served_here(self) -> int:
        """The same, less what ENIs of others take away, where those are known."""
        here = self.node.part(NodeCapacity).ip_capacity
        served = known(self.served)
        return served if isinstance(here, Unknown) else min(served, here + HOST_PODS)

    @fact
    def recommended(self) -> int:
        """What AWS recommends: what can be served, at most 110, or 250 above 30 vCPUs."""
        return self._capped(known(self.served))

    @fact
    def recommended_with_prefixes(self) -> int:
        """The same if prefix delegation were on; a type that is not Nitro would stay as it is."""
        limits = known(self.node.part(NodeInstance).limits)
        size = PREFIX_SIZE if limits.nitro else 1
        return self._capped(
            known(self.node.part(NodeCapacity).enis_by_type) * limits.slots_per_eni * size + HOST_PODS
        )

    def _capped(self, pods: int) -> int:
        limits = known(self.node.part(NodeInstance).limits)
        if limits.vcpus is None:
            raise NotKnown.because(f"the vCPUs of {limits.instance_type} are unknown")
        return min(pods, cap(limits.vcpus))

    @fact
    def is_older_than_prefixes(self) -> bool:
        """Whether the node was made before prefix delegation was switched on."""
        return known(self.node.created_at) < known(
            self.node.cluster.part(CNI).part(SettingsHistory).prefix_delegation_since
        )

    @fact
    def changes_to_served(self) -> Items[MaxPodsChange]:
        """What to set so that new nodes admit what can be served here."""
        return self._changes(known(self.served_here))

    @fact
    def changes_to_recommended(self) -> Items[MaxPodsChange]:
        """What to set so that new nodes admit what AWS recommends."""
        return self._changes(known(self.recommended))

    def _changes(self, number: int) -> Items[MaxPodsChange]:
        is_set = self._set_for_new_nodes() == number
        return Items(
            tuple(
                MaxPodsChange(provisioner, number, self._whose(provisioner), is_set)
                for provisioner in provisioners_of(self.node)
            )
        )

    def _set_for_new_nodes(self) -> int | None:
        """The number that is written down for new nodes; None where none is, or none that can be read."""
        origin = self.origin
        if isinstance(origin, Unknown):
            return None
        return origin.karpenter.max_pods if origin.karpenter is not None else origin.user_data_max_pods

    def _whose(self, provisioner: Provisioner) -> str:
        """The group of nodes that the setting is for, in words."""
        labels = known(self.node.labels)
        if provisioner is Provisioner.KARPENTER:
            try:
                return f"EC2NodeClass {node_class_of(self.node).metadata.name}"
            except NotKnown:
                return f"the EC2NodeClass of {self.node.name}"
        if NODE_GROUP in labels:
            return f"node group {labels[NODE_GROUP]}"
        return f"NodePool {labels[NODE_POOL]}" if NODE_POOL in labels else f"the group of {self.node.name}"

    @fact
    def is_below_capacity(self) -> bool:
        """Whether prefix delegation works here and the node admits fewer pods than AWS recommends with it."""
        if known(self.node.cluster.part(CNI).ipv6) or not known(self.node.part(NodeInstance).uses_prefixes):
            return False
        return known(self.node.allocatable_pods) < known(self.recommended)


class DensityPart(Part, of=Density):
    """Facts of one topic about the max-pods of a node."""

    def __init__(self, density: Density) -> None:
        self.node = density.node
