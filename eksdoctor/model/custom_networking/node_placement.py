"""A node under custom networking: where its ENIs may stand, and which of them its ENIConfig did not place."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address

from eksdoctor.model.custom_networking.eniconfig import DEFAULT_KEY, ENIConfig, Via
from eksdoctor.model.custom_networking.node_eniconfig import NodeENIConfig
from eksdoctor.model.entities.node import Node, NodePart
from eksdoctor.model.entities.node_instance import NodeInstance
from eksdoctor.model.entities.pods import Pods
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.entities.subnets import Subnets
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import NotKnown, fact, known
from eksdoctor.model.facts.subject import Part, Subject
from eksdoctor.model.pods.pod_table import PodRows

ZONE_ID = "topology.k8s.aws/zone-id"


class CustomNetworking(NodePart, Subject, name="custom"):
    """The facts of one node that matter only where AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG is on."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.cluster = node.cluster

    @fact
    def subnets(self) -> "tuple[Subnet, ...]":
        """The subnets in which the node's ENIs may stand.

        An ENIConfig that can serve puts them into its subnet. Those of an earlier one stay where they are:
        pods with an address there betray them. With one that cannot serve, all are earlier ones, and an ENI
        stands in its instance's zone.
        """
        own, config = (
            known(self.node.part(NodeInstance).subnet),
            known(self.node.part(NodeENIConfig).eni_config),
        )
        if config is not None and known(config.subnet.exists) and not self._is_elsewhere(config):
            found = [own, config.subnet, *self._subnets_of_pods(own, config.subnet)]
        else:
            zone = known(own.zone)
            found = [
                own,
                *(s for s in self.cluster.part(Subnets).subnet_records.all() if known(s.zone) == zone),
            ]
        return tuple({subnet.id: subnet for subnet in found}.values())

    def _subnets_of_pods(self, *but: "Subnet") -> "Iterator[Subnet]":
        ranges = [known(subnet.cidr) for subnet in but]
        for text in self._addresses_of_pods():
            try:
                address = IPv4Address(text)
            except AddressValueError:
                continue
            if not any(address in network for network in ranges):
                found = self.cluster.part(Subnets).subnet_at(int(address))
                if found is not None:
                    yield found

    def _addresses_of_pods(self) -> set[str]:
        """As far as pods may be read."""
        own = {
            pod.record.status.pod_ip
            for pod in self.cluster.part(Pods).pods_on(self.node.name)
            if pod.record is not None and pod.holds_pool_address
        }
        try:
            return own | self.cluster.part(PodRows).pod_table().addresses.get(self.node.name, set())
        except NotKnown:
            return own

    @fact
    def subnet_text(self) -> str:
        """The subnet that its ENIConfig names."""
        config = known(self.node.part(NodeENIConfig).eni_config)
        return "(none)" if config is None else config.subnet_text

    @fact
    def is_in_another_zone(self) -> bool:
        """Whether its ENIConfig's subnet is in another zone, so that no ENI made there can be attached."""
        config = known(self.node.part(NodeENIConfig).eni_config)
        if config is None or not known(config.subnet.exists):
            return False
        return self._is_elsewhere(config)

    def _is_elsewhere(self, config: ENIConfig) -> bool:
        """By zone ids where both are known: names are an account's own."""
        ours, theirs = known(self.node.labels).get(ZONE_ID, ""), config.subnet.zone_id
        if ours and theirs:
            return ours != theirs
        return known(self.node.zone) != known(config.subnet.zone)

    @fact
    def overridden_name(self) -> str:
        """The ENIConfig that its label names and an annotation overrides; empty when none does."""
        chosen = known(self.node.part(NodeENIConfig).eni_config_name)
        key = known(self.cluster.part(CNI).environment).text("ENI_CONFIG_LABEL_DEF") or DEFAULT_KEY
        named = known(self.node.labels).get(key)
        if chosen.via != Via.ANNOTATION or named is None or named == chosen.name:
            return ""
        return named or "(empty)"

    @fact
    def is_onto_own_subnet(self) -> bool:
        """Whether its ENIConfig names the subnet that the node itself stands in."""
        config = known(self.node.part(NodeENIConfig).eni_config)
        return config is not None and config.subnet.id == known(self.node.part(NodeInstance).subnet).id


class CustomNetworkingPart(Part, of=CustomNetworking):
    """Facts of one topic about a node under custom networking."""

    def __init__(self, custom: CustomNetworking) -> None:
        self.node = custom.node
