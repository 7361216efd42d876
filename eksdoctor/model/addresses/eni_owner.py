"""Who holds an ENI: this cluster's node, a pod's branch, nobody any more, another cluster, a service."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from eksdoctor.model.addresses.aws_service_enis import control_plane_of, service_by_type, service_of
from eksdoctor.snapshot.records import aws

CLUSTER_TAGS = ("cluster.k8s.amazonaws.com/name", "eks:eks-cluster-name", "eks:cluster-name")
OWNED = "kubernetes.io/cluster/"  # and the cluster's name; the value says `owned`
INSTANCE_ID = "node.k8s.amazonaws.com/instance_id"
CREATED_AT = "node.k8s.amazonaws.com/createdAt"
NO_MANAGE = "node.k8s.amazonaws.com/no_manage"
TRUNK_ID = "vpcresources.k8s.aws/trunk-eni-id"
CNI_DESCRIPTION = "aws-K8S-"
BRANCH_DESCRIPTION = "aws-k8s-branch-eni"
AVAILABLE = "available"  # attached to no instance and associated with no trunk
GRACE = timedelta(minutes=5)  # ipamd's own: it makes an ENI, then attaches it
UNNAMED = "a cluster that does not tag its ENIs"


class Owner(StrEnum):
    """What kind of holder."""

    NODE = "node"
    UNMANAGED = "unmanaged"  # on a node of this cluster, and the daemon leaves it alone
    BRANCH = "branch"
    LEAKED = "leaked"
    CONTROL_PLANE = "control plane"
    OTHER_CLUSTER = "other cluster"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Holder:
    """An owner and what to call it."""

    owner: Owner
    name: str


NODES = Holder(Owner.NODE, "nodes of this cluster")
UNMANAGED = Holder(Owner.UNMANAGED, "ENIs on nodes of this cluster that aws-node leaves alone")
BRANCHES = Holder(Owner.BRANCH, "branch ENIs of this cluster's pods")
LEAKED = Holder(Owner.LEAKED, "leaked ENIs")
OWN_CONTROL_PLANE = Holder(Owner.CONTROL_PLANE, "control plane of this cluster")


@dataclass(frozen=True, slots=True)
class Estate:
    """What tells this cluster's ENIs from others'.

    `node_addresses` are the nodes' InternalIPs: a Fargate pod's ENI shows no instance. `clusters` is
    the cluster of every instance that one of its ENIs names, empty for one without a name: a node's
    primary ENI usually carries no tag of its own.
    """

    cluster: str
    instances: AbstractSet[str]
    node_addresses: AbstractSet[str]
    clusters: Mapping[str, str]
    seen: AbstractSet[str]
    at: datetime

    @classmethod
    def of(
        cls,
        cluster: str,
        instances: Iterable[str],
        node_addresses: Iterable[str],
        interfaces: Iterable[aws.NetworkInterface],
        at: datetime,
    ) -> "Estate":
        """The estate as these ENIs show it; give those of other subnets too where they are known."""
        clusters: dict[str, str] = {}
        seen: set[str] = set()
        for eni in interfaces:
            seen.add(eni.network_interface_id)
            name, instance = _cluster_named(eni), _instance(eni)
            if instance and name is not None and not clusters.get(instance):
                clusters[instance] = name
        return cls(cluster, frozenset(instances), frozenset(node_addresses), clusters, seen, at)

    def holder_of(self, eni: aws.NetworkInterface) -> Holder:
        """Who holds the addresses of an ENI."""
        if self._is_on_own_node(eni):
            return UNMANAGED if _tags(eni).get(NO_MANAGE) == "true" else NODES
        service = service_by_type(eni)
        if service:
            return Holder(Owner.SERVICE, service)
        cluster = control_plane_of(eni)
        if cluster == self.cluster:
            return OWN_CONTROL_PLANE
        if cluster:
            return Holder(Owner.SERVICE, f"control plane of cluster {cluster}")
        return self._holder_by_cluster(eni) or Holder(Owner.SERVICE, service_of(eni))

    def _holder_by_cluster(self, eni: aws.NetworkInterface) -> Holder | None:
        cluster = _cluster_named(eni) or self.clusters.get(_instance(eni), _cluster_named(eni))
        if cluster is None:
            return None
        if cluster and cluster != self.cluster:
            return Holder(Owner.OTHER_CLUSTER, f"cluster {cluster}")
        if _is_branch(eni):
            return LEAKED if self._has_lost_its_trunk(eni) else BRANCHES
        if self._is_leaked(eni):
            return LEAKED
        if not cluster and _instance(eni):
            return Holder(Owner.OTHER_CLUSTER, UNNAMED)
        return NODES  # being attached, or of a node that is about to join or to go

    def _is_on_own_node(self, eni: aws.NetworkInterface) -> bool:
        if _instance(eni) in self.instances:
            return True
        return any(
            address.primary and address.private_ip_address in self.node_addresses
            for address in eni.private_ip_addresses
        )

    def _is_leaked(self, eni: aws.NetworkInterface) -> bool:
        """By ipamd's own definition; without a time of creation nobody can say."""
        if eni.status != AVAILABLE or _instance(eni) or not eni.description.startswith(CNI_DESCRIPTION):
            return False
        tags = _tags(eni)
        created = _time(tags.get(CREATED_AT, ""))
        return INSTANCE_ID in tags and created is not None and self.at - created > GRACE

    def _has_lost_its_trunk(self, eni: aws.NetworkInterface) -> bool:
        """No trunk of its id is there and EC2 says that it hangs on none: either alone may be a moment."""
        return eni.status == AVAILABLE and _tags(eni).get(TRUNK_ID, "") not in self.seen


def _cluster_named(eni: aws.NetworkInterface) -> str | None:
    """The cluster an ENI names; empty when only a cluster could have made it, None when none did."""
    tags = _tags(eni)
    is_of_cni = eni.description.startswith(CNI_DESCRIPTION) or INSTANCE_ID in tags or _is_branch(eni)
    if not is_of_cni and not _instance(eni):
        return None
    for key in CLUSTER_TAGS:
        if tags.get(key):
            return tags[key]
    for key, value in tags.items():
        if key.startswith(OWNED) and value == "owned":
            return key.removeprefix(OWNED)
    return "" if is_of_cni else None


def _is_branch(eni: aws.NetworkInterface) -> bool:
    return eni.interface_type == "branch" or eni.description == BRANCH_DESCRIPTION


def _instance(eni: aws.NetworkInterface) -> str:
    return eni.attachment.instance_id if eni.attachment is not None else ""


def _tags(eni: aws.NetworkInterface) -> dict[str, str]:
    return {tag.key: tag.value for tag in eni.tag_set}


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
