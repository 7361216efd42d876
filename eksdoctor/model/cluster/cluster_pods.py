"""The pods of a cluster: which are in trouble, what was listed of them, their events."""

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property

from eksdoctor.model.cluster.cluster_nodes import ClusterNodes
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, join, known
from eksdoctor.model.nodes.node import Node
from eksdoctor.model.pods.pod import Pod, Trouble, last_seen
from eksdoctor.model.pods.pod_table import PodTable
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.request import Request

NOT_READY = "NetworkPluginNotReady"


class ClusterPods(ClusterNodes):
    """Its pods and their events."""

    @cached_property
    def pod_requests(self) -> tuple[Unknown | None, Unknown | None]:
        """What is missing of the pending pods and of the warnings of the namespaces in view."""
        return (self._missing(requests.pending_pods), self._missing(requests.warnings))

    def _missing(self, request: Callable[[str], Request]) -> Unknown | None:
        """Why not every answer of the focus is there; the whole cluster's holds each namespace's."""
        missing = gap(self.snapshot, request(self.snapshot.focus.namespace))
        everywhere = gap(self.snapshot, request("")) if missing is not None else None
        return missing if everywhere is not None else None

    @cached_property
    def permitted_namespace(self) -> str:
        """The context's namespace, when it is all that pods or events may be read of; else empty."""
        if self.snapshot.focus.namespace:
            return ""
        refusals = self.snapshot.refusals
        asked = (requests.pending_pods(), requests.warnings())
        if any(request in refusals and refusals[request].reason == "forbidden" for request in asked):
            return self.snapshot.target.namespace or "default"
        return ""

    @property
    def narrowed(self) -> tuple[str, ...]:
        """What was refused of the whole cluster and then read of the permitted namespace: pods, events."""
        if not self.permitted_namespace:
            return ()
        outcomes, asked = self.snapshot.outcomes, {"pods": requests.pending_pods, "events": requests.warnings}
        return tuple(
            name
            for name, request in asked.items()
            if request("") in self.snapshot.refusals
            and (outcome := outcomes.get(request(self.permitted_namespace))) is not None
            and outcome.refusal is None
        )

    def has_pods_of(self, namespace: str) -> bool:
        """Whether any pod of a namespace was seen."""
        return any(pod.namespace == namespace for pod in self.pods)

    @property
    def is_focus_namespace_unseen(self) -> bool:
        """Whether no pod at all was seen of the namespace that was asked about."""
        namespace = self.snapshot.focus.namespace
        return bool(namespace) and not self.has_pods_of(namespace)

    @cached_property
    def focus_pod(self) -> Pod | None:
        """The pod that was asked about, if any list or event names it."""
        focus = self.snapshot.focus
        named = (pod for pod in self.pods if (pod.namespace, pod.short_name) == (focus.namespace, focus.pod))
        return next(named, None)

    @property
    def is_focus_pod_absent(self) -> bool:
        """Whether the API server itself says that there is no pod of the name that was asked about."""
        focus = self.snapshot.focus
        if not focus.pod or self.focus_pod is not None:
            return False
        return gap(self.snapshot, requests.pod_named(focus.namespace, focus.pod)) is None

    @cached_property
    def pods(self) -> Items[Pod]:
        """Every pod that a list or an event of a failed sandbox names."""
        found: dict[tuple[str, str], Pod] = {}
        for record in self.snapshot.of(kinds.PODS):
            key = (record.metadata.namespace, record.metadata.name)
            found[key] = Pod(self.whole, *key, record)
        for event in self.snapshot.of(kinds.EVENTS):
            about = event.involved_object
            key = (about.namespace, about.name)
            if about.kind == "Pod" and event.reason == "FailedCreatePodSandBox" and key not in found:
                found[key] = Pod(self.whole, *key, None)
        missing = [reason for reason in self.pod_requests if reason is not None]
        return Items(tuple(found.values()), join(missing) if missing else None)

    @fact
    def pods_in_trouble(self) -> Items[Pod]:
        """The pods that wait for an address, find no node for want of one, or did so in the window."""
        focus = self.snapshot.focus
        pods = self.pods
        if focus.namespace:
            pods = pods.where(lambda pod: pod.namespace == focus.namespace)
        if focus.pod:
            pods = pods.where(lambda pod: pod.short_name == focus.pod)
        return pods.where(lambda pod: t if isinstance(t := pod.trouble, Unknown) else t != Trouble.NONE)

    @fact
    def pods_waiting_for_addresses(self) -> Items[Pod]:
        """Starved or recovered pods whose own events name the VPC CNI's answer."""
        return known(self.pods_in_trouble).where(lambda pod: pod.waits_for_address)

    @fact
    def pods_waiting_for_volumes(self) -> Items[Pod]:
        """Starved pods whose volumes are not mounted, so that no sandbox was tried."""
        return known(self.pods_in_trouble).where(lambda pod: pod.waits_for_volume)

    @fact
    def pods_waiting_with_address(self) -> Items[Pod]:
        """Pods that do not run yet although they have had their address for a minute and more."""
        namespace = self.snapshot.focus.namespace
        mine = self.pods if not namespace else self.pods.where(lambda pod: pod.namespace == namespace)
        return mine.where(lambda pod: pod.waits_with_address)

    @fact
    def pods_without_cni(self) -> Items[Pod]:
        """Pods in trouble on nodes where a CNI belongs, none of which is the VPC CNI."""
        return known(self.pods_in_trouble).where(_is_on_ec2_linux)

    @fact
    def nodes_in_question(self) -> Items[Node]:
        """The nodes that pods in trouble are bound to."""
        names = {pod.node_name for pod in known(self.pods_in_trouble)} - {""}
        return Items(
            tuple(self.node_named(name) for name in sorted(names)), known(self.pods_in_trouble).missing
        )

    @fact
    def names_in_question(self) -> frozenset[str]:
        """Their names; raises NotKnown when there may be more."""
        return frozenset(node.name for node in known(self.nodes_in_question).all())

    def pods_on(self, node: str) -> Items[Pod]:
        """Every pod bound to a node."""
        return Items(self._pods_by_node[node], gap(self.snapshot, requests.pods_of_node(node)))

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

    @cached_property
    def _rows(self) -> PodTable:
        return PodTable.of(self.snapshot.of(kinds.POD_ROWS))

    def pod_table(self) -> PodTable:
        """The API server's pod table; raises NotKnown when it could not be had."""
        missing = gap(self.snapshot, requests.POD_ROWS)
        if missing is not None:
            raise NotKnown(missing)
        return self._rows

    @cached_property
    def _events(self) -> dict[tuple[str, str, str], list[kubernetes.Event]]:
        found: dict[tuple[str, str, str], list[kubernetes.Event]] = defaultdict(list)
        for event in self.snapshot.of(kinds.EVENTS):
            seen = last_seen(event)
            if seen is None or self.at - seen <= self.window:
                about = event.involved_object
                namespace = about.namespace if about.kind == "Pod" else ""
                found[(about.kind, namespace, about.name)].append(event)
        return found

    def events_about(self, kind: str, name: str, namespace: str = "") -> tuple[kubernetes.Event, ...]:
        """The events of the window about one object."""
        return tuple(self._events.get((kind, namespace, name), ()))

    def require_events(self) -> None:
        """Raise NotKnown when events may be missing, so that their absence says nothing."""
        missing = self.pod_requests[1]
        if missing is not None:
            raise NotKnown(missing)

    @fact
    def network_plugin_not_ready(self) -> int:
        """Pods whose events say that no CNI answered the runtime."""
        found = sum(1 for events in self._events.values() for event in events if NOT_READY in event.message)
        if not found:
            self.require_events()
        return found


def _is_on_ec2_linux(pod: Pod) -> bool | Unknown:
    return pod.node.is_ec2_linux if pod.node is not None else False
