"""How a node came to be, read off its labels and its provisioner's own objects."""

from dataclasses import replace

from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.node_instance import InstanceTypes, NodeInstance
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap, listed
from eksdoctor.model.facts.fact import NotKnown, Reason, Unknown, known
from eksdoctor.model.instance_types.compute import Compute
from eksdoctor.model.instance_types.limits import InstanceLimits, bundled_limits
from eksdoctor.model.instance_types.max_pods_formula import Networking
from eksdoctor.model.instance_types.max_pods_setting import Provisioner
from eksdoctor.model.instance_types.node_origin import Image, Origin, image_of
from eksdoctor.model.instance_types.provisioner_defaults import KarpenterSettings, eni_max_pods
from eksdoctor.model.node_groups.managed_node_group import NodeGroup, NodeGroups
from eksdoctor.snapshot.records import karpenter, launch_template
from eksdoctor.snapshot.records.karpenter import LIST_EC2_NODE_CLASSES, LIST_NODE_POOLS

NODE_GROUP = "eks.amazonaws.com/nodegroup"
NODE_POOL = "karpenter.sh/nodepool"
NODE_CLASS = "karpenter.k8s.aws/ec2nodeclass"
OLD_POOL = "karpenter.sh/provisioner-name"  # Karpenter before its NodePools
CUSTOM_FAMILY = "Custom"  # Karpenter hands on the user data as it stands
BY_IMAGE = {
    Image.AL2: Provisioner.BOOTSTRAP,
    Image.AL2023: Provisioner.NODEADM,
    Image.BOTTLEROCKET: Provisioner.BOTTLEROCKET,
}
NO_TEMPLATE = Unknown(
    (Reason("user data of nodes that neither EKS nor Karpenter manages is not collected", asked=False),)
)


def origin_of(node: Node) -> Origin:
    """What is known of a node's making; raises NotKnown where what decides it was not read."""
    compute = known(node.compute)
    if compute not in (Compute.EC2, Compute.AUTO):
        raise NotKnown.because("the node is not an EC2 instance")
    origin = Origin(_image(node), _limits(node))
    labels = known(node.labels)
    if compute == Compute.AUTO:
        return replace(origin, is_auto_mode=True)
    if is_karpenter(labels):
        return _by_karpenter(origin, node_class_of(node))
    if NODE_GROUP in labels:
        return _by_group(origin, node_group_of(node), known(node.instance_type))
    return replace(origin, unread_user_data=NO_TEMPLATE)


def provisioners_of(node: Node) -> tuple[Provisioner, ...]:
    """Who gives new nodes of this one's kind their max-pods; several where the deciding record is unread."""
    labels = known(node.labels)
    if known(node.compute) == Compute.AUTO:
        return (Provisioner.AUTO_MODE,)
    if is_karpenter(labels):
        return (_own(node),) if _has_custom_family(node) else (Provisioner.KARPENTER,)
    own = _own(node)
    if NODE_GROUP not in labels or own is Provisioner.BOTTLEROCKET:  # its user data wins over EKS's
        return (own,)
    try:
        return (own,) if node_group_of(node).has_own_ami else (Provisioner.MANAGED_NODE_GROUP,)
    except NotKnown:
        return (Provisioner.MANAGED_NODE_GROUP, own)


def is_karpenter(labels: dict[str, str]) -> bool:
    """Whether Karpenter launched a node with these labels."""
    return any(label in labels for label in (NODE_POOL, NODE_CLASS, OLD_POOL))


def node_group_of(node: Node) -> NodeGroup:
    """The managed node group a node is of."""
    name, cluster = known(node.labels)[NODE_GROUP], node.cluster
    groups = known(cluster.part(NodeGroups).node_groups)
    found = next((group for group in groups if group.name == name), None)
    if found is not None:
        return found
    eks_name = known(cluster.target_name)
    for request in (requests.nodegroup_names(eks_name), requests.nodegroup(eks_name, name)):
        missing = gap(cluster.snapshot, request)
        if missing is not None:
            raise NotKnown(missing)
    raise NotKnown.because(f"EKS has no node group {name}")


def node_class_of(node: Node) -> karpenter.EC2NodeClass:
    """The EC2NodeClass that Karpenter launched a node from, by its label or by its NodePool."""
    labels, snapshot = known(node.labels), node.cluster.snapshot
    if OLD_POOL in labels:
        raise NotKnown.because("the node's Karpenter version had no EC2NodeClass")
    name = labels.get(NODE_CLASS) or _class_of_pool(node, labels.get(NODE_POOL, ""))
    classes = listed(snapshot, LIST_EC2_NODE_CLASSES.kind, requests.EC2_NODE_CLASSES)
    found = next((one for one in classes if one.metadata.name == name), None)
    if found is None:
        classes.all()
        raise NotKnown.because(f"there is no EC2NodeClass {name}")
    return found


def _class_of_pool(node: Node, name: str) -> str:
    pools = listed(node.cluster.snapshot, LIST_NODE_POOLS.kind, requests.NODE_POOLS)
    found = next((pool for pool in pools if pool.metadata.name == name), None)
    if found is None:
        pools.all()
        raise NotKnown.because(f"there is no NodePool {name}")
    return found.spec.template.spec.node_class_ref.name


def _has_custom_family(node: Node) -> bool:
    try:
        return node_class_of(node).spec.ami_family == CUSTOM_FAMILY
    except NotKnown:
        return False


def _own(node: Node) -> Provisioner:
    """Who reads max-pods where neither EKS nor Karpenter gives a number."""
    return BY_IMAGE.get(_image(node), Provisioner.KUBELET)


def _image(node: Node) -> Image:
    record = node.record
    if record is None or not record.status.node_info.os_image:
        raise NotKnown.because("the node does not report its OS image")
    return image_of(record.status.node_info.os_image)


def _limits(node: Node) -> tuple[InstanceLimits, ...]:
    """The type's limits, and those of the bundled table where its network cards are described otherwise."""
    limits = known(node.part(NodeInstance).limits)
    bundled = bundled_limits(limits.instance_type)
    if bundled is None or eni_max_pods(bundled) == eni_max_pods(limits):
        return (limits,)
    return (limits, bundled)


def _by_karpenter(origin: Origin, node_class: karpenter.EC2NodeClass) -> Origin:
    spec = node_class.spec
    if spec.ami_family == CUSTOM_FAMILY:
        return _with_user_data(origin, spec.user_data_setting)
    number = spec.kubelet.max_pods
    if isinstance(number, str):
        raise NotKnown.because(
            f"maxPods of EC2NodeClass {node_class.metadata.name} is an expression (not evaluated)"
        )
    return replace(origin, karpenter=KarpenterSettings(None, number, spec.kubelet.pods_per_core or 0))


def _by_group(origin: Origin, group: NodeGroup, own_type: str) -> Origin:
    types = group.instance_types or (own_type,)  # a launch template names one, and EKS then lists none
    cni = group.cluster.part(CNI)
    made = replace(
        origin,
        group=tuple(group.cluster.part(InstanceTypes).limits_of(name) for name in types),
        custom_ami=group.has_own_ami if group.record.ami_type else None,
        networking=Networking(known(cni.prefix_delegation), known(cni.custom_networking)),
    )
    version = group.launch_template_version
    if isinstance(version, Unknown):
        return replace(made, unread_user_data=version)
    return made if version is None else _with_user_data(made, version)


def _with_user_data(origin: Origin, setting: launch_template.MaxPodsSetting) -> Origin:
    if setting.max_pods is not None:
        return replace(origin, user_data_max_pods=setting.max_pods)
    if setting.max_pods_expression is not None:
        text = "max-pods is an expression in the user data, which is not computed here"
    elif setting.user_data in ("none", "read"):
        return origin
    else:
        text = "the launch template's user data can't be parsed for max-pods"
    return replace(origin, unread_user_data=Unknown.because(text))
