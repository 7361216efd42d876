"""Which request answers which part of the model: `inquiry` asks them, the model looks up the outcome."""

from collections.abc import Iterable
from datetime import timedelta

from eksdoctor.snapshot import request as actions
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


NODES = Request.of(actions.LIST_NODES)
DAEMON_SETS = Request.of(actions.LIST_DAEMON_SETS)
POD_ROWS = Request.of(actions.TABULATE_PODS)
ENI_CONFIGS = Request.of(actions.LIST_ENI_CONFIGS)
SECURITY_GROUP_POLICIES = Request.of(actions.LIST_SECURITY_GROUP_POLICIES)
CNI_NODES = Request.of(actions.LIST_CNI_NODES)
CONFIG_MAP = Request.of(actions.GET_CONFIG_MAP, namespace=SYSTEM, name=CNI_CONFIG_MAP)
KUBE_PROXY_CONFIG = Request.of(actions.GET_CONFIG_MAP, namespace=SYSTEM, name=KUBE_PROXY_CONFIG_MAP)
AWS_NODE_PODS = Request.of(actions.LIST_PODS, namespace=SYSTEM, labelSelector="k8s-app=aws-node")
DNS_PODS = Request.of(actions.LIST_PODS, namespace=SYSTEM, labelSelector="k8s-app=kube-dns")
CALLER = Request.of(actions.GET_CALLER_IDENTITY)


def pending_pods(namespace: str = "") -> Request:
    """Pods that are not running yet; all namespaces when empty."""
    return Request.of(actions.LIST_PODS, fieldSelector="status.phase=Pending", **_scope(namespace))


def pod_named(namespace: str, name: str) -> Request:
    """One pod, wherever it is in its life."""
    return Request.of(actions.LIST_PODS, namespace=namespace, fieldSelector=f"metadata.name={name}")


def warnings(namespace: str = "") -> Request:
    """The warning events of the last hour."""
    return Request.of(actions.LIST_EVENTS, fieldSelector=EVENT_SELECTOR, **_scope(namespace))


def pods_of_node(node: str) -> Request:
    """Every pod bound to a node."""
    return Request.of(actions.LIST_PODS, fieldSelector=f"spec.nodeName={node}")


def pods_of_namespace(namespace: str) -> Request:
    """Every pod of a namespace."""
    return Request.of(actions.LIST_PODS, namespace=namespace)


def service_accounts(namespace: str) -> Request:
    """The service accounts of a namespace, whose labels policies select."""
    return Request.of(actions.LIST_SERVICE_ACCOUNTS, namespace=namespace)


def cluster(name: str) -> Request:
    """The EKS cluster."""
    return Request.of(actions.DESCRIBE_CLUSTER, name=name)


def addon(cluster_name: str) -> Request:
    """The vpc-cni add-on, absent when the CNI is self-managed."""
    return Request.of(actions.DESCRIBE_ADDON, clusterName=cluster_name, addonName=CNI_ADDON)


def nodegroup_names(cluster_name: str) -> Request:
    """The names of the managed node groups."""
    return Request.of(actions.LIST_NODEGROUPS, clusterName=cluster_name)


def nodegroup(cluster_name: str, name: str) -> Request:
    """One managed node group."""
    return Request.of(actions.DESCRIBE_NODEGROUP, clusterName=cluster_name, nodegroupName=name)


def subnets(vpc: str) -> Request:
    """All subnets of the VPC: a node's follows from its InternalIP."""
    return Request.of(actions.DESCRIBE_SUBNETS, filter__vpc_id=(vpc,))


def vpcs(vpc: str) -> Request:
    """The VPC."""
    return Request.of(actions.DESCRIBE_VPCS, VpcIds=(vpc,))


def instance_types(names: Iterable[str]) -> Request:
    """The limits of the types in use."""
    return Request.of(actions.DESCRIBE_INSTANCE_TYPES, InstanceTypes=tuple(sorted(names)))


def interfaces(subnet: str) -> Request:
    """Every ENI of a subnet, with all its addresses and prefixes."""
    return Request.of(actions.DESCRIBE_NETWORK_INTERFACES, filter__subnet_id=(subnet,))


def reservations(subnet: str) -> Request:
    """The CIDR reservations of a subnet."""
    return Request.of(actions.GET_SUBNET_CIDR_RESERVATIONS, SubnetId=subnet)


def security_groups(groups: Iterable[str]) -> Request:
    """Security groups by id; a filter, because one unknown id would fail a lookup of all."""
    return Request.of(actions.DESCRIBE_SECURITY_GROUPS, filter__group_id=tuple(sorted(groups)))


# --- what Karpenter and the DaemonSet's history say, and the account's quota of interfaces -----------

NODE_POOLS = Request.of(actions.LIST_NODE_POOLS)
EC2_NODE_CLASSES = Request.of(actions.LIST_EC2_NODE_CLASSES)
AWS_NODE_REVISIONS = Request.of(
    actions.LIST_CONTROLLER_REVISIONS, namespace=SYSTEM, labelSelector="k8s-app=aws-node"
)
AWS_NODE_ACCOUNT = Request.of(actions.GET_SERVICE_ACCOUNT, namespace=SYSTEM, name="aws-node")
MUTATING_WEBHOOKS = Request.of(actions.LIST_MUTATING_WEBHOOKS)
# "Network interfaces per Region". It stands under `vpc`, although the interfaces are EC2's.
_INTERFACES_QUOTA = {"ServiceCode": "vpc", "QuotaCode": "L-DF5E4CA3"}
INTERFACES_QUOTA = Request.of(actions.GET_SERVICE_QUOTA, **_INTERFACES_QUOTA)
DEFAULT_INTERFACES_QUOTA = Request.of(actions.GET_DEFAULT_SERVICE_QUOTA, **_INTERFACES_QUOTA)


# Every interface of the region, other VPCs' too: asked only where the quota may be near.
REGION_INTERFACES = Request.of(actions.DESCRIBE_NETWORK_INTERFACES)


def launch_template_version(template: str, version: str) -> Request:
    """The max-pods setting of one version of a launch template, by the template's id."""
    return Request.of(
        actions.DESCRIBE_LAUNCH_TEMPLATE_VERSIONS, LaunchTemplateId=template, Versions=(version,)
    )


def route_tables(vpc: str) -> Request:
    """All route tables of the VPC: a subnet without one of its own has the main one."""
    return Request.of(actions.DESCRIBE_ROUTE_TABLES, filter__vpc_id=(vpc,))


def vpc_endpoints(vpc: str) -> Request:
    """The endpoints of the VPC."""
    return Request.of(actions.DESCRIBE_VPC_ENDPOINTS, filter__vpc_id=(vpc,))


def security_group_rules(groups: Iterable[str]) -> Request:
    """The rules of security groups."""
    return Request.of(actions.DESCRIBE_SECURITY_GROUP_RULES, filter__group_id=tuple(sorted(groups)))


def pod_identities(cluster_name: str) -> Request:
    """The pod identity associations of aws-node: at most one."""
    return Request.of(
        actions.LIST_POD_IDENTITY_ASSOCIATIONS,
        clusterName=cluster_name,
        namespace=SYSTEM,
        serviceAccount="aws-node",
    )


def pod_identity(cluster_name: str, association: str) -> Request:
    """One pod identity association, with its role."""
    return Request.of(
        actions.DESCRIBE_POD_IDENTITY_ASSOCIATION, clusterName=cluster_name, associationId=association
    )


def role(name: str) -> Request:
    """An IAM role by its name, which is the last part of its ARN."""
    return Request.of(actions.GET_ROLE, RoleName=name)


def attached_policies(role_name: str) -> Request:
    """The managed policies of a role."""
    return Request.of(actions.LIST_ATTACHED_ROLE_POLICIES, RoleName=role_name)


def inline_policies(role_name: str) -> Request:
    """The names of the policies that stand in a role itself."""
    return Request.of(actions.LIST_ROLE_POLICIES, RoleName=role_name)


# --- what the daemon itself says: its counters, its log on the node, its standard output -------------


def pod_metrics(pod: str, node: str) -> Request:
    """The metrics page of the aws-node pod of a node."""
    return Request.of(actions.GET_POD_METRICS, namespace=SYSTEM, name=pod, node=node)


def node_log(node: str, path: str) -> Request:
    """The end of a log of a node; `path` is below /var/log."""
    return Request.of(actions.GET_NODE_LOG, node=node, path=path)


def pod_log(pod: str, node: str, seconds: int) -> Request:
    """The standard output of the daemon's container over so many seconds."""
    return Request.of(
        actions.GET_POD_LOG,
        namespace=SYSTEM,
        name=pod,
        node=node,
        container="aws-node",
        sinceSeconds=str(seconds),
    )


def calls_named(name: str, window: timedelta) -> Request:
    """The calls of one name that CloudTrail has of the last `window`; the newest of them, if many."""
    return Request.of(
        actions.LOOKUP_EVENTS, EventName=name, LastSeconds=str(max(1, round(window.total_seconds())))
    )


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
