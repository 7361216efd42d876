"""What branch ENIs do not go together with."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eksdoctor.model.branch_enis.enforcing_mode import Enforcing
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.facts.fact import Items, Unknown, join, known

if TYPE_CHECKING:
    from eksdoctor.model.branch_traffic.traffic import Wiring


@dataclass(frozen=True, slots=True)
class Combination:
    """Something that is there beside branch ENIs; `pods` are those that suffer."""

    name: str
    says: str
    pods: tuple[Pod, ...]

    def __str__(self) -> str:
        return self.name


def combinations(wiring: "Wiring") -> Items[Combination]:
    """https://docs.aws.amazon.com/eks/latest/best-practices/sgpp.html."""
    pods = known(wiring.branch_pods)
    if not pods.elements:
        return Items((), pods.missing)
    missing = [pods.missing] if pods.missing is not None else []
    found: list[Combination] = []
    for part in (*_with_strict_mode(wiring, pods.elements), _without_grace(pods.where(has_no_grace))):
        if isinstance(part, Unknown):
            missing.append(part)
        elif part is not None:
            found.append(part)
    return Items(tuple(found), join(missing) if missing else None)


Part = Combination | Unknown | None


def _with_strict_mode(wiring: "Wiring", pods: tuple[Pod, ...]) -> Iterator[Part]:
    mode = wiring.mode
    enforcing = mode.enforcing
    if isinstance(enforcing, Unknown):
        yield enforcing
        return
    if enforcing != Enforcing.STRICT:
        return
    proxied = "strict mode with kube-proxy in ipvs mode: services do not answer pods with branch ENIs"
    cached = (
        "strict mode with NodeLocal DNSCache: the cache on the node does not answer pods with branch ENIs"
    )
    yield _if(mode.uses_ipvs, Combination("ipvs", proxied, pods))
    yield _if(mode.has_node_local_dns, Combination("NodeLocal DNSCache", cached, pods))


def _if(is_there: bool | Unknown, combination: Combination) -> Part:  # noqa: FBT001 (a fact, not a switch)
    if isinstance(is_there, Unknown):
        return is_there
    return combination if is_there else None


def _without_grace(hasty: Items[Pod]) -> Part:
    """Pods that are killed at once: the plugin needs the pod's object to clear its branch ENI away."""
    if hasty.elements:
        says = "terminationGracePeriodSeconds: 0 on pods with branch ENIs: the ENI leaks when the pod goes"
        return Combination("terminationGracePeriodSeconds 0", says, hasty.elements)
    return hasty.missing


def has_no_grace(pod: Pod) -> bool | Unknown:
    """Whether a pod is killed at once when it is deleted."""
    grace = pod.record.spec.termination_grace_period_seconds if pod.record is not None else None
    if grace is None:
        return Unknown.because("this snapshot does not contain the grace periods of pods", "a new snapshot")
    return grace == 0
