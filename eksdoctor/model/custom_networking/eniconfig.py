"""Which ENIConfig a node resolves to, in the daemon's own order.

amazon-vpc-cni-k8s pkg/eniconfig/eniconfig.go: the external label wins, then the annotation, then the
label, then the literal name `default`. The default annotation key therefore beats a zone label.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.facts.fact import Items, Unknown, fact, join, known, union
from eksdoctor.model.facts.version import Version
from eksdoctor.model.network.security_group_sets import is_missing, is_of_another_vpc
from eksdoctor.model.pods.pod import Pod
from eksdoctor.model.pods.waits_for_eni import pods_without_new_eni
from eksdoctor.snapshot.records import kubernetes

if TYPE_CHECKING:
    from eksdoctor.model.cluster.cluster import Cluster
    from eksdoctor.model.nodes.node import Node
    from eksdoctor.model.subnets.subnet import Subnet

EXTERNAL_LABEL = "vpc.amazonaws.com/externalEniConfig"
DEFAULT_KEY = "k8s.amazonaws.com/eniConfig"
DEFAULT_NAME = "default"
NOT_MADE = (EvidenceClass.SUBNET_MISSING, EvidenceClass.SECURITY_GROUP_MISSING)
EXTERNAL_SINCE = Version(1, 11)


class Via(StrEnum):
    """What named the ENIConfig."""

    EXTERNAL = "external label"
    ANNOTATION = "annotation"
    LABEL = "label"
    DEFAULT = "nothing, so the name is default"


@dataclass(frozen=True, slots=True)
class ENIConfigName:
    """The name a node resolves to, and by what; an empty value gives an empty name, which never exists."""

    name: str
    via: Via
    key: str = ""

    def __str__(self) -> str:
        return self.name or "(empty)"


def resolve(
    labels: Mapping[str, str],
    annotations: Mapping[str, str],
    version: Version,
    annotation_key: str = DEFAULT_KEY,
    label_key: str = DEFAULT_KEY,
) -> ENIConfigName:
    """The ENIConfig's name for a node with these labels and annotations."""
    if version >= EXTERNAL_SINCE and EXTERNAL_LABEL in labels:
        return ENIConfigName(labels[EXTERNAL_LABEL], Via.EXTERNAL, EXTERNAL_LABEL)
    if annotation_key in annotations:
        return ENIConfigName(annotations[annotation_key], Via.ANNOTATION, annotation_key)
    if label_key in labels:
        return ENIConfigName(labels[label_key], Via.LABEL, label_key)
    return ENIConfigName(DEFAULT_NAME, Via.DEFAULT)


class ENIConfig:
    """An ENIConfig: the subnet and security groups of a node's pod ENIs."""

    name: str

    def __init__(self, cluster: "Cluster", record: kubernetes.ENIConfig) -> None:
        self.cluster = cluster
        self.record = record
        self.name = record.metadata.name

    def __str__(self) -> str:
        return self.name

    @property
    def subnet(self) -> "Subnet":
        """Its subnet, which may not exist."""
        return self.cluster.subnet_named(self.record.spec.subnet)

    @property
    def subnet_text(self) -> str:
        """The id it names."""
        return self.record.spec.subnet or "(none)"

    @fact
    def has_subnet(self) -> bool:
        """Whether the subnet it names exists in the cluster's VPC."""
        return known(self.subnet.exists)

    @property
    def groups(self) -> tuple[str, ...]:
        """Its security groups, each once; without any the node's primary ENI's are used."""
        return tuple(dict.fromkeys(self.record.spec.security_groups))

    @fact
    def nodes(self) -> "Items[Node]":
        """The nodes whose pod ENIs it places."""
        return known(self.cluster.eni_config_users(self.name))

    @fact
    def nodes_in_other_zones(self) -> "Items[Node]":
        """Those that its subnet's zone is not the zone of."""
        return known(self.nodes).where(lambda node: node.custom.is_in_another_zone)

    @fact
    def zones_without_it(self) -> tuple[str, ...]:
        """The zones of these."""
        return zones_of(known(self.nodes_in_other_zones))

    @fact
    def nodes_on_its_subnet(self) -> "Items[Node]":
        """Those that stand in its subnet themselves."""
        return known(self.nodes).where(lambda node: node.custom.is_onto_own_subnet)

    @fact
    def pods_in_other_zones(self) -> Items[Pod]:
        """Pods that wait for a new ENI on a node of another zone, by its place or by what EC2 said there."""
        nodes = known(self.nodes)
        elsewhere = (pods_without_new_eni(node) for node in known(self.nodes_in_other_zones))
        return union((*elsewhere, *(_refused_pods(node, EvidenceClass.WRONG_ZONE) for node in nodes)))

    @fact
    def pods_without_eni(self) -> Items[Pod]:
        """Pods that wait for a new ENI on any of its nodes."""
        nodes = known(self.nodes)
        short = (pods_without_new_eni(node) for node in nodes)
        found = union((*short, *(_refused_pods(node, *NOT_MADE) for node in nodes)))
        missing = [part for part in (nodes.missing, found.missing) if part is not None]
        return Items(found.elements, join(missing) if missing else None)

    @fact
    def zone_refusals(self) -> int:
        """How often EC2 refused to attach an ENI to an instance of another zone."""
        return self._refusals(EvidenceClass.WRONG_ZONE)

    @fact
    def subnet_refusals(self) -> int:
        """How often EC2 found no such subnet for an ENI."""
        return self._refusals(EvidenceClass.SUBNET_MISSING)

    @fact
    def group_refusals(self) -> int:
        """How often EC2 found no such security group for an ENI, or one of another VPC."""
        return self._refusals(EvidenceClass.SECURITY_GROUP_MISSING)

    def _refusals(self, name: EvidenceClass) -> int:
        nodes = known(self.nodes)
        found = sum(one.count for node in nodes for one in node.heard.refused(name))
        if not found:
            for node in nodes.all():
                self.cluster.heard.require_hearing(node.name)
        return found

    @fact
    def missing_groups(self) -> Items[str]:
        """Those of its security groups that do not exist."""
        return Items(self.groups).where(lambda group: is_missing(self.cluster, group))

    @fact
    def foreign_groups(self) -> Items[str]:
        """Those of its security groups that are another VPC's."""
        return Items(self.groups).where(lambda group: is_of_another_vpc(self.cluster, group))


def _refused_pods(node: "Node", *classes: EvidenceClass) -> Items[Pod]:
    """The pods that wait on a node whose daemon was so refused an ENI."""
    if not node.heard.refused(*classes):
        return Items()
    waiting = node.starved_pods
    return Items((), waiting) if isinstance(waiting, Unknown) else waiting


def zones_of(nodes: "Items[Node]") -> tuple[str, ...]:
    """The zones that nodes are in, each once."""
    return tuple(sorted(set(nodes.map(lambda node: node.zone))))
