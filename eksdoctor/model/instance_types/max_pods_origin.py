"""Whose number a node's max-pods is: what its possible provisioners would have advertised."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, join
from eksdoctor.model.instance_types import provisioner_defaults as by
from eksdoctor.model.instance_types.limits import InstanceLimits
from eksdoctor.model.instance_types.max_pods_formula import PodMode, mode_of
from eksdoctor.model.instance_types.max_pods_setting import SETTINGS, Provisioner, Setting
from eksdoctor.model.instance_types.node_origin import Image, Origin
from eksdoctor.model.instance_types.provisioner_defaults import KUBELET_DEFAULT, KarpenterSettings

# Karpenter's documentation asks for one each for custom networking and for security groups for pods.
LIKELY_RESERVED_ENIS = (0, 1, 2)
MODE_WORDS = {
    PodMode.SECONDARY: "single addresses",
    PodMode.CUSTOM_NETWORKING: "single addresses with custom networking",
    PodMode.PREFIX: "prefixes",
    PodMode.PREFIX_CUSTOM_NETWORKING: "prefixes with custom networking",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that a provisioner would have advertised, and what it rests on."""

    provisioner: Provisioner
    max_pods: int
    basis: str

    @property
    def setting(self) -> Setting:
        """Where this provisioner is told another number."""
        return SETTINGS[self.provisioner]

    def __str__(self) -> str:
        return f"{self.provisioner} ({self.basis})"


Claims = Iterator[Candidate | Unknown]


def provenance(advertised: int, candidates: Items[Candidate]) -> Items[Candidate]:
    """The candidates whose number it is: several may agree, and with none somebody set it by hand.

    What is missing stays missing: "none" is known only when every candidate could be computed.
    """
    return candidates.where(lambda candidate: candidate.max_pods == advertised)


def candidates(origin: Origin) -> Items[Candidate]:
    """What the provisioners that this node may have would give it; a number once per provisioner."""
    found: dict[tuple[Provisioner, int], Candidate] = {}
    missing: list[Unknown] = []
    for claim in _claims(origin):
        if isinstance(claim, Unknown):
            missing.append(claim)
        else:
            found.setdefault((claim.provisioner, claim.max_pods), claim)
    return Items(tuple(found.values()), join(missing) if missing else None)


def _claims(origin: Origin) -> Claims:
    if origin.is_auto_mode:
        yield from _of_auto_mode(origin)
    elif origin.karpenter is not None:
        yield from _of_karpenter(origin, origin.karpenter)
    elif origin.group is None:
        yield from _of_image(origin)
    else:
        if origin.custom_ami is not True:
            yield from _of_group(origin, origin.group)
        if origin.custom_ami is not False:
            yield from _of_image(origin)
        elif origin.image is Image.BOTTLEROCKET:  # its user data wins over what EKS puts there
            yield from _of_user_data(origin, Provisioner.BOTTLEROCKET)


def _of_auto_mode(origin: Origin) -> Claims:
    yield from _without_limits(origin)
    for limits in origin.limits:
        for number in by.auto_mode(limits):
            yield Candidate(Provisioner.AUTO_MODE, number, "its formula, at most 110")


def _of_karpenter(origin: Origin, settings: KarpenterSettings) -> Claims:
    yield from _without_limits(origin)
    if origin.image is Image.BOTTLEROCKET:
        settings = replace(settings, pods_per_core=0)  # it has no such setting
    for limits in origin.limits:
        if origin.image is Image.WINDOWS and settings.max_pods is None:
            basis = "its default on Windows"
            yield _claim(Provisioner.KARPENTER, basis, by.karpenter_windows, limits, settings)
        elif settings.max_pods is not None:
            basis = "spec.kubelet.maxPods of its EC2NodeClass"
            yield _claim(Provisioner.KARPENTER, basis, by.karpenter, limits, settings)
        else:
            known = settings.reserved_enis
            for enis in LIKELY_RESERVED_ENIS if known is None else (known,):
                basis = f"its ENI formula with reservedENIs={enis}" if enis else "its ENI formula"
                yield _claim(Provisioner.KARPENTER, basis, by.karpenter, limits, settings, enis)


def _of_group(origin: Origin, group: tuple[InstanceLimits, ...]) -> Claims:
    if origin.image is Image.WINDOWS:
        yield Candidate(Provisioner.KUBELET, by.windows(), "its default on Windows")
        return
    now = mode_of(origin.networking)
    for mode in sorted(PodMode, key=lambda mode: mode is not now):
        basis = f"computed for {MODE_WORDS[mode]}"
        if mode is not now:
            basis += ", which the CNI is not set to now"
        yield _claim(Provisioner.MANAGED_NODE_GROUP, basis, by.managed_node_group, group, mode)


def _of_image(origin: Origin) -> Claims:
    match origin.image:
        case Image.AL2:
            yield from _of_type(origin, Provisioner.BOOTSTRAP, by.bootstrap)
            if origin.user_data_max_pods is None:
                basis = "its default: --use-max-pods false and no number"
                yield Candidate(Provisioner.KUBELET, KUBELET_DEFAULT, basis)
        case Image.AL2023:
            yield from _of_type(origin, Provisioner.NODEADM, by.nodeadm)
            basis = "its fallback: the type could not be looked up"
            yield Candidate(Provisioner.NODEADM, by.nodeadm(None), basis)
        case Image.BOTTLEROCKET:
            yield from _of_type(origin, Provisioner.BOTTLEROCKET, by.bottlerocket)
            basis = "its fallback: the type is newer than its list"
            yield Candidate(Provisioner.BOTTLEROCKET, by.bottlerocket(None), basis)
        case Image.WINDOWS:
            yield from _of_user_data(origin, Provisioner.KUBELET)
            yield Candidate(Provisioner.KUBELET, by.windows(), "its default on Windows")
        case _:
            yield from _of_user_data(origin, Provisioner.KUBELET)
            yield Candidate(Provisioner.KUBELET, KUBELET_DEFAULT, "its default")


def _of_type(origin: Origin, provisioner: Provisioner, formula: Callable[[InstanceLimits], int]) -> Claims:
    yield from _without_limits(origin)
    yield from _of_user_data(origin, provisioner)
    for limits in origin.limits:
        yield Candidate(provisioner, formula(limits), f"ENI formula of {limits.instance_type}")


def _without_limits(origin: Origin) -> Claims:
    if not origin.limits:
        yield Unknown.because("the limits of the instance type are unknown")


def _of_user_data(origin: Origin, provisioner: Provisioner) -> Claims:
    if origin.unread_user_data is not None:
        yield origin.unread_user_data
    elif origin.user_data_max_pods is not None:
        yield Candidate(provisioner, origin.user_data_max_pods, "set in the launch template's user data")


def _claim(
    provisioner: Provisioner, basis: str, formula: Callable[..., int], *facts: object
) -> Candidate | Unknown:
    try:
        return Candidate(provisioner, formula(*facts), basis)
    except NotKnown as missing:
        return missing.unknown
