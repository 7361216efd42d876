"""The pods of a cluster."""

from collections import defaultdict
from functools import cached_property

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.pod_events import PodEvents
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import Items, join
from eksdoctor.snapshot.records.kubernetes import LIST_EVENTS, LIST_PODS


class Pods(ClusterPart, inline=True):
    """The pods of a cluster that a list or an event names."""

    def has_pods_of(self, namespace: str) -> bool:
        """Whether any pod of a namespace was seen."""
        return any(pod.namespace == namespace for pod in self.pods)

    @property
    def is_focus_namespace_unseen(self) -> bool:
        """Whether no pod at all was seen of the namespace that was asked about."""
        namespace = self.cluster.snapshot.focus.namespace
        return bool(namespace) and not self.has_pods_of(namespace)

    @cached_property
    def focus_pod(self) -> Pod | None:
        """The pod that was asked about, if any list or event names it."""
        focus = self.cluster.snapshot.focus
        named = (pod for pod in self.pods if (pod.namespace, pod.short_name) == (focus.namespace, focus.pod))
        return next(named, None)

    @property
    def is_focus_pod_absent(self) -> bool:
        """Whether the API server itself says that there is no pod of the name that was asked about."""
        focus = self.cluster.snapshot.focus
        if not focus.pod or self.focus_pod is not None:
            return False
        return gap(self.cluster.snapshot, requests.pod_named(focus.namespace, focus.pod)) is None

    @cached_property
    def pods(self) -> Items[Pod]:
        """Every pod that a list or an event of a failed sandbox names."""
        found: dict[tuple[str, str], Pod] = {}
        for record in self.cluster.snapshot.of(LIST_PODS.kind):
            key = (record.metadata.namespace, record.metadata.name)
            found[key] = Pod(self.cluster, *key, record)
        for event in self.cluster.snapshot.of(LIST_EVENTS.kind):
            about = event.involved_object
            key = (about.namespace, about.name)
            if about.kind == "Pod" and event.reason == "FailedCreatePodSandBox" and key not in found:
                found[key] = Pod(self.cluster, *key, None)
        missing = [reason for reason in self.cluster.part(PodEvents).pod_requests if reason is not None]
        return Items(tuple(found.values()), join(missing) if missing else None)

    def pods_on(self, node: str) -> Items[Pod]:
        """Every pod bound to a node."""
        return Items(self._pods_by_node[node], gap(self.cluster.snapshot, requests.pods_of_node(node)))

    @cached_property
    def _pods_by_node(self) -> defaultdict[str, tuple[Pod, ...]]:
        found: defaultdict[str, tuple[Pod, ...]] = defaultdict(tuple)
        grouped: defaultdict[str, list[Pod]] = defaultdict(list)
        for pod in self.pods:
            if pod.record is not None and pod.node_name:
                grouped[pod.node_name].append(pod)
        for node, pods in grouped.items():
            found[node] = tuple(pods)
        return found
