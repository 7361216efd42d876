"""The max-pods that each provisioner would give a node, as its own code or documentation computes it."""

from collections.abc import Sequence
from dataclasses import dataclass

from eksdoctor.model.facts.fact import NotKnown
from eksdoctor.model.instance_types.limits import PREFIX_SIZE, InstanceLimits
from eksdoctor.model.instance_types.max_pods_formula import (
    CAP,
    HOST_PODS,
    Networking,
    PodMode,
    in_mode,
    recommended,
)

KUBELET_DEFAULT = 110


@dataclass(frozen=True, slots=True)
class KarpenterSettings:
    """What decides Karpenter's number.

    `reserved_enis` is RESERVED_ENIS of the controller, None where it could not be read. `max_pods` and
    `pods_per_core` are the EC2NodeClass's `spec.kubelet`, None and 0 where unset.
    `efa_only` counts EFA-only interfaces on the first card.
    """

    reserved_enis: int | None = None
    max_pods: int | None = None
    pods_per_core: int = 0
    efa_only: int = 0


def eni_max_pods(limits: InstanceLimits) -> int:
    """`ENIs * (IPs - 1) + 2`: the value in eni-max-pods.txt. No cap, no setting of the CNI is looked at.

    https://github.com/aws/amazon-vpc-cni-k8s misc/eni-max-pods.txt
    """
    return limits.enis * limits.slots_per_eni + HOST_PODS


def managed_node_group(types: Sequence[InstanceLimits], mode: PodMode) -> int:
    """Without an AMI of one's own: the least over the group's types of `min(cap, formula of the mode)`.

    The mode is the CNI's at the time the group, or its launch template's version, was made; it is
    not computed anew later.
    https://docs.aws.amazon.com/eks/latest/userguide/create-managed-node-group.html
    """
    numbers = []
    for limits in types:
        number = recommended(limits, in_mode(Networking(), mode))
        if number is None:
            raise NotKnown.because(f"the vCPUs of {limits.instance_type} are unknown")
        numbers.append(number)
    if not numbers:
        raise NotKnown.because("the node group's instance types are unknown")
    return min(numbers)


def bootstrap(limits: InstanceLimits) -> int:
    """AL2's bootstrap.sh: eni-max-pods.txt, uncapped; with `--use-max-pods false` kubelet's own 110.

    https://github.com/awslabs/amazon-eks-ami templates/al2/runtime/bootstrap.sh
    """
    return eni_max_pods(limits)


def nodeadm(limits: InstanceLimits | None) -> int:
    """AL2023's nodeadm: `ENIs * (IPs - 1) + 2`, uncapped; 110 where it could not look the type up.

    https://github.com/awslabs/amazon-eks-ami nodeadm/internal/kubelet/eni_max_pods.go
    """
    return KUBELET_DEFAULT if limits is None else eni_max_pods(limits)


def bottlerocket(limits: InstanceLimits | None) -> int:
    """Bottlerocket: the list in its image, uncapped; 110 for a type newer than that list.

    https://github.com/bottlerocket-os/bottlerocket-core-kit sources/api/pluto
    """
    return KUBELET_DEFAULT if limits is None else eni_max_pods(limits)


def karpenter(limits: InstanceLimits, settings: KarpenterSettings, reserved_enis: int = 0) -> int:
    """Karpenter: kubelet.maxPods, else `usable * (IPs - 1) + 2` with `usable = ENIs - reserved - EFA-only`.

    No ENI left gives 0. podsPerCore lowers either to `podsPerCore * vCPUs`. Uncapped; prefix
    delegation is not looked at.
    https://github.com/aws/karpenter-provider-aws pkg/providers/instancetype/types.go
    """
    if settings.max_pods is not None:
        return _per_core(settings.max_pods, limits, settings)
    usable = max(limits.enis - reserved_enis - settings.efa_only, 0)
    return _per_core(usable * limits.slots_per_eni + HOST_PODS if usable else 0, limits, settings)


def karpenter_windows(limits: InstanceLimits, settings: KarpenterSettings) -> int:
    """Karpenter on Windows: 110 unless kubelet.maxPods is set; lowered by podsPerCore as on Linux."""
    return _per_core(KUBELET_DEFAULT if settings.max_pods is None else settings.max_pods, limits, settings)


def _per_core(count: int, limits: InstanceLimits, settings: KarpenterSettings) -> int:
    if settings.pods_per_core < 1:
        return count
    if limits.vcpus is None:
        raise NotKnown.because(f"the vCPUs of {limits.instance_type} are unknown")
    return min(settings.pods_per_core * limits.vcpus, count)


def auto_mode(limits: InstanceLimits) -> tuple[int, int]:
    """EKS Auto Mode: `min(110, ENIs * (IPs - 1))`, and as documented before 2026 with `+ 2`.

    110 holds above 30 vCPUs too, and prefixes do not raise it.
    https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html
    """
    addresses = limits.enis * limits.slots_per_eni
    return min(CAP, addresses), min(CAP, addresses + HOST_PODS)


def windows() -> int:
    """A Windows node: kubelet's own 110, whatever the type."""
    return KUBELET_DEFAULT


def windows_addresses(limits: InstanceLimits, *, prefixes: bool) -> int:
    """Pod addresses of a Windows node, which has its primary ENI alone: `IPs - 1`, times 16 with prefixes.

    https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html
    """
    return limits.slots_per_eni * (PREFIX_SIZE if prefixes and limits.nitro else 1)
