"""How many pods the VPC CNI can serve on an instance type, by mode, and what is recommended of that.

All arithmetic is on whole numbers. "Uncapped" counts every address the ENIs can hold and the two
pods that always run with the node's own address; "recommended" is that, capped at 110 pods, or at
250 on types with more than 30 vCPUs, as managed node groups and AWS's former calculator do.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from eksdoctor.model.instance_types.limits import PREFIX_SIZE, InstanceLimits

HOST_PODS = 2  # aws-node and kube-proxy
CAP, LARGE_CAP = 110, 250
LARGE = 30  # vCPUs; above it the larger cap holds


@dataclass(frozen=True, slots=True)
class Networking:
    """The CNI's settings that decide how many pods a type can serve.

    `max_eni` is MAX_ENI, unset when below 1. `other_enis` are ENIs of the first card that carry no
    pods: EFA-only ones and those that somebody else attached. `trunk_on_every_type` is how the
    daemon kept a slot before v1.20.4.
    """

    prefix_delegation: bool = False
    custom_networking: bool = False
    security_groups_for_pods: bool = False
    max_eni: int = 0
    other_enis: int = 0
    trunk_on_every_type: bool = False


class PodMode(StrEnum):
    """Where pod addresses come from: alone or by /28, on all ENIs or all but the primary."""

    SECONDARY = "secondary"
    CUSTOM_NETWORKING = "custom_networking"
    PREFIX = "prefix"
    PREFIX_CUSTOM_NETWORKING = "prefix_custom_networking"


@dataclass(frozen=True, slots=True)
class PodLimit:
    """Pods a type can serve; `recommended` is None where the type's vCPUs are not known."""

    uncapped: int
    recommended: int | None


def eni_limit(limits: InstanceLimits, networking: Networking) -> int:
    """ENIs of the first card that the daemon may have: `min(MAX_ENI, ENIs)`, MAX_ENI from 1 up.

    https://github.com/aws/amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, getMaxENI
    """
    return min(networking.max_eni, limits.enis) if networking.max_eni > 0 else limits.enis


def trunk_slots(limits: InstanceLimits, networking: Networking) -> int:
    """ENI slots kept for a trunk: 1 with security groups for pods, where the type may carry one.

    A type that limits.go does not name counts as one that may.
    """
    keeps = networking.trunk_on_every_type or limits.may_trunk
    return 1 if networking.security_groups_for_pods and keeps else 0


def usable_enis(limits: InstanceLimits, networking: Networking) -> int:
    """ENIs for ordinary pods: `ENIs - 1 (custom networking) - 1 (trunk) - other ENIs`, never below 0."""
    primary = 1 if networking.custom_networking else 0
    taken = primary + trunk_slots(limits, networking) + networking.other_enis
    return max(eni_limit(limits, networking) - taken, 0)


def addresses_per_eni(limits: InstanceLimits, networking: Networking) -> int:
    """Pod addresses of a full ENI: `IPs - 1`, times 16 with prefixes.

    A type that is neither Nitro nor bare metal falls back to single addresses by itself.
    """
    prefixes = networking.prefix_delegation and limits.nitro
    return limits.slots_per_eni * (PREFIX_SIZE if prefixes else 1)


def ip_capacity(limits: InstanceLimits, networking: Networking) -> int:
    """Addresses for ordinary pods: `usable ENIs * (IPs - 1) [* 16]`. Pods on branch ENIs come on top."""
    return usable_enis(limits, networking) * addresses_per_eni(limits, networking)


def served(limits: InstanceLimits, networking: Networking) -> int:
    """Pods the CNI can serve, uncapped: `usable ENIs * (IPs - 1) [* 16] + 2`.

    With the settings' defaults this is the value in eni-max-pods.txt.
    """
    return ip_capacity(limits, networking) + HOST_PODS


def cap(vcpus: int) -> int:
    """The most pods that are recommended: 250 above 30 vCPUs, else 110.

    https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html
    """
    return LARGE_CAP if vcpus > LARGE else CAP


def recommended(limits: InstanceLimits, networking: Networking) -> int | None:
    """`min(cap, uncapped)`, in every mode; None where the type's vCPUs are not known."""
    return None if limits.vcpus is None else min(cap(limits.vcpus), served(limits, networking))


def in_mode(networking: Networking, mode: PodMode) -> Networking:
    """The settings with the mode's own two switches."""
    return replace(
        networking,
        prefix_delegation=mode in (PodMode.PREFIX, PodMode.PREFIX_CUSTOM_NETWORKING),
        custom_networking=mode in (PodMode.CUSTOM_NETWORKING, PodMode.PREFIX_CUSTOM_NETWORKING),
    )


def mode_of(networking: Networking) -> PodMode:
    """The mode that the settings ask for."""
    return next(mode for mode in PodMode if in_mode(networking, mode) == networking)


def pod_limit(limits: InstanceLimits, networking: Networking) -> PodLimit | None:
    """Both numbers for these settings; None where the type cannot do what they ask for."""
    if networking.prefix_delegation and not limits.nitro:
        return None
    return PodLimit(served(limits, networking), recommended(limits, networking))


def pod_limits(limits: InstanceLimits, networking: Networking) -> dict[PodMode, PodLimit | None]:
    """Both numbers in every mode, the other settings as given."""
    return {mode: pod_limit(limits, in_mode(networking, mode)) for mode in PodMode}
