"""A policy against the number of branch ENIs of all nodes."""

from eksdoctor.model.branch_enis.branch_enis import Branches
from eksdoctor.model.branch_enis.policy_effect import PolicyReachPart
from eksdoctor.model.facts.fact import fact, known


class PolicyBudget(PolicyReachPart, inline=True):
    """Whether the nodes have enough branch ENIs for a policy."""

    @fact
    def exceeds_nodes(self) -> bool:
        """Whether it selects more pods than all nodes together have branch ENIs."""
        total = known(self.cluster.part(Branches).total)
        return 0 < total < len(known(self.reach.pods))
