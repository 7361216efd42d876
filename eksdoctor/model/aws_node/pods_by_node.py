"""The pods of the aws-node DaemonSet, by node."""

from collections import defaultdict
from datetime import UTC, datetime
from functools import cached_property

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import listed
from eksdoctor.model.facts.fact import Items, NotKnown, fact, known
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.records.kubernetes import LIST_PODS

LABEL, VALUE = "k8s-app", "aws-node"  # by which sources.AWS_NODE_PODS selects
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Daemons(ClusterPart, name="daemons"):
    """Every aws-node pod that was listed."""

    @cached_property
    def records(self) -> Items[kubernetes.Pod]:
        """The pods; incomplete when they could not all be listed."""
        found = listed(self.cluster.snapshot, LIST_PODS.kind, requests.AWS_NODE_PODS)
        return Items(tuple(pod for pod in found if _is_daemon(pod)), found.missing)

    @cached_property
    def _by_node(self) -> dict[str, list[kubernetes.Pod]]:
        found: dict[str, list[kubernetes.Pod]] = defaultdict(list)
        for pod in self.records:
            found[pod.spec.node_name].append(pod)
        return found

    def on(self, node: str) -> kubernetes.Pod | None:
        """The pod of a node, the one that stays and is newest of several; None when there is none.

        Raises NotKnown where one may be that was not listed.
        """
        pods = self._by_node.get(node, ())
        if pods:
            return max(pods, key=_standing)
        self.records.all()
        daemon_set = known(self.cluster.part(CNI).daemon_set)
        if daemon_set is not None:
            labels = daemon_set.spec.template.metadata.labels
            if labels and labels.get(LABEL) != VALUE:
                raise NotKnown.because(f"the DaemonSet's pods don't have the label {LABEL}={VALUE}")
        return None

    @fact
    def unbound(self) -> tuple[str, ...]:
        """The pods that no node has room for; which node each is meant for is not kept."""
        return tuple(sorted(pod.metadata.name for pod in self._by_node.get("", ())))


def _is_daemon(pod: kubernetes.Pod) -> bool:
    meta = pod.metadata
    return meta.namespace == requests.SYSTEM and meta.labels.get(LABEL) == VALUE


def _standing(pod: kubernetes.Pod) -> tuple[bool, bool, datetime, str]:
    meta = pod.metadata
    over = pod.status.phase in ("Succeeded", "Failed")
    created = meta.creation_timestamp or LONG_AGO
    return (not over, meta.deletion_timestamp is None, created, meta.name)
