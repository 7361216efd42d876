"""Which request answers which part of the model: `inquiry` asks them, the model looks up the outcome."""

from collections.abc import Iterable

from eksdoctor.snapshot import request as actions
from eksdoctor.snapshot.request import Request

# Warnings that tell of addresses, sandboxes, scheduling, volumes and images; probe failures and
# crash loops are the bulk of a busy cluster's warnings and tell of none.
EVENT_SELECTOR = "type=Warning,reason!=Unhealthy,reason!=BackOff,reason!=ProbeWarning"
SYSTEM = "kube-system"
CNI_ADDON = "vpc-cni"
CNI_CONFIG_MAP = "amazon-vpc-cni"


def _scope(namespace: str) -> dict[str, str]:
    return {"namespace": namespace} if namespace else {}


NODES = Request.of(actions.LIST_NODES)
DAEMON_SETS = Request.of(actions.LIST_DAEMON_SETS)
POD_ROWS = Request.of(actions.TABULATE_PODS)
ENI_CONFIGS = Request.of(actions.LIST_ENI_CONFIGS)
SECURITY_GROUP_POLICIES = Request.of(actions.LIST_SECURITY_GROUP_POLICIES)
CNI_NODES = Request.of(actions.LIST_CNI_NODES)
CONFIG_MAP = Request.of(actions.GET_CONFIG_MAP, namespace=SYSTEM, name=CNI_CONFIG_MAP)
AWS_NODE_PODS = Request.of(actions.LIST_PODS, namespace=SYSTEM, labelSelector="k8s-app=aws-node")
CALLER = Request.of(actions.GET_CALLER_IDENTITY)


def pending_pods(namespace: str = "") -> Request:
    """Pods that are not running yet; all namespaces when empty."""
    return Request.of(actions.LIST_PODS, fieldSelector="status.phase=Pending", **_scope(namespace))


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
