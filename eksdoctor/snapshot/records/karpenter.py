"""Karpenter's objects (API version v1), reduced to what decides the subnets and max-pods of nodes."""

from typing import Any

from msgspec import Struct, field

from eksdoctor.snapshot.declaration import kubernetes_list
from eksdoctor.snapshot.records.kubernetes import Condition, Metadata, Taint
from eksdoctor.snapshot.records.launch_template import MaxPodsSetting


class NodeClassReference(Struct, omit_defaults=True, frozen=True):
    """The node class of a pool."""

    group: str = ""
    kind: str = ""
    name: str = ""


class NodeTemplateSpec(Struct, rename="camel", omit_defaults=True, frozen=True):
    """The nodes of a pool; `requirements` limit instance types and zones."""

    node_class_ref: NodeClassReference = field(default_factory=NodeClassReference)
    requirements: tuple[dict[str, Any], ...] = ()
    taints: tuple[Taint, ...] = ()


class NodeTemplate(Struct, omit_defaults=True, frozen=True):
    """The template of a pool's nodes."""

    spec: NodeTemplateSpec = field(default_factory=NodeTemplateSpec)


class NodePoolSpec(Struct, omit_defaults=True, frozen=True):
    """The specification of a pool; `limits` are quantities as the API writes them."""

    template: NodeTemplate = field(default_factory=NodeTemplate)
    limits: dict[str, str | int] = {}
    weight: int = 0


class NodePoolStatus(Struct, omit_defaults=True, frozen=True):
    """The resources of the nodes that a pool has launched."""

    resources: dict[str, str | int] = {}
    conditions: tuple[Condition, ...] = ()


class NodePool(Struct, omit_defaults=True, frozen=True):
    """A Karpenter NodePool."""

    metadata: Metadata
    spec: NodePoolSpec = field(default_factory=NodePoolSpec)
    status: NodePoolStatus = field(default_factory=NodePoolStatus)


class Kubelet(Struct, rename="camel", omit_defaults=True, frozen=True):
    """`max_pods` is a number, or an expression in controllers that support it."""

    max_pods: int | str | None = None
    pods_per_core: int | None = None


class EC2NodeClassSpec(Struct, rename="camel", omit_defaults=True, frozen=True):
    """`role` is the name of the nodes' IAM role; `user_data_setting` replaces the user data."""

    ami_family: str = ""
    kubelet: Kubelet = field(default_factory=Kubelet)
    role: str = ""
    instance_profile: str = ""
    subnet_selector_terms: tuple[dict[str, Any], ...] = ()
    security_group_selector_terms: tuple[dict[str, Any], ...] = ()
    user_data_setting: MaxPodsSetting = field(default_factory=MaxPodsSetting)


class SelectedSubnet(Struct, omit_defaults=True, frozen=True):
    """A subnet that the terms of a node class select."""

    id: str = ""
    zone: str = ""


class SelectedSecurityGroup(Struct, omit_defaults=True, frozen=True):
    """A security group that the terms of a node class select."""

    id: str = ""
    name: str = ""


class EC2NodeClassStatus(Struct, rename="camel", omit_defaults=True, frozen=True):
    """The subnets and security groups that the terms select."""

    subnets: tuple[SelectedSubnet, ...] = ()
    security_groups: tuple[SelectedSecurityGroup, ...] = ()
    conditions: tuple[Condition, ...] = ()


class EC2NodeClass(Struct, omit_defaults=True, frozen=True):
    """A Karpenter EC2NodeClass."""

    metadata: Metadata
    spec: EC2NodeClassSpec = field(default_factory=EC2NodeClassSpec)
    status: EC2NodeClassStatus = field(default_factory=EC2NodeClassStatus)


LIST_NODE_POOLS = kubernetes_list("nodepools", NodePool, "karpenter.sh/v1", scope="cluster", whole=True)
LIST_EC2_NODE_CLASSES = kubernetes_list(
    "ec2nodeclasses", EC2NodeClass, "karpenter.k8s.aws/v1", scope="cluster", whole=True
)
