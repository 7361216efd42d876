"""Which request answers which part of the model: `inquiry` asks them, the model looks up the outcome."""

from collections.abc import Iterable
from datetime import timedelta

from eksdoctor.snapshot.records.admission import LIST_MUTATING_WEBHOOKS
from eksdoctor.snapshot.records.aws import (
    DESCRIBE_ADDON,
    DESCRIBE_CLUSTER,
    DESCRIBE_INSTANCE_TYPES,
    DESCRIBE_NETWORK_INTERFACES,
    DESCRIBE_NODEGROUP,
    DESCRIBE_SECURITY_GROUPS,
    DESCRIBE_SUBNETS,
    DESCRIBE_VPCS,
    GET_CALLER_IDENTITY,
    GET_SUBNET_CIDR_RESERVATIONS,
    LIST_NODEGROUPS,
)
from eksdoctor.snapshot.records.cloudtrail import LOOKUP_EVENTS
from eksdoctor.snapshot.records.identity import (
    DESCRIBE_POD_IDENTITY_ASSOCIATION,
    GET_ROLE,
    LIST_ATTACHED_ROLE_POLICIES,
    LIST_POD_IDENTITY_ASSOCIATIONS,
    LIST_ROLE_POLICIES,
)
from eksdoctor.snapshot.records.karpenter import LIST_EC2_NODE_CLASSES, LIST_NODE_POOLS
from eksdoctor.snapshot.records.kubernetes import (
    GET_CONFIG_MAP,
    GET_SERVICE_ACCOUNT,
    LIST_CNI_NODES,
    LIST_CONTROLLER_REVISIONS,
    LIST_DAEMON_SETS,
    LIST_ENI_CONFIGS,
    LIST_EVENTS,
    LIST_NODES,
    LIST_PODS,
    LIST_SECURITY_GROUP_POLICIES,
    LIST_SERVICE_ACCOUNTS,
    TABULATE_PODS,
)
from eksdoctor.snapshot.records.launch_template import DESCRIBE_LAUNCH_TEMPLATE_VERSIONS
from eksdoctor.snapshot.records.network import (
    DESCRIBE_ROUTE_TABLES,
    DESCRIBE_SECURITY_GROUP_RULES,
    DESCRIBE_VPC_ENDPOINTS,
)
from eksdoctor.snapshot.records.node_text import GET_NODE_LOG, GET_POD_LOG, GET_POD_METRICS
from eksdoctor.snapshot.records.quotas import GET_DEFAULT_SERVICE_QUOTA, GET_SERVICE_QUOTA
from eksdoctor.snapshot.request import Request
from eksdoctor.snapshot.snapshot import Snapshot

# Warnings that tell of addresses, sandboxes, scheduling, volumes and images; probe failures and
# crash loops are the bulk of a busy cluster's warnings and tell of none.
EVENT_SELECTOR = "type=Warning,reason!=Unhealthy,reason!=BackOff,reason!=ProbeWarning"
SYSTEM = "kube-system"
CNI_ADDON = "vpc-cni"
CNI_CONFIG_MAP = "amazon-vpc-cni"
KUBE_PROXY_CONFIG_MAP = "kube-proxy-config"


def _scope(namespace: str) -> dict[str, str]:
    return {"namespace": namespace} if namespace else {}


NODES = Request.of(LIST_NODES)
DAEMON_SETS = Request.of(LIST_DAEMON_SETS)
POD_ROWS = Request.of(TABULATE_PODS)
ENI_CONFIGS = Request.of(LIST_ENI_CONFIGS)
SECURITY_GROUP_POLICIES = Request.of(LIST_SECURITY_GROUP_POLICIES)
CNI_NODES = Request.of(LIST_CNI_NODES)
CONFIG_MAP = Request.of(GET_CONFIG_MAP, namespace=SYSTEM, name=CNI_CONFIG_MAP)
KUBE_PROXY_CONFIG = Request.of(GET_CONFIG_MAP, namespace=SYSTEM, name=KUBE_PROXY_CONFIG_MAP)
AWS_NODE_PODS = Request.of(LIST_PODS, namespace=SYSTEM, labelSelector="k8s-app=aws-node")
DNS_PODS = Request.of(LIST_PODS, namespace=SYSTEM, labelSelector="k8s-app=kube-dns")
CALLER = Request.of(GET_CALLER_IDENTITY)


def pending_pods(namespace: str = "") -> Request:
    """Pods that are not running yet; all namespaces when empty."""
    return Request.of(LIST_PODS, fieldSelector="status.phase=Pending", **_scope(namespace))


def pod_named(namespace: str, name: str) -> Request:
    """One pod, wherever it is in its life."""
    return Request.of(LIST_PODS, namespace=namespace, fieldSelector=f"metadata.name={name}")


def warnings(namespace: str = "") -> Request:
    """The warning events of the last hour."""
    return Request.of(LIST_EVENTS, fieldSelector=EVENT_SELECTOR, **_scope(namespace))


def pods_of_node(node: str) -> Request:
    """Every pod bound to a node."""
    return Request.of(LIST_PODS, fieldSelector=f"spec.nodeName={node}")


def pods_of_namespace(namespace: str) -> Request:
    """Every pod of a namespace."""
    return Request.of(LIST_PODS, namespace=namespace)


def service_accounts(namespace: str) -> Request:
    """The service accounts of a namespace, whose labels policies select."""
    return Request.of(LIST_SERVICE_ACCOUNTS, namespace=namespace)


def cluster(name: str) -> Request:
    """The EKS cluster."""
    return Request.of(DESCRIBE_CLUSTER, name=name)


def addon(cluster_name: str) -> Request:
    """The vpc-cni add-on, absent when the CNI is self-managed."""
    return Request.of(DESCRIBE_ADDON, clusterName=cluster_name, addonName=CNI_ADDON)


def nodegroup_names(cluster_name: str) -> Request:
    """The names of the managed node groups."""
    return Request.of(LIST_NODEGROUPS, clusterName=cluster_name)


def nodegroup(cluster_name: str, name: str) -> Request:
    """One managed node group."""
    return Request.of(DESCRIBE_NODEGROUP, clusterName=cluster_name, nodegroupName=name)


def subnets(vpc: str) -> Request:
    """All subnets of the VPC: a node's follows from its InternalIP."""
    return Request.of(DESCRIBE_SUBNETS, filter__vpc_id=(vpc,))


def vpcs(vpc: str) -> Request:
    """The VPC."""
    return Request.of(DESCRIBE_VPCS, VpcIds=(vpc,))


def instance_types(names: Iterable[str]) -> Request:
    """The limits of the types in use."""
    return Request.of(DESCRIBE_INSTANCE_TYPES, InstanceTypes=tuple(sorted(names)))


def interfaces(subnet: str) -> Request:
    """Every ENI of a subnet, with all its addresses and prefixes."""
    return Request.of(DESCRIBE_NETWORK_INTERFACES, filter__subnet_id=(subnet,))


def reservations(subnet: str) -> Request:
    """The CIDR reservations of a subnet."""
    return Request.of(GET_SUBNET_CIDR_RESERVATIONS, SubnetId=subnet)


def security_groups(groups: Iterable[str]) -> Request:
    """Security groups by id; a filter, because one unknown id would fail a lookup of all."""
    return Request.of(DESCRIBE_SECURITY_GROUPS, filter__group_id=tuple(sorted(groups)))


# --- what Karpenter and the DaemonSet's history say, and the account's quota of interfaces -----------

NODE_POOLS = Request.of(LIST_NODE_POOLS)
EC2_NODE_CLASSES = Request.of(LIST_EC2_NODE_CLASSES)
AWS_NODE_REVISIONS = Request.of(LIST_CONTROLLER_REVISIONS, namespace=SYSTEM, labelSelector="k8s-app=aws-node")
AWS_NODE_ACCOUNT = Request.of(GET_SERVICE_ACCOUNT, namespace=SYSTEM, name="aws-node")
MUTATING_WEBHOOKS = Request.of(LIST_MUTATING_WEBHOOKS)
# "Network interfaces per Region". It stands under `vpc`, although the interfaces are EC2's.
_INTERFACES_QUOTA = {"ServiceCode": "vpc", "QuotaCode": "L-DF5E4CA3"}
INTERFACES_QUOTA = Request.of(GET_SERVICE_QUOTA, **_INTERFACES_QUOTA)
DEFAULT_INTERFACES_QUOTA = Request.of(GET_DEFAULT_SERVICE_QUOTA, **_INTERFACES_QUOTA)


# Every interface of the region, other VPCs' too: asked only where the quota may be near.
REGION_INTERFACES = Request.of(DESCRIBE_NETWORK_INTERFACES)


def launch_template_version(template: str, version: str) -> Request:
    """The max-pods setting of one version of a launch template, by the template's id."""
    return Request.of(DESCRIBE_LAUNCH_TEMPLATE_VERSIONS, LaunchTemplateId=template, Versions=(version,))


def route_tables(vpc: str) -> Request:
    """All route tables of the VPC: a subnet without one of its own has the main one."""
    return Request.of(DESCRIBE_ROUTE_TABLES, filter__vpc_id=(vpc,))


def vpc_endpoints(vpc: str) -> Request:
    """The endpoints of the VPC."""
    return Request.of(DESCRIBE_VPC_ENDPOINTS, filter__vpc_id=(vpc,))


def security_group_rules(groups: Iterable[str]) -> Request:
    """The rules of security groups."""
    return Request.of(DESCRIBE_SECURITY_GROUP_RULES, filter__group_id=tuple(sorted(groups)))


def pod_identities(cluster_name: str) -> Request:
    """The pod identity associations of aws-node: at most one."""
    return Request.of(
        LIST_POD_IDENTITY_ASSOCIATIONS,
        clusterName=cluster_name,
        namespace=SYSTEM,
        serviceAccount="aws-node",
    )


def pod_identity(cluster_name: str, association: str) -> Request:
    """One pod identity association, with its role."""
    return Request.of(DESCRIBE_POD_IDENTITY_ASSOCIATION, clusterName=cluster_name, associationId=association)


def role(name: str) -> Request:
    """An IAM role by its name, which is the last part of its ARN."""
    return Request.of(GET_ROLE, RoleName=name)


def attached_policies(role_name: str) -> Request:
    """The managed policies of a role."""
    return Request.of(LIST_ATTACHED_ROLE_POLICIES, RoleName=role_name)


def inline_policies(role_name: str) -> Request:
    """The names of the policies that stand in a role itself."""
    return Request.of(LIST_ROLE_POLICIES, RoleName=role_name)


# --- what the daemon itself says: its counters, its log on the node, its standard output -------------


def pod_metrics(pod: str, node: str) -> Request:
    """The metrics page of the aws-node pod of a node."""
    return Request.of(GET_POD_METRICS, namespace=SYSTEM, name=pod, node=node)


def node_log(node: str, path: str) -> Request:
    """The end of a log of a node; `path` is below /var/log."""
    return Request.of(GET_NODE_LOG, node=node, path=path)


def pod_log(pod: str, node: str, seconds: int) -> Request:
    """The standard output of the daemon's container over so many seconds."""
    return Request.of(
        GET_POD_LOG,
        namespace=SYSTEM,
        name=pod,
        node=node,
        container="aws-node",
        sinceSeconds=str(seconds),
    )


def calls_named(name: str, window: timedelta) -> Request:
    """The calls of one name that CloudTrail has of the last `window`; the newest of them, if many."""
    return Request.of(LOOKUP_EVENTS, EventName=name, LastSeconds=str(max(1, round(window.total_seconds()))))


def asked_with(snapshot: Snapshot, wanted: Request) -> Request:
    """The request that was asked and whose lists hold those of `wanted`; `wanted` itself if none was.

    What is asked of many things at once is looked up for one of them:
    `asked_with(snapshot, security_group_rules(["sg-1"]))`.
    """
    if wanted in snapshot.outcomes:
        return wanted
    return next((asked for asked in snapshot.outcomes if _holds(asked, wanted)), wanted)


def _holds(asked: Request, wanted: Request) -> bool:
    if asked.action != wanted.action or asked.values.keys() != wanted.values.keys():
        return False
    return all(
        set(part) <= set(whole) if isinstance(part, tuple) and isinstance(whole, tuple) else part == whole
        for part, whole in ((value, asked.values[name]) for name, value in wanted.arguments)
    )
