"""That EC2 refused a new node for want of addresses, as EKS and Karpenter say it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from eksdoctor.model.pods.pod import last_seen, times
from eksdoctor.snapshot.records import aws, kubernetes

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
