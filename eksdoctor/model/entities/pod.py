"""A pod as the API server lists it, and its events."""

import re
from datetime import datetime, timedelta

from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.event_times import last_seen, times
from eksdoctor.model.entities.pod_events import PodEvents
from eksdoctor.model.facts.fact import NotKnown, fact
from eksdoctor.model.facts.subject import Part, Subject
from eksdoctor.snapshot.records import kubernetes

PATIENCE = timedelta(seconds=60)
BRANCH_RESOURCE = "vpc.amazonaws.com/pod-eni"
SANDBOX_FAILED = "FailedCreatePodSandBox"
VOLUME_FAILED = ("FailedMount", "FailedAttachVolume")
# containerd and dockershim forms; the plugin's own words follow "add cmd: "
NO_ADDRESS = re.compile(r"add cmd: failed to assign an IP address to container")


class Pod(Subject):
    """One pod; `record` is None for a pod that only events name."""

    name: str
    namespace: str
    short_name: str

    def __init__(self, cluster: "Cluster", namespace: str, name: str, record: kubernetes.Pod | None) -> None:
        self.cluster = cluster
        self.namespace = namespace
        self.name = f"{namespace}/{name}"
        self.short_name = name
        self.record = record

    def __str__(self) -> str:
        return self.name

    @property
    def node_name(self) -> str:
        """The node it is bound to, from itself or from its events; empty when unbound."""
        if self.record is not None and self.record.spec.node_name:
            return self.record.spec.node_name
        return next((event.source.host for event in self.sandbox_events if event.source.host), "")

    @property
    def is_host_network(self) -> bool:
        """Whether it uses the node's address."""
        return self.record is not None and self.record.spec.host_network

    @property
    def is_over(self) -> bool:
        """Completed or failed: it holds no address any more."""
        return self.record is not None and self.record.status.phase in ("Succeeded", "Failed")

    @property
    def has_branch_eni(self) -> bool:
        """Whether the resource controller gave it a branch ENI."""
        return self.record is not None and bool(self.record.metadata.annotations.pod_eni)

    @property
    def has_address(self) -> bool:
        """Whether its sandbox has an address."""
        return self.record is not None and bool(self.record.status.pod_ip)

    @property
    def holds_pool_address(self) -> bool:
        """Whether it holds an address of its node's pool."""
        return self.has_address and not (self.is_host_network or self.is_over or self.has_branch_eni)

    @property
    def waits_with_address(self) -> bool:
        """Whether it is still pending, a minute after it was bound, with an address of its own."""
        if self.record is None or self.record.status.phase != "Pending" or self.is_host_network:
            return False
        bound = self.bound_at
        return self.has_address and bound is not None and self.cluster.at - bound > PATIENCE

    @property
    def bound_at(self) -> datetime | None:
        """When the scheduler bound it."""
        if self.record is None:
            return None
        for condition in self.record.status.conditions:
            if condition.type == "PodScheduled" and condition.status == "True":
                return condition.last_transition_time
        return self.record.status.start_time

    @property
    def events(self) -> tuple[kubernetes.Event, ...]:
        """Its events of the window."""
        return self.cluster.part(PodEvents).events_about("Pod", self.short_name, self.namespace)

    @property
    def sandbox_events(self) -> tuple[kubernetes.Event, ...]:
        """Its failed sandboxes of the window."""
        return tuple(event for event in self.events if event.reason == SANDBOX_FAILED)

    def require_events(self) -> None:
        """Raise NotKnown when it may have events that are not seen; who pastes some pastes them all."""
        if not (self.events and self.cluster.snapshot.is_pasted):
            self.cluster.part(PodEvents).require_events()

    @property
    def sandbox_failures_seen(self) -> int:
        """Failed sandboxes that are known of, at least."""
        return sum(times(event) for event in self.sandbox_events)

    @property
    def wants_room(self) -> bool:
        """Whether the scheduler said that Linux nodes lack something which one more would have."""
        told = [event.message for event in self.events if event.reason == "FailedScheduling"]
        words = [text for text in told if "vpc.amazonaws.com/PrivateIPv4Address" not in text]
        return any("Insufficient " in text or "Too many pods" in text for text in words)

    @fact
    def waits_for_address(self) -> bool:
        """Whether its own events say that the VPC CNI had no address for it."""
        if any(NO_ADDRESS.search(event.message) for event in self.sandbox_events):
            return True
        self.require_events()
        return False

    @fact
    def waits_for_volume(self) -> bool:
        """Volumes are mounted before the sandbox is made: a mount failed and no sandbox was tried."""
        if self.sandbox_events:
            return False
        failed = any(event.reason in VOLUME_FAILED for event in self.events)
        self.require_events()
        return failed

    @fact
    def volume_words(self) -> str:
        """What the kubelet said last of its volumes."""
        failed = [event for event in self.events if event.reason in VOLUME_FAILED]
        if not failed:
            raise NotKnown.because("no event shows its volumes")
        return max(failed, key=lambda event: (last_seen(event) or self.cluster.at, event.message)).message

    @fact
    def volume_failures(self) -> int:
        """Failed mounts and attachments in the window."""
        return sum(times(event) for event in self.events if event.reason in VOLUME_FAILED)

    @property
    def wants_branch_eni_first(self) -> bool:
        """Whether containers[0], the only one the daemon looks at, asks for a branch ENI."""
        return self.record is not None and bool(
            self.record.spec.containers and BRANCH_RESOURCE in self.record.spec.containers[0].resources.limits
        )

    @property
    def wants_branch_eni_elsewhere(self) -> bool:
        """Whether another container than the first asks for a branch ENI, which the daemon does not see."""
        return self.record is not None and any(
            BRANCH_RESOURCE in container.resources.limits for container in self.record.spec.containers[1:]
        )

    @property
    def counts_as_branch(self) -> bool:
        """Whether the scheduler counts it against its node's branch ENIs."""
        return not self.is_over and (self.wants_branch_eni_first or self.wants_branch_eni_elsewhere)

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        return self.record.metadata.labels if self.record else {}

    @property
    def service_account(self) -> str:
        """Its service account; the API server fills in `default`."""
        return (self.record.spec.service_account_name if self.record else "") or "default"


class PodPart(Part, of=Pod):
    """Facts of one topic about a pod."""

    def __init__(self, pod: Pod) -> None:
        self.pod = pod
