"""Which ENIConfig a node resolves to, in the daemon's own order.

amazon-vpc-cni-k8s pkg/eniconfig/eniconfig.go: the external label wins, then the annotation, then the
label, then the literal name `default`. The default annotation key therefore beats a zone label.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from eksdoctor.model.version import Version
from eksdoctor.snapshot.records import kubernetes

if TYPE_CHECKING:
    from eksdoctor.model.cluster import Cluster
    from eksdoctor.model.subnet import Subnet

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
    def groups(self) -> tuple[str, ...]:
        """Its security groups; without any the node's primary ENI's are used."""
        return self.record.spec.security_groups
