"""All provisioners of nodes that are seen, and what was said of launches that EC2 refused."""

from functools import cached_property
from typing import TYPE_CHECKING

from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap, listed
from eksdoctor.model.facts.fact import Items, Unknown, fact, union
from eksdoctor.model.pods.pod import last_seen
from eksdoctor.model.provisioning.launch_refusal import REFUSED, LaunchRefusal, refusal_of, refusals_of
from eksdoctor.model.provisioning.launcher import GroupLauncher, KarpenterLauncher, Launcher
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records import kubernetes

if TYPE_CHECKING:
    from eksdoctor.model.cluster.cluster import Cluster


class Launching:
    """All provisioners that are seen; Auto Scaling groups of the user's own are not."""

    def __init__(self, cluster: "Cluster") -> None:
        self.cluster = cluster

    @fact
    def launchers(self) -> Items[Launcher]:
        """Managed node groups of Linux, and EC2NodeClasses."""
        self.cluster.require_same_cluster()
        groups = self.cluster.node_groups
        if isinstance(groups, Unknown):
            groups = Items((), groups)
        mine: Items[Launcher] = groups.where(lambda group: not group.is_windows).map(
            lambda group: GroupLauncher(self, group)
        )
        classes = listed(self.cluster.snapshot, kinds.EC2_NODE_CLASSES, requests.EC2_NODE_CLASSES)
        return union((mine, Items(tuple(KarpenterLauncher(self, one) for one in classes), classes.missing)))

    @property
    def has_one_class(self) -> bool:
        """Whether there is one EC2NodeClass only, so that every NodeClaim is of it."""
        return len(self.cluster.snapshot.of(kinds.EC2_NODE_CLASSES)) == 1

    @cached_property
    def claim_refusals(self) -> Items[LaunchRefusal]:
        """What Karpenter said of NodeClaims in the window; their events are the whole cluster's."""
        snapshot = self.cluster.snapshot
        found = tuple(refusal_of(event) for event in snapshot.of(kinds.EVENTS) if self._is_refusal(event))
        return Items(found, gap(snapshot, requests.warnings("")))

    def _is_refusal(self, event: kubernetes.Event) -> bool:
        if event.involved_object.kind != "NodeClaim" or REFUSED not in event.message:
            return False
        seen = last_seen(event)
        return seen is None or self.cluster.at - seen <= self.cluster.window

    @cached_property
    def is_refused(self) -> bool:
        """Whether anybody is known to have said so."""
        issues = (
            issue for group in self.cluster.snapshot.of(kinds.NODEGROUPS) for issue in refusals_of(group)
        )
        return bool(self.claim_refusals.elements) or next(issues, None) is not None
