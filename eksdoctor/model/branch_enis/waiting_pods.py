"""Pods of a node that wait for a branch ENI."""

from eksdoctor.model.branch_enis.branch_enis import Branches
from eksdoctor.model.branch_enis.node_branch_enis import NodeBranchPart
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.facts.fact import Items, fact, known


class PodsWaitingForBranch(NodeBranchPart, inline=True):
    """The pods of a node that wait for a branch ENI."""

    @fact
    def waiting_pods(self) -> Items[Pod]:
        """Bound pods that wait for a branch ENI, and of which the controller reported no error."""
        waiting = known(self.cluster.part(Branches).waiting_pods).where(
            lambda pod: pod.node_name == self.node.name
        )
        failed = {pod for failure in known(self.cluster.part(Branches).failures) for pod in failure.every_pod}
        return waiting.where(lambda pod: pod not in failed)
