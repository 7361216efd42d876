"""What stands between pods and those they talk to: groups of ENIs, their rules, and the ways out."""

from functools import cached_property

from eksdoctor.model.branch_enis.enforcing_mode import BranchMode, Enforcing
from eksdoctor.model.branch_enis.policy import Policies, Policy
from eksdoctor.model.branch_traffic.group_set_traffic import BranchSet
from eksdoctor.model.branch_traffic.unsupported_combinations import Combination, combinations, has_no_grace
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.pods import Pods
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.entities.subnets import Subnets
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, join, known
from eksdoctor.model.network.address_lookup import Peers, number_of
from eksdoctor.model.network.subnet_egress import SubnetExit
from eksdoctor.model.subnets.pod_subnets import PodSubnets

DNS_LABEL = ("k8s-app", "kube-dns")


class Wiring(Peers, name="wiring"):
    """The paths of a cluster's pods."""

    @cached_property
    def mode(self) -> BranchMode:
        """The settings that decide over pods with branch ENIs."""
        return BranchMode(self.cluster)

    # --- pods ------------------------------------------------------------------------------------

    @fact
    def branch_pods(self) -> Items[Pod]:
        """The running pods with a branch ENI."""
        policies = known(self.cluster.part(Policies).policies)
        namespaces = sorted({policy.namespace for policy in policies if policy.is_valid})
        gaps = [gap(self.snapshot, requests.pods_of_namespace(namespace)) for namespace in namespaces]
        missing = [reason for reason in (*gaps, policies.missing) if reason is not None]
        pods = tuple(pod for pod in self.cluster.part(Pods).pods if pod.has_branch_eni and is_running(pod))
        return Items(pods, join(missing) if missing else None)

    @fact
    def branch_sets(self) -> Items[BranchSet]:
        """These pods by the groups that their ENIs carry."""
        pods = known(self.branch_pods)
        sets: dict[tuple[str, ...], list[Pod]] = {}
        missing = [pods.missing] if pods.missing is not None else []
        for pod in pods:
            groups = self._groups_of(pod)
            if isinstance(groups, Unknown):
                missing.append(groups)
            else:
                sets.setdefault(groups, []).append(pod)
        found = tuple(BranchSet(self, groups, tuple(sets[groups])) for groups in sorted(sets))
        return Items(found, join(missing) if missing else None)

    def _groups_of(self, pod: Pod) -> tuple[str, ...] | Unknown:
        """The groups of its branch ENI; where that is not seen, those of the policies as they are now."""
        try:
            groups = self.peer_at(pod.record.status.pod_ip if pod.record else "").groups
        except NotKnown as missing:
            groups = missing.unknown
        if isinstance(groups, Unknown):
            groups = self._policy_groups.get(pod, groups)
        return groups if isinstance(groups, Unknown) else tuple(sorted(set(groups)))

    @cached_property
    def _policy_groups(self) -> dict[Pod, tuple[str, ...]]:
        """The groups of all policies that select a pod, of pods of which that is known."""
        found: dict[Pod, tuple[str, ...]] = {}
        unclear: set[str] = set()
        for policy in _elements(self.cluster.part(Policies).policies):
            pods = policy.pods
            if isinstance(pods, Unknown) or pods.missing is not None:
                unclear.add(policy.namespace)
                continue
            for pod in pods:
                found[pod] = (*found.get(pod, ()), *policy.groups)
        return {pod: groups for pod, groups in found.items() if pod.namespace not in unclear}

    @fact
    def dns_pods(self) -> Items[Pod]:
        """The CoreDNS pods that answer."""
        missing = gap(self.snapshot, requests.DNS_PODS)
        found = tuple(
            pod
            for pod in self.cluster.part(Pods).pods
            if pod.namespace == requests.SYSTEM and DNS_LABEL in pod.labels.items() and is_running(pod)
        )
        if not found and missing is None:
            raise NotKnown.because("no running CoreDNS pod (k8s-app=kube-dns in kube-system) was found")
        return Items(found, missing)

    # --- ways out and what does not go together ----------------------------------------------------

    @fact
    def strict_exits(self) -> Items[SubnetExit]:
        """The subnets of branch ENIs in strict mode, where no address is translated on the node."""
        pods = known(self.branch_pods)
        if not pods.elements and pods.missing is None:
            return Items()
        if known(self.mode.enforcing) != Enforcing.STRICT or known(self.cluster.part(CNI).ipv6):
            return Items()
        by_subnet: dict[str, list[Pod]] = {}
        missing = [pods.missing] if pods.missing is not None else []
        for pod in pods:
            subnet = self.subnet_of(pod)
            if isinstance(subnet, Unknown):
                missing.append(subnet)
            else:
                by_subnet.setdefault(subnet.id, []).append(pod)
        found = tuple(
            SubnetExit(self.cluster.part(Subnets).subnet_named(name), Items(tuple(by_subnet[name])))
            for name in sorted(by_subnet)
        )
        return Items(found, join(missing) if missing else None)

    def subnet_of(self, pod: Pod) -> Subnet | Unknown:
        """The subnet that a pod's address is of."""
        number = number_of(pod.record.status.pod_ip) if pod.record is not None else None
        found = self.cluster.part(Subnets).subnet_at(number) if number is not None else None
        if found is not None:
            return found
        missing = self.cluster.part(Subnets).subnet_records.missing
        return missing if missing is not None else Unknown.because("a pod's IP is in no subnet of the VPC")

    @fact
    def untranslated_exits(self) -> Items[SubnetExit]:
        """The subnets that pods draw on, where AWS_VPC_K8S_CNI_EXTERNALSNAT leaves their addresses alone."""
        if not known(self.mode.external_snat) or known(self.cluster.part(CNI).ipv6):
            return Items()
        subnets = known(self.cluster.part(PodSubnets).pod_subnets)
        return Items(tuple(SubnetExit(subnet, Items()) for subnet in subnets), subnets.missing)

    @fact
    def bypassing_pods(self) -> Items[Pod]:
        """The pods with branch ENIs whose traffic out of the VPC leaves by their node's primary ENI."""
        pods = known(self.branch_pods)
        if not pods.elements and pods.missing is None:
            return Items()
        standard = known(self.mode.enforcing) == Enforcing.STANDARD
        if not standard or known(self.mode.external_snat) or known(self.cluster.part(CNI).ipv6):
            return Items()
        return pods

    @fact
    def pods_without_grace(self) -> Items[Pod]:
        """The pods with branch ENIs that are killed at once when deleted."""
        return known(self.branch_pods).where(has_no_grace)

    @fact
    def combinations(self) -> Items[Combination]:
        """What branch ENIs do not go together with, and is there."""
        return combinations(self)


def is_running(pod: Pod) -> bool:
    """Whether it has an address and is up, as far as its phase and readiness say."""
    return pod.record is not None and pod.record.status.phase == "Running" and pod.has_address


def _elements(items: Items[Policy] | Unknown) -> tuple[Policy, ...]:
    return () if isinstance(items, Unknown) else items.elements
