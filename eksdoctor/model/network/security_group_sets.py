"""Security groups that pod ENIs are to carry: which exist, and how many come together on one ENI."""

from collections.abc import Iterable, Iterator

from eksdoctor.model.branch_enis.policy import Policies, Policy
from eksdoctor.model.custom_networking.eniconfig import ENIConfigs
from eksdoctor.model.eniconfig_use.eniconfig_effect import ENIConfigEffect
from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.entities.observation_index import ObservationIndex
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, join, known
from eksdoctor.model.pods.trouble import PodTrouble, Trouble

GROUPS_PER_ENI = 5  # the default of the quota "Security groups per network interface", at most 16
LIMIT_EXCEEDED = "SecurityGroupsPerInterfaceLimitExceeded"


class GroupSet:
    """The security groups that come together on one ENI, and what puts them there."""

    name: str
    groups: tuple[str, ...]

    def __init__(self, cluster: "Cluster", name: str, groups: Iterable[str], pods: Items[Pod]) -> None:
        self.cluster = cluster
        self.name = name
        self.groups = tuple(dict.fromkeys(groups))
        self._pods = pods

    def __str__(self) -> str:
        return self.name

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.groups)

    @property
    def is_over_quota(self) -> bool:
        """Whether there are more than the default quota allows."""
        return self.count > GROUPS_PER_ENI

    @property
    def quota(self) -> int:
        """That quota."""
        return GROUPS_PER_ENI

    @fact
    def pods(self) -> Items[Pod]:
        """The pods that wait for an ENI with them."""
        return self._pods

    @fact
    def refusals(self) -> int:
        """Pods whose own events carry EC2's refusal."""
        pods = known(self.pods)
        found = sum(1 for pod in pods if any(LIMIT_EXCEEDED in event.message for event in pod.events))
        if found:
            return found
        raise NotKnown(self.cluster.part(ObservationIndex).unheard)


def group_sets(cluster: "Cluster") -> Items[GroupSet]:
    """The sets of groups that ENIConfigs and policies make."""
    missing: list[Unknown] = []
    found = [*_of_configs(cluster, missing), *_of_policies(cluster, missing)]
    return Items(tuple(found), join(missing) if missing else None)


def _of_configs(cluster: "Cluster", missing: list[Unknown]) -> Iterator[GroupSet]:
    """ENIConfigs that nodes resolve to."""
    custom = cluster.part(CNI).custom_networking
    if isinstance(custom, Unknown):
        missing.append(custom)
        return
    configs = cluster.part(ENIConfigs).eni_configs
    if not custom or isinstance(configs, Unknown):
        return
    if configs.missing is not None:
        missing.append(configs.missing)
    for config in configs:
        nodes = config.part(ENIConfigEffect).nodes
        if isinstance(nodes, Unknown):
            missing.append(nodes)
        elif nodes.elements:
            waiting = config.part(ENIConfigEffect).pods_without_eni
            pods = Items((), waiting) if isinstance(waiting, Unknown) else waiting
            yield GroupSet(cluster, f"ENIConfig {config.name}", config.groups, pods)
        elif nodes.missing is not None:
            missing.append(nodes.missing)


def _of_policies(cluster: "Cluster", missing: list[Unknown]) -> Iterator[GroupSet]:
    """Every combination of policies that selects a pod: the controller joins their groups."""
    policies = cluster.part(Policies).policies
    if isinstance(policies, Unknown):
        missing.append(policies)
        return
    if policies.missing is not None:
        missing.append(policies.missing)
    selected: dict[Pod, list[Policy]] = {}
    for policy in policies:
        pods = policy.pods
        if isinstance(pods, Unknown):
            missing.append(pods)
            continue
        if pods.missing is not None:
            missing.append(pods.missing)
        for pod in pods:
            if not (pod.is_host_network or pod.is_over):
                selected.setdefault(pod, []).append(policy)
    combined: dict[str, tuple[list[Policy], list[Pod]]] = {}
    for pod, chosen in selected.items():
        name = ", ".join(policy.name for policy in chosen)
        combined.setdefault(name, (chosen, []))[1].append(pod)
    for name, (chosen, members) in combined.items():
        groups = (group for policy in chosen for group in policy.groups)
        yield GroupSet(cluster, f"SecurityGroupPolicy {name}", groups, Items(tuple(members)).where(_waits))


def _waits(pod: Pod) -> bool | Unknown:
    """Bound, with the branch ENI's limit where it counts, and without the ENI."""
    if not pod.wants_branch_eni_first or pod.has_branch_eni:
        return False
    trouble = pod.part(PodTrouble).trouble
    return trouble if isinstance(trouble, Unknown) else trouble == Trouble.STARVED


class SecurityGroupSets(ClusterPart, inline=True):
    """The security groups that ENIConfigs and policies put on one ENI together."""

    @fact
    def security_group_sets(self) -> Items[GroupSet]:
        """The security groups that ENIConfigs and policies put on one ENI together."""
        return group_sets(self.cluster)
