"""All provisioners of nodes that are seen, and what was said of launches that EC2 refused."""

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import listed
from eksdoctor.model.facts.fact import Items, Unknown, fact, union
from eksdoctor.model.node_groups.managed_node_group import NodeGroups
from eksdoctor.model.node_launches.launcher import GroupLauncher, KarpenterLauncher, Launcher
from eksdoctor.snapshot.records.karpenter import LIST_EC2_NODE_CLASSES


class Launching(ClusterPart, name="launching"):
    """All provisioners that are seen; Auto Scaling groups of the user's own are not."""

    @fact
    def launchers(self) -> Items[Launcher]:
        """Managed node groups of Linux, and EC2NodeClasses."""
        self.cluster.require_same_cluster()
        groups = self.cluster.part(NodeGroups).node_groups
        if isinstance(groups, Unknown):
            groups = Items((), groups)
        mine: Items[Launcher] = groups.where(lambda group: not group.is_windows).map(
            lambda group: GroupLauncher(self, group)
        )
        classes = listed(self.cluster.snapshot, LIST_EC2_NODE_CLASSES.kind, requests.EC2_NODE_CLASSES)
        return union((mine, Items(tuple(KarpenterLauncher(self, one) for one in classes), classes.missing)))

    @property
    def has_one_class(self) -> bool:
        """Whether there is one EC2NodeClass only, so that every NodeClaim is of it."""
        return len(self.cluster.snapshot.of(LIST_EC2_NODE_CLASSES.kind)) == 1
