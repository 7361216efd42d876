"""That EC2 refused a new node for want of addresses, as EKS and Karpenter say it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.event_times import last_seen, times
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import Items
from eksdoctor.snapshot.records import aws, kubernetes
from eksdoctor.snapshot.records.aws import DESCRIBE_NODEGROUP
from eksdoctor.snapshot.records.kubernetes import LIST_EVENTS

REFUSED = "InsufficientFreeAddressesInSubnet"
# EKS's own code, and what an Auto Scaling group's failed launch says in the message of another.
# https://docs.aws.amazon.com/eks/latest/APIReference/API_Issue.html
ISSUE = "InsufficientFreeAddresses"
WORDS = (REFUSED, "not enough free addresses in subnet")
MOST_SHOWN = 300  # characters
_SUBNET = re.compile(r"subnet-[0-9a-z]{1,17}")


@dataclass(frozen=True, slots=True)
class LaunchRefusal:
    """One word of a refused launch: of EKS about a node group, or of Karpenter about a NodeClaim."""

    words: str
    count: int
    last: datetime | None
    subnet: str

    def __str__(self) -> str:
        return self.words


def refusals_of(group: aws.Nodegroup) -> Iterator[LaunchRefusal]:
    """The issues of a node group that are of addresses."""
    for issue in group.health.issues:
        if issue.code == ISSUE or any(words in issue.message for words in WORDS):
            yield LaunchRefusal(f"{issue.code}: {_short(issue.message)}", 1, None, _subnet(issue.message))


def refusal_of(event: kubernetes.Event) -> LaunchRefusal:
    """A Warning event of a NodeClaim; the API calls it by the code of EC2's answer."""
    return LaunchRefusal(_short(event.message), times(event), last_seen(event), _subnet(event.message))


def _subnet(message: str) -> str:
    found = _SUBNET.search(message)
    return found[0] if found else ""


def _short(message: str) -> str:
    text = " ".join(message.split())
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


class LaunchRefusals(ClusterPart):
    """Launches of nodes that EC2 refused for want of IPs."""

    @cached_property
    def claim_refusals(self) -> Items[LaunchRefusal]:
        """What Karpenter said of NodeClaims in the window; their events are the whole cluster's."""
        snapshot = self.cluster.snapshot
        found = tuple(refusal_of(event) for event in snapshot.of(LIST_EVENTS.kind) if self._is_refusal(event))
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
            issue
            for group in self.cluster.snapshot.of(DESCRIBE_NODEGROUP.kind)
            for issue in refusals_of(group)
        )
        return bool(self.claim_refusals.elements) or next(issues, None) is not None
