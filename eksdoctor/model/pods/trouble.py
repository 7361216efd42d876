"""Whether a pod is affected, and how."""

from enum import StrEnum

from eksdoctor.model.entities.pod import BRANCH_RESOURCE, PATIENCE, PodPart
from eksdoctor.model.entities.pod_events import PodEvents
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import NotKnown, fact, known
from eksdoctor.model.node_groups.launch_refusal import LaunchRefusals

FAILURES_OF_TROUBLE = 2
ADDRESS_RESOURCES = ("Too many pods", BRANCH_RESOURCE, "vpc.amazonaws.com/PrivateIPv4Address")


class Trouble(StrEnum):
    """How a pod is in trouble over an address."""

    STARVED = "starved"  # bound, and no address
    UNBOUND = "unbound"  # no node has room by pods, branch ENIs or Windows addresses
    RECOVERED = "recovered"  # failed in the window, and has an address now or is gone
    NONE = "none"


class PodTrouble(PodPart, inline=True):
    """Whether a pod waits for an IP, finds no node for want of one, or has recovered."""

    @fact
    def trouble(self) -> Trouble:
        """Which trouble, if any."""
        if self.pod.record is None:
            return self._gone()
        status = self.pod.record.status
        if self.pod.is_host_network or self.pod.is_over:
            return Trouble.NONE
        if status.phase == "Pending" and not self.pod.record.spec.node_name:
            return self._unbound()
        if status.phase == "Pending" and not status.pod_ip:
            return self._starved()
        return Trouble.RECOVERED if known(self.pod.waits_for_address) else Trouble.NONE

    def _gone(self) -> Trouble:
        """A pod that only events name is gone, if its list is there to say so."""
        if not known(self.pod.waits_for_address):
            return Trouble.NONE
        on_node = gap(self.pod.cluster.snapshot, requests.pods_of_node(self.pod.node_name))
        pods_missing = self.pod.cluster.part(PodEvents).pod_requests[0]
        if pods_missing is not None and on_node is not None:
            raise NotKnown(pods_missing)
        return Trouble.RECOVERED

    def _unbound(self) -> Trouble:
        messages = [event.message for event in self.pod.events if event.reason == "FailedScheduling"]
        if any(word in message for message in messages for word in ADDRESS_RESOURCES):
            return Trouble.UNBOUND
        if self.pod.wants_room and self.pod.cluster.part(LaunchRefusals).is_refused:
            return Trouble.UNBOUND
        self.pod.require_events()
        return Trouble.NONE

    def _starved(self) -> Trouble:
        if self.pod.sandbox_failures_seen >= FAILURES_OF_TROUBLE:
            return Trouble.STARVED
        bound = self.pod.bound_at
        return (
            Trouble.STARVED if bound is not None and self.pod.cluster.at - bound > PATIENCE else Trouble.NONE
        )

    @fact
    def draws_on_branch(self) -> bool:
        """Whether the daemon waits for its branch ENI, whatever the node's pool holds."""
        return self.pod.wants_branch_eni_first and known(self.pod.cluster.part(CNI).security_groups_for_pods)
