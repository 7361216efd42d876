"""The requests of each round, from the snapshot so far.

Three rounds collect everything: requests without dependencies; requests that depend on the VPC, the nodes
in question and the policies; requests that depend on the subnets and node groups in question. An audit
also collects routes, endpoints and the IAM identity of aws-node (`audit_requests`). The metrics of aws-node
come last, in a round of their own: a blocked port then delays no other request.
"""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from eksdoctor.collection_plan import audit_requests, aws_node_metrics, branch_eni_traffic, cloudtrail_lookups
from eksdoctor.model.branch_enis.branch_enis import Branches
from eksdoctor.model.branch_enis.policy import Policies
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.node_instance import InstanceTypes
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.pod_events import PodEvents
from eksdoctor.model.entities.pods import Pods
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.fact import Items, Unknown
from eksdoctor.model.nodes.node_enis import NodeInterfaces
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.pods.pod_table import PodRows
from eksdoctor.model.provisioning.full_nodes import PodCeiling
from eksdoctor.snapshot.records.aws import DESCRIBE_NODEGROUP, LIST_NODEGROUPS
from eksdoctor.snapshot.records.kubernetes import LIST_ENI_CONFIGS
from eksdoctor.snapshot.request import Request
from eksdoctor.snapshot.snapshot import CLOUDTRAIL, Snapshot

T = TypeVar("T")
AUDIT = "audit"
MOST_NODES = 200  # nodes whose pods are listed by one request each; for others the pod table is used
MOST_NAMESPACES = 10
MOST_GROUPS = 6  # node groups whose health is read for pods without a node


def next_requests(snapshot: Snapshot) -> list[Request]:
    """The requests that the rules still need; empty if nothing is left to collect."""
    if not snapshot.has_manifest:
        return []
    cluster = Cluster(snapshot)
    for wanted in (_wanted(cluster), aws_node_metrics.next_requests(cluster)):
        asked = [request for request in dict.fromkeys(wanted) if request not in snapshot.outcomes]
        if asked:
            return asked
    return []


def _wanted(cluster: Cluster) -> Iterator[Request]:
    yield from _independent(cluster)
    if requests.NODES not in cluster.snapshot.outcomes:
        return
    yield from _of_pods(cluster)
    yield from _of_account(cluster)
    yield from _of_subnets(cluster)
    yield from branch_eni_traffic.next_requests(cluster)
    if cluster.snapshot.purpose == AUDIT:
        yield from audit_requests.next_requests(cluster)
    if CLOUDTRAIL in cluster.snapshot.extras:
        yield from cloudtrail_lookups.next_requests(cluster)


def _independent(cluster: Cluster) -> Iterator[Request]:
    focus = cluster.snapshot.focus
    yield requests.NODES
    for namespace in dict.fromkeys(
        (focus.namespace, cluster.part(PodEvents).permitted_namespace or focus.namespace)
    ):
        yield requests.pending_pods(namespace)
        yield requests.warnings(namespace)
    if focus.pod:
        yield requests.pod_named(focus.namespace, focus.pod)
    yield requests.DAEMON_SETS
    yield requests.AWS_NODE_PODS
    yield requests.POD_ROWS
    yield requests.ENI_CONFIGS
    yield requests.SECURITY_GROUP_POLICIES
    yield requests.CNI_NODES
    yield requests.CONFIG_MAP
    yield requests.NODE_POOLS
    yield requests.EC2_NODE_CLASSES
    yield requests.AWS_NODE_REVISIONS
    yield requests.CALLER
    yield from _quota(cluster)
    name = cluster.target_name
    if isinstance(name, str):
        yield requests.cluster(name)
        yield requests.addon(name)
        yield requests.nodegroup_names(name)


def _quota(cluster: Cluster) -> Iterator[Request]:
    yield requests.INTERFACES_QUOTA
    outcome = cluster.snapshot.outcomes.get(requests.INTERFACES_QUOTA)
    if outcome is not None and outcome.absent:  # the quota was never raised: the AWS default applies
        yield requests.DEFAULT_INTERFACES_QUOTA


def _of_pods(cluster: Cluster) -> Iterator[Request]:
    namespace = cluster.snapshot.focus.namespace
    if namespace and not cluster.part(Pods).has_pods_of(namespace):
        yield requests.pods_of_namespace(namespace)  # no pod waits there, or the name is mistyped
    for node in nodes_to_list(cluster)[:MOST_NODES]:
        yield requests.pods_of_node(node.name)
    policies = [policy for policy in _elements(cluster.part(Policies).policies) if policy.is_valid]
    for namespace in sorted({policy.namespace for policy in policies})[:MOST_NAMESPACES]:
        yield requests.pods_of_namespace(namespace)
        mine = [policy.record.spec for policy in policies if policy.namespace == namespace]
        if any(spec.service_account_selector is not None for spec in mine):
            yield requests.service_accounts(namespace)


def _of_account(cluster: Cluster) -> Iterator[Request]:
    vpc = cluster.vpc_id
    if not isinstance(vpc, str) or not vpc:
        return
    yield requests.subnets(vpc)
    yield requests.vpcs(vpc)
    types = cluster.part(InstanceTypes).instance_types_in_use
    if types:
        yield requests.instance_types(types)
    name = cluster.target_name
    if isinstance(name, str):
        yield from _of_node_groups(cluster, name)
    yield from _of_security_groups(cluster)


def _of_node_groups(cluster: Cluster, name: str) -> Iterator[Request]:
    """The node groups in question, and their launch templates for the max-pods setting."""
    wanted = _groups_in_question(cluster)
    for group in dict.fromkeys((*wanted, *_groups_that_might_launch(cluster))):
        yield requests.nodegroup(name, group)
    for record in cluster.snapshot.of(DESCRIBE_NODEGROUP.kind):
        template = record.launch_template
        if record.nodegroup_name in wanted and template is not None and template.id and template.version:
            yield requests.launch_template_version(template.id, template.version)


def _of_security_groups(cluster: Cluster) -> Iterator[Request]:
    """The security groups of pods and, with policies or in an audit, the rules of these and the cluster's."""
    of_policies = {group for policy in _elements(cluster.part(Policies).policies) for group in policy.groups}
    of_configs = {
        group
        for config in cluster.snapshot.of(LIST_ENI_CONFIGS.kind)
        for group in config.spec.security_groups
    }
    if of_policies | of_configs:
        yield requests.security_groups(of_policies | of_configs)
    audited, record = cluster.snapshot.purpose == AUDIT, cluster.record
    own = "" if isinstance(record, Unknown) else record.resources_vpc_config.cluster_security_group_id
    ruled = of_policies | (of_configs if audited else set())
    if own and (ruled or audited):
        ruled |= {own}
    if ruled:
        yield requests.security_group_rules(ruled)


def _groups_in_question(cluster: Cluster) -> list[str]:
    named = cluster.snapshot.of(LIST_NODEGROUPS.kind)
    labels = [
        node.labels for node in (*nodes_in_question(cluster), *cluster.part(PodCeiling).nodes_to_look_at)
    ]
    used = {found.get("eks.amazonaws.com/nodegroup") for found in labels if isinstance(found, dict)}
    return sorted(name for name in named if cluster.snapshot.purpose == AUDIT or name in used)


def _groups_that_might_launch(cluster: Cluster) -> list[str]:
    """Some node groups, if a pod waits for a new node: their health shows why none is launched."""
    if not any(pod.wants_room for pod in cluster.part(Pods).pods if not pod.node_name):
        return []
    return sorted(cluster.snapshot.of(LIST_NODEGROUPS.kind))[:MOST_GROUPS]


def _of_subnets(cluster: Cluster) -> Iterator[Request]:
    for subnet in subnets_in_question(cluster):
        yield requests.interfaces(subnet.id)
        yield requests.reservations(subnet.id)


def nodes_in_question(cluster: Cluster) -> list[Node]:
    """The nodes with affected pods."""
    return list(_elements(cluster.part(AffectedPods).nodes_in_question))


def nodes_to_list(cluster: Cluster) -> list[Node]:
    """The nodes in question whose pods must be listed, because the pod table does not give their IPs.

    It lacks branch ENIs, the difference of a failed pod and a failed container, and pods only events name.
    """
    questioned = nodes_in_question(cluster)
    if (
        requests.POD_ROWS in cluster.snapshot.refusals
        or cluster.part(CNI).security_groups_for_pods is not False
    ):
        return questioned
    named = {
        pod.node_name for pod in _elements(cluster.part(AffectedPods).pods_in_trouble) if pod.record is None
    }
    if requests.POD_ROWS in cluster.snapshot.outcomes:
        named |= cluster.part(PodRows).pod_table().unclear_nodes
    return [node for node in questioned if node.name in named]


def _known_subnets(node: Node) -> tuple[Subnet, ...]:
    subnets = node.part(NodeInterfaces).eni_subnets
    return () if isinstance(subnets, Unknown) else tuple(s for s in subnets if s.record is not None)


def subnets_in_question(cluster: Cluster) -> list[Subnet]:
    """The subnets of the nodes in question and of nodes that may lack a trunk; in an audit of all nodes."""
    nodes: Iterable[Node] = [*nodes_in_question(cluster), *cluster.part(Branches).nodes_to_look_at]
    if cluster.snapshot.purpose == AUDIT:
        nodes = _elements(cluster.part(Nodes).nodes_of_vpc_cni)
    found = {subnet.id: subnet for node in nodes for subnet in _known_subnets(node)}
    return [found[key] for key in sorted(found)]


def _elements(items: Items[T] | Unknown) -> tuple[T, ...]:
    return () if isinstance(items, Unknown) else items.elements
