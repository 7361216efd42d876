"""Kubernetes objects in the API's shapes, reduced to the fields that are read.

Bulk kinds (nodes, pods, events) are kept as these records: a field that is not declared here never reaches
a snapshot. The environment of workloads is therefore not kept; only the aws-node DaemonSet, which is a whole
document, has its own.
"""

from typing import Any

from msgspec import Struct, field
from msgspec.structs import force_setattr

from eksdoctor.snapshot.declaration import Kind, Resource, full_name, kubernetes_action, kubernetes_list
from eksdoctor.snapshot.records.timestamp import Timestamp

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
DAEMON_CONTAINERS = ("aws-node", "aws-eks-nodeagent", "aws-vpc-cni-init")
# Variables that the webhooks of IRSA and Pod Identity add to a pod: the role it runs with.
IDENTITY_VARIABLES = ("AWS_ROLE_ARN", "AWS_CONTAINER_CREDENTIALS_FULL_URI")


class Metadata(Struct, rename="camel", omit_defaults=True, frozen=True):
    """Name and labels of any object; `name` is empty only in invalid objects."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    labels: dict[str, str] = {}
    creation_timestamp: Timestamp | None = None
    deletion_timestamp: Timestamp | None = None


class AnnotatedMetadata(Metadata, rename="camel", omit_defaults=True, frozen=True):
    """Metadata of kinds whose annotations are configuration (nodes, service accounts)."""

    annotations: dict[str, str] = {}

    def __post_init__(self) -> None:
        self.annotations.pop(LAST_APPLIED, None)


class PodAnnotations(Struct, omit_defaults=True, frozen=True):
    """The annotations with a pod's branch ENIs and IPs; all others are dropped."""

    pod_eni: str | None = field(default=None, name="vpc.amazonaws.com/pod-eni")
    pod_ips: str | None = field(default=None, name="vpc.amazonaws.com/pod-ips")


class PodMetadata(Metadata, rename="camel", omit_defaults=True, frozen=True):
    """Metadata of a pod."""

    annotations: PodAnnotations = field(default_factory=PodAnnotations)


class Condition(Struct, rename="camel", omit_defaults=True, frozen=True):
    """One condition of a node or pod."""

    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""
    last_transition_time: Timestamp | None = None


class NodeAddress(Struct, frozen=True):
    """One address of a node: `InternalIP`, `Hostname`, …."""

    type: str
    address: str


class Taint(Struct, omit_defaults=True, frozen=True):
    """A taint; the effect is `NoSchedule`, `PreferNoSchedule` or `NoExecute`."""

    key: str
    value: str = ""
    effect: str = ""


class NodeSpec(Struct, rename="camel", omit_defaults=True, frozen=True):
    """`provider_id` is `aws:///<zone>/<instance id>` on EC2."""

    provider_id: str = field(default="", name="providerID")
    unschedulable: bool = False
    taints: tuple[Taint, ...] = ()


class NodeInfo(Struct, rename="camel", omit_defaults=True, frozen=True):
    """The node's versions, as its kubelet reports them."""

    os_image: str = ""
    kubelet_version: str = ""
    operating_system: str = ""
    architecture: str = ""


class NodeStatus(Struct, rename="camel", omit_defaults=True, frozen=True):
    """Quantities are kept as the API writes them (`"29"`)."""

    addresses: tuple[NodeAddress, ...] = ()
    capacity: dict[str, str] = {}
    allocatable: dict[str, str] = {}
    conditions: tuple[Condition, ...] = ()
    node_info: NodeInfo = field(default_factory=NodeInfo)


class Node(Struct, rename="camel", omit_defaults=True, frozen=True):
    """A node."""

    metadata: AnnotatedMetadata
    spec: NodeSpec = field(default_factory=NodeSpec)
    status: NodeStatus = field(default_factory=NodeStatus)


class Resources(Struct, omit_defaults=True, frozen=True):
    """Resource limits of one container; extended resources are only here."""

    limits: dict[str, str | int] = {}


class IdentityVariable(Struct, omit_defaults=True, frozen=True):
    """A variable that names the role of a container."""

    name: str = ""
    value: str | None = None


class ContainerPort(Struct, rename="camel", omit_defaults=True, frozen=True):
    """A port and its name, which a probe may use."""

    name: str = ""
    container_port: int = 0


class ProbeTarget(Struct, omit_defaults=True, frozen=True):
    """Where a probe connects; `host` is empty for the pod's IP, `port` a number or a name."""

    port: int | str = 0
    host: str = ""


class Probe(Struct, rename="camel", omit_defaults=True, frozen=True):
    """A network probe; a probe that runs a command has none of these fields."""

    http_get: ProbeTarget | None = None
    tcp_socket: ProbeTarget | None = None
    grpc: ProbeTarget | None = None


class Container(Struct, rename="camel", omit_defaults=True, frozen=True):
    """A container's name, limits and probes; of the environment only aws-node's role is kept.

    `env` is None in older snapshots, which did not keep it.
    """

    name: str
    resources: Resources = field(default_factory=Resources)
    ports: tuple[ContainerPort, ...] = ()
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None
    env: tuple[IdentityVariable, ...] | None = None

    def __post_init__(self) -> None:
        if self.env is not None:
            kept = (one for one in self.env if one.name in IDENTITY_VARIABLES)
            force_setattr(self, "env", tuple(kept) if self.name == "aws-node" else None)


class PodSpec(Struct, rename="camel", omit_defaults=True, frozen=True):
    """The part of a pod's specification that decides its node and its IPs.

    The API server always sets `termination_grace_period_seconds`. A record without it is from an older
    snapshot, which kept neither it nor ports and probes.
    """

    node_name: str = ""
    host_network: bool = False
    service_account_name: str = ""
    termination_grace_period_seconds: int | None = None
    containers: tuple[Container, ...] = ()


class RunningState(Struct, rename="camel", omit_defaults=True, frozen=True):
    """The container runs since `started_at`."""

    started_at: Timestamp | None = None


class WaitingState(Struct, omit_defaults=True, frozen=True):
    """The container does not run (again): `CrashLoopBackOff`, `ImagePullBackOff`, `ContainerCreating`, ….

    `message` is the kubelet's.
    """

    reason: str = ""
    message: str = ""


class TerminatedState(Struct, rename="camel", omit_defaults=True, frozen=True):
    """How the container ended; `message` is its termination message, kept for aws-node's containers only."""

    reason: str = ""
    exit_code: int = 0
    message: str = ""
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None


class ContainerState(Struct, omit_defaults=True, frozen=True):
    """One of the three states of a container."""

    running: RunningState | None = None
    waiting: WaitingState | None = None
    terminated: TerminatedState | None = None


class ContainerStatus(Struct, rename="camel", omit_defaults=True, frozen=True):
    """Whether one container runs, and how it ended last.

    The API always sets `state`; it is None in older snapshots, which did not keep it.
    """

    name: str
    ready: bool = False
    restart_count: int = 0
    state: ContainerState | None = None
    last_state: ContainerState | None = None

    def __post_init__(self) -> None:
        if self.name in DAEMON_CONTAINERS:
            return
        for state in (self.state, self.last_state):
            if state is not None and state.terminated is not None:
                force_setattr(state.terminated, "message", "")


class PodStatus(Struct, rename="camel", omit_defaults=True, frozen=True):
    """`pod_ip` is empty until the sandbox has a network."""

    phase: str = ""
    pod_ip: str = field(default="", name="podIP")
    host_ip: str = field(default="", name="hostIP")
    start_time: Timestamp | None = None
    conditions: tuple[Condition, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()


class Pod(Struct, rename="camel", omit_defaults=True, frozen=True):
    """A pod."""

    metadata: PodMetadata
    spec: PodSpec = field(default_factory=PodSpec)
    status: PodStatus = field(default_factory=PodStatus)


class PodRow(Struct, frozen=True):
    """One row of the API server's pod table: [status, IP, node], without names."""

    cells: tuple[str, str, str]


class ObjectReference(Struct, rename="camel", omit_defaults=True, frozen=True):
    """The object of an event."""

    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""


class EventSource(Struct, omit_defaults=True, frozen=True):
    """The component and host that sent an event."""

    component: str = ""
    host: str = ""


class EventSeries(Struct, rename="camel", omit_defaults=True, frozen=True):
    """The count of a repeated event in the newer form."""

    count: int = 0
    last_observed_time: Timestamp | None = None


class Event(Struct, rename="camel", omit_defaults=True, frozen=True):
    """An event; the API server deletes it after an hour."""

    metadata: Metadata
    involved_object: ObjectReference = field(default_factory=ObjectReference)
    reason: str = ""
    message: str = ""
    type: str = ""
    count: int | None = None
    first_timestamp: Timestamp | None = None
    last_timestamp: Timestamp | None = None
    event_time: Timestamp | None = None
    series: EventSeries | None = None
    source: EventSource = field(default_factory=EventSource)
    reporting_component: str = ""


class Selector(Struct, rename="camel", omit_defaults=True, frozen=True):
    """A label selector; present and empty selects everything, absent selects nothing."""

    match_labels: dict[str, str] = {}
    match_expressions: tuple[dict[str, Any], ...] = ()


class EnvironmentVariable(Struct, rename="camel", omit_defaults=True, frozen=True):
    """One variable; `value` is None when it has `valueFrom` or no value."""

    name: str
    value: str | None = None
    value_from: dict[str, Any] | None = None


class TemplateContainer(Struct, omit_defaults=True, frozen=True):
    """A container of a DaemonSet's template; `env_from` are whole ConfigMaps or Secrets of variables."""

    name: str
    image: str = ""
    env: tuple[EnvironmentVariable, ...] = ()
    env_from: tuple[dict[str, Any], ...] = field(default=(), name="envFrom")


class Toleration(Struct, omit_defaults=True, frozen=True):
    """Which taints a pod tolerates; without key and with `Exists` all, without effect every effect."""

    key: str = ""
    operator: str = ""
    value: str = ""
    effect: str = ""


class TemplateSpec(Struct, rename="camel", omit_defaults=True, frozen=True):
    """The pods of a DaemonSet, and the nodes they are for."""

    containers: tuple[TemplateContainer, ...] = ()
    init_containers: tuple[TemplateContainer, ...] = ()
    host_network: bool = False
    node_selector: dict[str, str] = {}
    affinity: dict[str, Any] = {}
    tolerations: tuple[Toleration, ...] = ()


class Template(Struct, omit_defaults=True, frozen=True):
    """A pod template."""

    metadata: Metadata = field(default_factory=Metadata)
    spec: TemplateSpec = field(default_factory=TemplateSpec)


class DaemonSetSpec(Struct, omit_defaults=True, frozen=True):
    """A DaemonSet's specification."""

    template: Template = field(default_factory=Template)


class DaemonSetStatus(Struct, rename="camel", omit_defaults=True, frozen=True):
    """The number of pods that a DaemonSet wants and has ready."""

    desired_number_scheduled: int = 0
    number_ready: int = 0


class FieldManager(Struct, rename="camel", omit_defaults=True, frozen=True):
    """A field manager and the fields it owns; `operation` is `Apply` or `Update`."""

    manager: str = ""
    operation: str = ""
    time: Timestamp | None = None
    fields: dict[str, Any] = field(default_factory=dict, name="fieldsV1")


class DaemonSetMetadata(AnnotatedMetadata, rename="camel", omit_defaults=True, frozen=True):
    """Metadata of a DaemonSet; `managed_fields` is None where it was not kept (all but aws-node)."""

    managed_fields: tuple[FieldManager, ...] | None = None


class DaemonSet(Struct, omit_defaults=True, frozen=True):
    """A DaemonSet."""

    metadata: DaemonSetMetadata
    spec: DaemonSetSpec = field(default_factory=DaemonSetSpec)
    status: DaemonSetStatus = field(default_factory=DaemonSetStatus)


class ENIConfigSpec(Struct, rename="camel", omit_defaults=True, frozen=True):
    """The specification of an ENIConfig; the CRD validates nothing, so both fields may be missing."""

    subnet: str = ""
    security_groups: tuple[str, ...] = ()


class ENIConfig(Struct, omit_defaults=True, frozen=True):
    """The subnet and security groups of pod ENIs with custom networking."""

    metadata: Metadata
    spec: ENIConfigSpec = field(default_factory=ENIConfigSpec)


class GroupIds(Struct, rename="camel", omit_defaults=True, frozen=True):
    """Security group ids of a policy."""

    group_ids: tuple[str, ...] = ()


class SecurityGroupPolicySpec(Struct, rename="camel", omit_defaults=True, frozen=True):
    """Both selectors must match when both are given."""

    pod_selector: Selector | None = None
    service_account_selector: Selector | None = None
    security_groups: GroupIds = field(default_factory=GroupIds)


class SecurityGroupPolicy(Struct, omit_defaults=True, frozen=True):
    """Which pods of a namespace get a branch ENI with which security groups."""

    metadata: Metadata
    spec: SecurityGroupPolicySpec = field(default_factory=SecurityGroupPolicySpec)


class Feature(Struct, omit_defaults=True, frozen=True):
    """A feature that the VPC resource controller provides on a node."""

    name: str
    value: str = ""


class CNINodeSpec(Struct, omit_defaults=True, frozen=True):
    """The features of a node."""

    features: tuple[Feature, ...] = ()


class CNINode(Struct, omit_defaults=True, frozen=True):
    """The VPC resource controller's record of a node that it manages."""

    metadata: Metadata
    spec: CNINodeSpec = field(default_factory=CNINodeSpec)


class ConfigMap(Struct, omit_defaults=True, frozen=True):
    """A ConfigMap."""

    metadata: Metadata
    data: dict[str, str] = {}


class ServiceAccount(Struct, omit_defaults=True, frozen=True):
    """A service account; policies select it by its labels."""

    metadata: AnnotatedMetadata


class RevisionData(Struct, omit_defaults=True, frozen=True):
    """The template in a revision of a DaemonSet, reduced to aws-node."""

    spec: DaemonSetSpec = field(default_factory=DaemonSetSpec)


class ControllerRevision(Struct, omit_defaults=True, frozen=True):
    """A former or current state of a DaemonSet; its creation is when it was first set."""

    metadata: Metadata
    revision: int = 0
    data: RevisionData = field(default_factory=RevisionData)


LIST_NODES = kubernetes_list("nodes", Node, scope="cluster")
LIST_PODS = kubernetes_list("pods", Pod)
TABULATE_PODS = kubernetes_action(
    "tabulate-pods",
    Kind("kubernetes/pods-table", "rows", PodRow, lambda row: "\0".join(row.cells)),
    Resource("pods"),
    "list",
)
LIST_EVENTS = kubernetes_list("events", Event)
LIST_DAEMON_SETS = kubernetes_list("daemonsets", DaemonSet, "apps/v1", whole=True)
LIST_CONTROLLER_REVISIONS = kubernetes_list("controllerrevisions", ControllerRevision, "apps/v1")
LIST_ENI_CONFIGS = kubernetes_list(
    "eniconfigs", ENIConfig, "crd.k8s.amazonaws.com/v1alpha1", scope="cluster", whole=True
)
LIST_SECURITY_GROUP_POLICIES = kubernetes_list(
    "securitygrouppolicies", SecurityGroupPolicy, "vpcresources.k8s.aws/v1beta1", whole=True
)
LIST_CNI_NODES = kubernetes_list(
    "cninodes", CNINode, "vpcresources.k8s.aws/v1alpha1", scope="cluster", whole=True
)
GET_CONFIG_MAP = kubernetes_action(
    "get-configmap",
    Kind("kubernetes/configmaps", "items", ConfigMap, full_name, whole=True),
    Resource("configmaps", names=("amazon-vpc-cni", "kube-proxy-config"), namespace="kube-system"),
    "get",
)
LIST_SERVICE_ACCOUNTS = kubernetes_list("serviceaccounts", ServiceAccount)
# A file of its own: a single account does not show whether any list of accounts is complete.
GET_SERVICE_ACCOUNT = kubernetes_action(
    "get-serviceaccount",
    Kind("kubernetes/serviceaccount-aws-node", "items", ServiceAccount, full_name),
    Resource("serviceaccounts", names=("aws-node",), namespace="kube-system"),
    "get",
)
