"""The resources that the lab serves: a new kind of record is one entry here."""

from dataclasses import dataclass, field

from eksdoctor.snapshot.declaration import Action
from eksdoctor.snapshot.records.admission import LIST_MUTATING_WEBHOOKS
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
)

# Field selectors: the path in the document, and what stands for an absent field.
Fields = dict[str, tuple[str, str]]
_POD_FIELDS: Fields = {
    "spec.nodeName": ("spec.nodeName", ""),
    "spec.hostNetwork": ("spec.hostNetwork", "false"),
    "spec.serviceAccountName": ("spec.serviceAccountName", ""),
    "status.phase": ("status.phase", ""),
    "status.podIP": ("status.podIP", ""),
}
_EVENT_FIELDS: Fields = {
    **{
        f"involvedObject.{name}": (f"involvedObject.{name}", "")
        for name in ("kind", "namespace", "name", "uid")
    },
    "reason": ("reason", ""),
    "type": ("type", ""),
    "reportingComponent": ("reportingComponent", ""),
    "source": ("source.component", ""),
}


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource; `action` is by which the tool lists it, and under whose name requests are recorded.

    `getting` is by which the tool gets one by name, when it has an action of its own for that.
    """

    plural: str
    kind: str
    version: str
    action: Action
    namespaced: str = "namespaced"
    fields: Fields | None = field(default=None, hash=False)
    short: tuple[str, ...] = ()
    getting: Action | None = None

    @property
    def group(self) -> str:
        """The API group, empty for the core."""
        return self.version.partition("/")[0] if "/" in self.version else ""

    @property
    def prefix(self) -> str:
        """The path under which its API version stands."""
        return f"/apis/{self.version}" if self.group else f"/api/{self.version}"

    @property
    def qualified(self) -> str:
        """As messages and permissions name it: `daemonsets.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def selectable(self) -> Fields:
        """What field selectors may name."""
        common = {"metadata.name": ("metadata.name", ""), "metadata.namespace": ("metadata.namespace", "")}
        return common | (self.fields or {})


RESOURCES: tuple[Resource, ...] = (
    Resource(
        "nodes", "Node", "v1", LIST_NODES, "cluster",
        {"spec.unschedulable": ("spec.unschedulable", "false")}, ("no",),
    ),
    Resource("pods", "Pod", "v1", LIST_PODS, fields=_POD_FIELDS, short=("po",)),
    Resource("events", "Event", "v1", LIST_EVENTS, fields=_EVENT_FIELDS, short=("ev",)),
    Resource("configmaps", "ConfigMap", "v1", GET_CONFIG_MAP, short=("cm",)),
    Resource(
        "serviceaccounts", "ServiceAccount", "v1", LIST_SERVICE_ACCOUNTS, short=("sa",),
        getting=GET_SERVICE_ACCOUNT,
    ),
    Resource("daemonsets", "DaemonSet", "apps/v1", LIST_DAEMON_SETS, short=("ds",)),
    Resource("controllerrevisions", "ControllerRevision", "apps/v1", LIST_CONTROLLER_REVISIONS),
    Resource(
        "eniconfigs", "ENIConfig", "crd.k8s.amazonaws.com/v1alpha1", LIST_ENI_CONFIGS, "cluster",
    ),
    Resource(
        "securitygrouppolicies", "SecurityGroupPolicy", "vpcresources.k8s.aws/v1beta1",
        LIST_SECURITY_GROUP_POLICIES, short=("sgp",),
    ),
    Resource(
        "cninodes", "CNINode", "vpcresources.k8s.aws/v1alpha1", LIST_CNI_NODES, "cluster",
        short=("cnd",),
    ),
    Resource("nodepools", "NodePool", "karpenter.sh/v1", LIST_NODE_POOLS, "cluster"),
    Resource(
        "ec2nodeclasses", "EC2NodeClass", "karpenter.k8s.aws/v1", LIST_EC2_NODE_CLASSES, "cluster",
        short=("ec2nc", "ec2ncs"),
    ),
    Resource(
        "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", "admissionregistration.k8s.io/v1",
        LIST_MUTATING_WEBHOOKS, "cluster",
    ),
)  # fmt: skip
