"""A question to one API, and what became of it."""

from dataclasses import dataclass, field
from typing import Any

from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.kinds import Kind


@dataclass(frozen=True, slots=True)
class Action:
    """One read-only API action: the kind of record it answers with and the permission it needs.

    `permission` is what a refusal tells the user to ask for: `list nodes` (Kubernetes verb and
    resource) or `ec2:DescribeSubnets` (IAM).
    """

    name: str
    kind: Kind[Any]
    permission: str

    @property
    def source(self) -> str:
        """`kubernetes` or `aws`."""
        return "aws" if self.kind.file.startswith("aws/") else "kubernetes"


LIST_NODES = Action("list-nodes", kinds.NODES, "list nodes")
LIST_PODS = Action("list-pods", kinds.PODS, "list pods")
TABULATE_PODS = Action("tabulate-pods", kinds.POD_ROWS, "list pods")
LIST_EVENTS = Action("list-events", kinds.EVENTS, "list events")
LIST_DAEMON_SETS = Action("list-daemonsets", kinds.DAEMON_SETS, "list daemonsets.apps")
LIST_ENI_CONFIGS = Action("list-eniconfigs", kinds.ENI_CONFIGS, "list eniconfigs.crd.k8s.amazonaws.com")
LIST_SECURITY_GROUP_POLICIES = Action(
    "list-securitygrouppolicies",
    kinds.SECURITY_GROUP_POLICIES,
    "list securitygrouppolicies.vpcresources.k8s.aws",
)
LIST_CNI_NODES = Action("list-cninodes", kinds.CNI_NODES, "list cninodes.vpcresources.k8s.aws")
GET_CONFIG_MAP = Action("get-configmap", kinds.CONFIG_MAPS, "get configmaps/amazon-vpc-cni in kube-system")
LIST_SERVICE_ACCOUNTS = Action("list-serviceaccounts", kinds.SERVICE_ACCOUNTS, "list serviceaccounts")
GET_SERVICE_ACCOUNT = Action(
    "get-serviceaccount", kinds.AWS_NODE_ACCOUNT, "get serviceaccounts/aws-node in kube-system"
)
LIST_CONTROLLER_REVISIONS = Action(
    "list-controllerrevisions", kinds.CONTROLLER_REVISIONS, "list controllerrevisions.apps"
)
LIST_NODE_POOLS = Action("list-nodepools", kinds.NODE_POOLS, "list nodepools.karpenter.sh")
LIST_EC2_NODE_CLASSES = Action(
    "list-ec2nodeclasses", kinds.EC2_NODE_CLASSES, "list ec2nodeclasses.karpenter.k8s.aws"
)
LIST_MUTATING_WEBHOOKS = Action(
    "list-mutatingwebhookconfigurations",
    kinds.MUTATING_WEBHOOKS,
    "list mutatingwebhookconfigurations.admissionregistration.k8s.io",
)
# What the daemons themselves say. `nodes/proxy` amounts to exec on the node: asked for last, never needed.
GET_POD_METRICS = Action("get-pod-metrics", kinds.WORDS, "get pods/proxy in kube-system")
GET_POD_LOG = Action("get-pod-log", kinds.WORDS, "get pods/log in kube-system")
GET_NODE_LOG = Action("get-node-log", kinds.WORDS, "get nodes/proxy")

GET_CALLER_IDENTITY = Action("sts:GetCallerIdentity", kinds.CALLER, "sts:GetCallerIdentity")
DESCRIBE_CLUSTER = Action("eks:DescribeCluster", kinds.CLUSTER, "eks:DescribeCluster")
DESCRIBE_ADDON = Action("eks:DescribeAddon", kinds.ADDONS, "eks:DescribeAddon")
LIST_NODEGROUPS = Action("eks:ListNodegroups", kinds.NODEGROUP_NAMES, "eks:ListNodegroups")
DESCRIBE_NODEGROUP = Action("eks:DescribeNodegroup", kinds.NODEGROUPS, "eks:DescribeNodegroup")
DESCRIBE_SUBNETS = Action("ec2:DescribeSubnets", kinds.SUBNETS, "ec2:DescribeSubnets")
DESCRIBE_VPCS = Action("ec2:DescribeVpcs", kinds.VPCS, "ec2:DescribeVpcs")
DESCRIBE_INSTANCE_TYPES = Action(
    "ec2:DescribeInstanceTypes", kinds.INSTANCE_TYPES, "ec2:DescribeInstanceTypes"
)
GET_SUBNET_CIDR_RESERVATIONS = Action(
    "ec2:GetSubnetCidrReservations", kinds.RESERVATIONS, "ec2:GetSubnetCidrReservations"
)
DESCRIBE_NETWORK_INTERFACES = Action(
    "ec2:DescribeNetworkInterfaces", kinds.INTERFACES, "ec2:DescribeNetworkInterfaces"
)
DESCRIBE_SECURITY_GROUPS = Action(
    "ec2:DescribeSecurityGroups", kinds.SECURITY_GROUPS, "ec2:DescribeSecurityGroups"
)
DESCRIBE_LAUNCH_TEMPLATE_VERSIONS = Action(
    "ec2:DescribeLaunchTemplateVersions",
    kinds.LAUNCH_TEMPLATE_VERSIONS,
    "ec2:DescribeLaunchTemplateVersions",
)
DESCRIBE_ROUTE_TABLES = Action("ec2:DescribeRouteTables", kinds.ROUTE_TABLES, "ec2:DescribeRouteTables")
DESCRIBE_SECURITY_GROUP_RULES = Action(
    "ec2:DescribeSecurityGroupRules", kinds.SECURITY_GROUP_RULES, "ec2:DescribeSecurityGroupRules"
)
DESCRIBE_VPC_ENDPOINTS = Action("ec2:DescribeVpcEndpoints", kinds.VPC_ENDPOINTS, "ec2:DescribeVpcEndpoints")
LIST_POD_IDENTITY_ASSOCIATIONS = Action(
    "eks:ListPodIdentityAssociations", kinds.POD_IDENTITY_NAMES, "eks:ListPodIdentityAssociations"
)
DESCRIBE_POD_IDENTITY_ASSOCIATION = Action(
    "eks:DescribePodIdentityAssociation", kinds.POD_IDENTITIES, "eks:DescribePodIdentityAssociation"
)
GET_ROLE = Action("iam:GetRole", kinds.ROLES, "iam:GetRole")
LIST_ATTACHED_ROLE_POLICIES = Action(
    "iam:ListAttachedRolePolicies", kinds.ATTACHED_POLICIES, "iam:ListAttachedRolePolicies"
)
LIST_ROLE_POLICIES = Action("iam:ListRolePolicies", kinds.INLINE_POLICIES, "iam:ListRolePolicies")
GET_SERVICE_QUOTA = Action("servicequotas:GetServiceQuota", kinds.QUOTAS, "servicequotas:GetServiceQuota")
GET_DEFAULT_SERVICE_QUOTA = Action(
    "servicequotas:GetAWSDefaultServiceQuota",
    kinds.DEFAULT_QUOTAS,
    "servicequotas:GetAWSDefaultServiceQuota",
)
LOOKUP_EVENTS = Action("cloudtrail:LookupEvents", kinds.TRAIL_EVENTS, "cloudtrail:LookupEvents")

ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        LIST_NODES, LIST_PODS, TABULATE_PODS, LIST_EVENTS, LIST_DAEMON_SETS, LIST_ENI_CONFIGS,
        LIST_SECURITY_GROUP_POLICIES, LIST_CNI_NODES, GET_CONFIG_MAP, LIST_SERVICE_ACCOUNTS,
        GET_SERVICE_ACCOUNT, LIST_CONTROLLER_REVISIONS, LIST_NODE_POOLS, LIST_EC2_NODE_CLASSES,
        LIST_MUTATING_WEBHOOKS, GET_POD_METRICS, GET_POD_LOG, GET_NODE_LOG,
        GET_CALLER_IDENTITY, DESCRIBE_CLUSTER, DESCRIBE_ADDON, LIST_NODEGROUPS, DESCRIBE_NODEGROUP,
        DESCRIBE_SUBNETS, DESCRIBE_VPCS, DESCRIBE_INSTANCE_TYPES, GET_SUBNET_CIDR_RESERVATIONS,
        DESCRIBE_NETWORK_INTERFACES, DESCRIBE_SECURITY_GROUPS, DESCRIBE_LAUNCH_TEMPLATE_VERSIONS,
        DESCRIBE_ROUTE_TABLES, DESCRIBE_SECURITY_GROUP_RULES, DESCRIBE_VPC_ENDPOINTS,
        LIST_POD_IDENTITY_ASSOCIATIONS, DESCRIBE_POD_IDENTITY_ASSOCIATION, GET_ROLE,
        LIST_ATTACHED_ROLE_POLICIES, LIST_ROLE_POLICIES, GET_SERVICE_QUOTA, GET_DEFAULT_SERVICE_QUOTA,
        LOOKUP_EVENTS,
    )
}  # fmt: skip

Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """An action with its arguments, hashable: the same question is never asked twice.

    Arguments are named as the API names them. Kubernetes: `namespace`, `name`, `fieldSelector`,
    `labelSelector`. AWS: boto3's parameter names with lists as tuples; an EC2 filter is written
    `filter:<name>`. A look-up in CloudTrail has one `EventName` and goes `LastSeconds` back.
    """

    action: Action
    arguments: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, action: Action, **arguments: Value) -> "Request":
        """A request; `__` in a keyword stands for `:` (`filter__subnet_id` is `filter:subnet-id`)."""
        named = {_argument_name(key): value for key, value in arguments.items()}
        return cls(action, tuple(sorted(named.items())))

    @property
    def values(self) -> dict[str, Value]:
        """The arguments by name."""
        return dict(self.arguments)

    def __str__(self) -> str:
        words = [
            f"{name}={value if isinstance(value, str) else ','.join(value)}" for name, value in self.arguments
        ]
        return " ".join([self.action.name, *words])


def _argument_name(key: str) -> str:
    if key.startswith("filter__"):
        return "filter:" + key.removeprefix("filter__").replace("_", "-")
    return key


REFUSALS = (
    "forbidden",  # 403, AccessDenied: a grant would help
    "unauthenticated",  # 401, no or expired credentials: a login would help
    "timeout",  # no answer within the deadline
    "throttled",  # the API said: later
    "unreachable",  # no connection
    "undecodable",  # an answer that is not what the API promises
    "failed",  # any other error of the API
    "interrupted",  # the user stopped the run
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question has no answer: the class, the API's own words, and what to ask for.

    `grant` is the permission or step that would have allowed it; empty when none would.
    """

    reason: str
    words: str
    grant: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request.

    `documents` are records of the action's kind (Structs, or dicts for whole kinds). With a
    `refusal` there may still be some: the pages that came before it. `absent` is the API's own
    not-found, which is an answer. `dropped` objects came but could not be decoded. `sampled`: there was
    more than was asked for, and these are the newest.
    """

    request: Request
    documents: tuple[Any, ...] = ()
    refusal: Refusal | None = None
    absent: bool = False
    dropped: int = 0
    seconds: float = 0.0
    pages: int = field(default=1)
    sampled: bool = False
