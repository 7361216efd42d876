"""Events about pods, and whether all were seen."""

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.event_times import last_seen
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import NotKnown, Unknown, fact
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.records.kubernetes import LIST_EVENTS
from eksdoctor.snapshot.request import Request

NOT_READY = "NetworkPluginNotReady"


class PodEvents(ClusterPart, inline=True):
    """The warning events of the window, and whether any may be missing."""

    @cached_property
    def pod_requests(self) -> tuple[Unknown | None, Unknown | None]:
        """What is missing of the pending pods and of the warnings of the namespaces in view."""
        return (self._missing(requests.pending_pods), self._missing(requests.warnings))

    def _missing(self, request: Callable[[str], Request]) -> Unknown | None:
        """Why not every answer of the focus is there; the whole cluster's holds each namespace's."""
        missing = gap(self.cluster.snapshot, request(self.cluster.snapshot.focus.namespace))
        everywhere = gap(self.cluster.snapshot, request("")) if missing is not None else None
        return missing if everywhere is not None else None

    @cached_property
    def permitted_namespace(self) -> str:
        """The context's namespace, when it is all that pods or events may be read of; else empty."""
        if self.cluster.snapshot.focus.namespace:
            return ""
        refusals = self.cluster.snapshot.refusals
        asked = (requests.pending_pods(), requests.warnings())
        if any(request in refusals and refusals[request].reason == "forbidden" for request in asked):
            return self.cluster.snapshot.target.namespace or "default"
        return ""

    @property
    def narrowed(self) -> tuple[str, ...]:
        """What was refused of the whole cluster and then read of the permitted namespace: pods, events."""
        if not self.permitted_namespace:
            return ()
        outcomes, asked = (
            self.cluster.snapshot.outcomes,
            {"pods": requests.pending_pods, "events": requests.warnings},
        )
        return tuple(
            name
            for name, request in asked.items()
            if request("") in self.cluster.snapshot.refusals
            and (outcome := outcomes.get(request(self.permitted_namespace))) is not None
            and outcome.refusal is None
        )

    @cached_property
    def _events(self) -> dict[tuple[str, str, str], list[kubernetes.Event]]:
        found: dict[tuple[str, str, str], list[kubernetes.Event]] = defaultdict(list)
        for event in self.cluster.snapshot.of(LIST_EVENTS.kind):
            seen = last_seen(event)
            if seen is None or self.cluster.at - seen <= self.cluster.window:
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
