"""A SecurityGroupPolicy: whom it selects, and which of them run without its groups."""

from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.entities.nodes import NodeOfPod
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.pods import Pods
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap, listed
from eksdoctor.model.facts.fact import Items, Unknown, fact, known
from eksdoctor.model.facts.label_selector import selects
from eksdoctor.model.facts.subject import Part, Subject
from eksdoctor.model.instance_types.compute import Compute
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.records.kubernetes import LIST_SECURITY_GROUP_POLICIES, LIST_SERVICE_ACCOUNTS


class Policy(Subject):
    """One SecurityGroupPolicy.

    Matching is the controller's (amazon-vpc-resource-controller-k8s pkg/utils/helper.go): both
    selectors must match when both are given; empty selects everything, absent nothing.
    """

    name: str
    namespace: str
    short_name: str

    def __init__(self, cluster: "Cluster", record: kubernetes.SecurityGroupPolicy) -> None:
        self.cluster = cluster
        self.record = record
        self.namespace = record.metadata.namespace
        self.short_name = record.metadata.name
        self.name = f"{self.namespace}/{self.short_name}"

    def __str__(self) -> str:
        return self.name

    @property
    def groups(self) -> tuple[str, ...]:
        """Its security groups."""
        return self.record.spec.security_groups.group_ids

    @property
    def is_valid(self) -> bool:
        """Whether the controller looks at it at all: a selector and at least one group."""
        spec = self.record.spec
        return bool(self.groups) and (
            spec.pod_selector is not None or spec.service_account_selector is not None
        )

    @fact
    def pods(self) -> Items[Pod]:
        """The pods of its namespace that it selects."""
        missing = gap(self.cluster.snapshot, requests.pods_of_namespace(self.namespace))
        pods = tuple(pod for pod in self.cluster.part(Pods).pods.elements if pod.namespace == self.namespace)
        return Items(pods, missing).where(self._selects)

    def _selects(self, pod: Pod) -> bool | Unknown:
        spec = self.record.spec
        if not self.is_valid:
            return False
        if spec.pod_selector is not None and not selects(spec.pod_selector, pod.labels):
            return False
        if spec.service_account_selector is None:
            return True
        labels = self._labels_of_account(pod.service_account)
        return labels if isinstance(labels, Unknown) else selects(spec.service_account_selector, labels)

    def _labels_of_account(self, name: str) -> dict[str, str] | Unknown:
        for account in self.cluster.snapshot.of(LIST_SERVICE_ACCOUNTS.kind):
            if (account.metadata.namespace, account.metadata.name) == (self.namespace, name):
                return account.metadata.labels
        missing = gap(self.cluster.snapshot, requests.service_accounts(self.namespace))
        return {} if missing is None else missing

    @fact
    def unprotected_pods(self) -> Items[Pod]:
        """Running pods it selects that have no branch ENI and so run under their node's groups."""
        return known(self.pods).where(_runs_without_branch)

    @fact
    def pods_with_late_limit(self) -> Items[Pod]:
        """Those whose branch ENI limit sits on another container than the first."""
        return known(self.unprotected_pods).where(
            lambda pod: pod.wants_branch_eni_elsewhere and not pod.wants_branch_eni_first
        )


def _runs_without_branch(pod: Pod) -> bool | Unknown:
    if (
        pod.record is None
        or pod.record.status.phase != "Running"
        or pod.is_host_network
        or pod.has_branch_eni
    ):
        return False
    node = pod.part(NodeOfPod).node
    if node is None:
        return Unknown.because("the pod has no node")
    return _is_for_branch(node.compute, node.is_windows)


def _is_for_branch(compute: Compute | Unknown, is_windows: bool | Unknown) -> bool | Unknown:  # noqa: FBT001
    if isinstance(compute, Unknown):
        return compute
    if compute != Compute.EC2:
        return False
    return is_windows if isinstance(is_windows, Unknown) else not is_windows


class PolicyPart(Part, of=Policy):
    """Facts of one topic about a SecurityGroupPolicy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy


class Policies(ClusterPart, inline=True):
    """The SecurityGroupPolicies of a cluster."""

    @fact
    def policies(self) -> Items[Policy]:
        """The SecurityGroupPolicies."""
        records = listed(
            self.cluster.snapshot, LIST_SECURITY_GROUP_POLICIES.kind, requests.SECURITY_GROUP_POLICIES
        )
        return Items(tuple(Policy(self.cluster, record) for record in records), records.missing)
