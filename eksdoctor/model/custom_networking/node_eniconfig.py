"""Which ENIConfig a node resolves to."""

from eksdoctor.model.custom_networking.eniconfig import (
    DEFAULT_KEY,
    ENIConfig,
    ENIConfigName,
    ENIConfigs,
    resolve,
)
from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import fact, known


class NodeENIConfig(NodePart, inline=True):
    """The ENIConfig of a node."""

    @fact
    def eni_config_name(self) -> ENIConfigName:
        """The ENIConfig this node resolves to under custom networking."""
        cni, meta = self.node.cluster.part(CNI), self.node.known_record_or_raise().metadata
        keys = [known(cni.environment).text(f"ENI_CONFIG_{kind}_DEF") for kind in ("ANNOTATION", "LABEL")]
        annotation, label = (key or DEFAULT_KEY for key in keys)
        return resolve(meta.labels, meta.annotations, known(cni.version), annotation, label)

    @fact
    def eni_config(self) -> ENIConfig | None:
        """The ENIConfig of that name; None when it is known not to exist."""
        return self.node.cluster.part(ENIConfigs).eni_config_named(known(self.eni_config_name).name)
