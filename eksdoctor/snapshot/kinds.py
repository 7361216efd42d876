"""The kinds of record a snapshot holds, and in which file each stands.

A file has the shape of the API's own list answer, so that `kubectl get … -o json` and
`aws … --output json` written into a folder are a snapshot too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from eksdoctor.snapshot.records import (
    admission,
    aws,
    cloudtrail,
    identity,
    karpenter,
    kubernetes,
    launch_template,
    network,
    node_text,
    quotas,
)

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Kind(Generic[R]):
    """One kind of record.

    `file` is its path in a snapshot less `.json`; `items` the key the list stands under, empty when
    the answer is one object; `identity` what makes two records the same one; `whole` says that the
    document is kept as answered (less `scrub`bed parts) so that tomorrow's rules find what they need.
    """

    file: str
    items: str
    record: type[R]
    identity: Callable[[R], str]
    whole: bool = False


def _named(record: Any) -> str:
    return f"{record.metadata.namespace}/{record.metadata.name}"


NODES = Kind("kubernetes/nodes", "items", kubernetes.Node, _named)
PODS = Kind("kubernetes/pods", "items", kubernetes.Pod, _named)
POD_ROWS = Kind("kubernetes/pods-table", "rows", kubernetes.PodRow, lambda row: "\0".join(row.cells))
EVENTS = Kind("kubernetes/events", "items", kubernetes.Event, _named)
DAEMON_SETS = Kind("kubernetes/daemonsets", "items", kubernetes.DaemonSet, _named, whole=True)
ENI_CONFIGS = Kind("kubernetes/eniconfigs", "items", kubernetes.ENIConfig, _named, whole=True)
SECURITY_GROUP_POLICIES = Kind(
    "kubernetes/securitygrouppolicies", "items", kubernetes.SecurityGroupPolicy, _named, whole=True
)
CNI_NODES = Kind("kubernetes/cninodes", "items", kubernetes.CNINode, _named, whole=True)
CONFIG_MAPS = Kind("kubernetes/configmaps", "items", kubernetes.ConfigMap, _named, whole=True)
SERVICE_ACCOUNTS = Kind("kubernetes/serviceaccounts", "items", kubernetes.ServiceAccount, _named)
# Its own file: it is got by name, and tells nothing of whether any list of accounts is whole.
AWS_NODE_ACCOUNT = Kind("kubernetes/serviceaccount-aws-node", "items", kubernetes.ServiceAccount, _named)
CONTROLLER_REVISIONS = Kind("kubernetes/controllerrevisions", "items", kubernetes.ControllerRevision, _named)
NODE_POOLS = Kind("kubernetes/nodepools", "items", karpenter.NodePool, _named, whole=True)
EC2_NODE_CLASSES = Kind("kubernetes/ec2nodeclasses", "items", karpenter.EC2NodeClass, _named, whole=True)
MUTATING_WEBHOOKS = Kind(
    "kubernetes/mutatingwebhookconfigurations", "items", admission.MutatingWebhookConfiguration, _named
)
WORDS = Kind(
    "nodes/words", "items", node_text.Words, lambda text: f"{text.node} {text.kind} {text.name} {text.at}"
)

CALLER = Kind("aws/sts-get-caller-identity", "", aws.CallerIdentity, lambda caller: caller.arn, whole=True)
CLUSTER = Kind("aws/eks-describe-cluster", "cluster", aws.Cluster, lambda cluster: cluster.name, whole=True)
ADDONS = Kind("aws/eks-describe-addon", "addon", aws.Addon, lambda addon: addon.addon_name, whole=True)
NODEGROUP_NAMES = Kind("aws/eks-list-nodegroups", "nodegroups", str, lambda name: name, whole=True)
NODEGROUPS = Kind(
    "aws/eks-describe-nodegroup", "nodegroup", aws.Nodegroup, lambda group: group.nodegroup_name, whole=True
)
SUBNETS = Kind("aws/ec2-describe-subnets", "Subnets", aws.Subnet, lambda subnet: subnet.subnet_id, whole=True)
VPCS = Kind("aws/ec2-describe-vpcs", "Vpcs", aws.Vpc, lambda vpc: vpc.vpc_id, whole=True)
INSTANCE_TYPES = Kind(
    "aws/ec2-describe-instance-types", "InstanceTypes", aws.InstanceType, lambda kind: kind.instance_type
)
RESERVATIONS = Kind(
    "aws/ec2-get-subnet-cidr-reservations",
    "SubnetIpv4CidrReservations",
    aws.CidrReservation,
    lambda reservation: reservation.subnet_cidr_reservation_id,
    whole=True,
)
INTERFACES = Kind(
    "aws/ec2-describe-network-interfaces",
    "NetworkInterfaces",
    aws.NetworkInterface,
    lambda interface: interface.network_interface_id,
)
SECURITY_GROUPS = Kind(
    "aws/ec2-describe-security-groups", "SecurityGroups", aws.SecurityGroup, lambda group: group.group_id
)
LAUNCH_TEMPLATE_VERSIONS = Kind(
    "aws/ec2-describe-launch-template-versions",
    "LaunchTemplateVersions",
    launch_template.LaunchTemplateVersion,
    lambda version: f"{version.launch_template_id} {version.version_number}",
)
ROUTE_TABLES = Kind(
    "aws/ec2-describe-route-tables",
    "RouteTables",
    network.RouteTable,
    lambda table: table.route_table_id,
    whole=True,
)
SECURITY_GROUP_RULES = Kind(
    "aws/ec2-describe-security-group-rules",
    "SecurityGroupRules",
    network.SecurityGroupRule,
    lambda rule: rule.security_group_rule_id,
    whole=True,
)
VPC_ENDPOINTS = Kind(
    "aws/ec2-describe-vpc-endpoints",
    "VpcEndpoints",
    network.VpcEndpoint,
    lambda endpoint: endpoint.vpc_endpoint_id,
    whole=True,
)
POD_IDENTITY_NAMES = Kind(
    "aws/eks-list-pod-identity-associations",
    "associations",
    identity.PodIdentitySummary,
    lambda association: association.association_id,
    whole=True,
)
POD_IDENTITIES = Kind(
    "aws/eks-describe-pod-identity-association",
    "association",
    identity.PodIdentity,
    lambda association: association.association_id,
    whole=True,
)
ROLES = Kind("aws/iam-get-role", "Role", identity.Role, lambda role: role.role_name, whole=True)
ATTACHED_POLICIES = Kind(
    "aws/iam-list-attached-role-policies",
    "AttachedPolicies",
    identity.AttachedPolicy,
    lambda policy: f"{policy.role_name} {policy.policy_name}",
)
INLINE_POLICIES = Kind(
    "aws/iam-list-role-policies",
    "PolicyNames",
    identity.InlinePolicy,
    lambda policy: f"{policy.role_name} {policy.policy_name}",
)
QUOTAS = Kind(
    "aws/service-quotas-get-service-quota",
    "Quota",
    quotas.Quota,
    lambda quota: f"{quota.service_code} {quota.quota_code}",
)
DEFAULT_QUOTAS = Kind(
    "aws/service-quotas-get-aws-default-service-quota",
    "Quota",
    quotas.Quota,
    lambda quota: f"{quota.service_code} {quota.quota_code}",
)
TRAIL_EVENTS = Kind(
    "aws/cloudtrail-lookup-events", "Events", cloudtrail.TrailEvent, lambda event: event.event_id
)

SINGLE = frozenset({"cluster", "addon", "nodegroup", "association", "Role", "Quota"})
"""The keys under which an answer holds one object."""

KINDS: tuple[Kind[Any], ...] = (
    NODES, PODS, POD_ROWS, EVENTS, DAEMON_SETS, ENI_CONFIGS, SECURITY_GROUP_POLICIES, CNI_NODES, CONFIG_MAPS,
    SERVICE_ACCOUNTS, AWS_NODE_ACCOUNT, CONTROLLER_REVISIONS, NODE_POOLS, EC2_NODE_CLASSES, MUTATING_WEBHOOKS,
    WORDS,
    CALLER, CLUSTER, ADDONS, NODEGROUP_NAMES, NODEGROUPS, SUBNETS, VPCS, INSTANCE_TYPES, RESERVATIONS,
    INTERFACES, SECURITY_GROUPS, LAUNCH_TEMPLATE_VERSIONS, ROUTE_TABLES, SECURITY_GROUP_RULES, VPC_ENDPOINTS,
    POD_IDENTITY_NAMES, POD_IDENTITIES, ROLES, ATTACHED_POLICIES, INLINE_POLICIES, QUOTAS, DEFAULT_QUOTAS,
    TRAIL_EVENTS,
)  # fmt: skip
