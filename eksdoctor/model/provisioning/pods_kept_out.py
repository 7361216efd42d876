"""Pods that find no node because max-pods is lower than the node can serve."""

from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.facts.fact import Items, fact, known
from eksdoctor.model.provisioning.full_nodes import PodCeiling
from eksdoctor.model.provisioning.node_max_pods import DensityPart


class PodsKeptOut(DensityPart, inline=True):
    """The pods that a low max-pods keeps out."""

    @fact
    def pods_kept_out(self) -> Items[Pod]:
        """Pods that find no node because this one and others like it admit fewer pods than they should.

        Only where this node runs as many pods as it may.
        """
        ceiling = self.node.cluster.part(PodCeiling)
        told = known(ceiling.refused_pods)
        if not told.elements and told.missing is None:
            return Items()
        return known(ceiling.pods_kept_out_below_capacity) if known(ceiling.is_full(self.node)) else Items()
