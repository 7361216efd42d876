"""Which ENIConfig a node resolves to, in the daemon's own order.

amazon-vpc-cni-k8s pkg/eniconfig/eniconfig.go: the external label wins, then the annotation, then the
label, then the literal name `default`. The default annotation key therefore beats a zone label.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from eksdoctor.model.custom_networking.security_group_lookup import is_missing, is_of_another_vpc
from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.entities.subnets import Subnets
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import listed
from eksdoctor.model.facts.fact import Items, fact, known
from eksdoctor.model.facts.subject import Part, Subject
from eksdoctor.model.facts.version import Version
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.records.kubernetes import LIST_ENI_CONFIGS

EXTERNAL_LABEL = "vpc.amazonaws.com/externalEniConfig"
DEFAULT_KEY = "k8s.amazonaws.com/eniConfig"
DEFAULT_NAME = "default"
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


class ENIConfig(Subject):
    """An ENIConfig: the subnet and security groups of a node's pod ENIs."""

    name: str

    def __init__(
        self, cluster: Cluster, record: kubernetes.ENIConfig, *, only_node: Node | None = None
    ) -> None:
        """`only_node`: the one node it is known from, when the ENIConfigs themselves were not read."""
        self.cluster = cluster
        self.only_node = only_node
        self.record = record
        self.name = record.metadata.name

    def __str__(self) -> str:
        return self.name

    @property
    def subnet(self) -> "Subnet":
        """Its subnet, which may not exist."""
        return self.cluster.part(Subnets).subnet_named(self.record.spec.subnet)

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
    def missing_groups(self) -> Items[str]:
        """Those of its security groups that do not exist."""
        return Items(self.groups).where(lambda group: is_missing(self.cluster, group))

    @fact
    def foreign_groups(self) -> Items[str]:
        """Those of its security groups that are another VPC's."""
        return Items(self.groups).where(lambda group: is_of_another_vpc(self.cluster, group))


class ENIConfigPart(Part, of=ENIConfig):
    """Facts of one topic about an ENIConfig."""

    def __init__(self, config: ENIConfig) -> None:
        self.config = config


class ENIConfigs(ClusterPart, inline=True):
    """The ENIConfigs of a cluster."""

    @fact
    def eni_configs(self) -> Items[ENIConfig]:
        """The ENIConfigs."""
        records = listed(self.cluster.snapshot, LIST_ENI_CONFIGS.kind, requests.ENI_CONFIGS)
        return Items(tuple(ENIConfig(self.cluster, record) for record in records), records.missing)

    def eni_config_named(self, name: str) -> ENIConfig | None:
        """An ENIConfig by name, None when there is none; raises NotKnown when the list is not whole."""
        configs = known(self.eni_configs)
        found = next((config for config in configs if config.name == name), None)
        if found is None:
            configs.all()
        return found


def zones_of(nodes: "Items[Node]") -> tuple[str, ...]:
    """The zones that nodes are in, each once."""
    return tuple(sorted(set(nodes.map(lambda node: node.zone))))
