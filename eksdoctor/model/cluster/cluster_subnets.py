"""Where the ENIs of a cluster stand: subnets, ENIConfigs, ranges, node groups."""

from collections import defaultdict
from functools import cached_property
from ipaddress import IPv4Network

from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.cluster.cluster_pods import ClusterPods
from eksdoctor.model.custom_networking.eniconfig import ENIConfig
from eksdoctor.model.custom_networking.eniconfig_evidence import heard_configs
from eksdoctor.model.custom_networking.eniconfig_users import ENIConfigUse, heard_uses
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap, listed
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known
from eksdoctor.model.network.security_group_sets import GroupSet, group_sets
from eksdoctor.model.nodes.node import Node
from eksdoctor.model.provisioning.managed_node_group import NodeGroup
from eksdoctor.model.subnets.discovery_evidence import missed_by_name
from eksdoctor.model.subnets.subnet import Subnet
from eksdoctor.model.subnets.vpc_cidrs import VpcRange, ranges
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records import aws

OWN_SUBNETS = "the cluster's own subnets"


class ClusterSubnets(ClusterPods):
    """Its subnets and what places ENIs in them."""

    @cached_property
    def _subnets(self) -> dict[str, Subnet]:
        return {
            record.subnet_id: Subnet(self.whole, record.subnet_id, record)
            for record in self.snapshot.of(kinds.SUBNETS)
        }

    @cached_property
    def subnet_records(self) -> Items[Subnet]:
        """The subnets of the cluster's VPC."""
        vpc = self.vpc_id
        if isinstance(vpc, Unknown):
            return Items((), vpc)
        mine = tuple(s for s in self._subnets.values() if s.record is not None and s.record.vpc_id == vpc)
        return Items(mine, gap(self.snapshot, requests.subnets(vpc)))

    def subnet_named(self, subnet_id: str) -> Subnet:
        """A subnet by id; one that is only named somewhere has unknown facts."""
        if subnet_id not in self._subnets:
            self._subnets[subnet_id] = Subnet(self.whole, subnet_id, None)
        return self._subnets[subnet_id]

    @cached_property
    def _ranges(self) -> list[tuple[int, int, Subnet]]:
        ranges = []
        for subnet in self.subnet_records:
            network = subnet.cidr
            if isinstance(network, IPv4Network):
                ranges.append((int(network.network_address), int(network.broadcast_address), subnet))
        return ranges

    def subnet_at(self, address: int) -> Subnet | None:
        """The VPC's subnet that an address lies in."""
        return next((subnet for first, last, subnet in self._ranges if first <= address <= last), None)

    @fact
    def pod_subnets(self) -> Items[Subnet]:
        """The subnets that pods draw on."""
        owners = known(self.nodes_of_vpc_cni).map(lambda node: node.pod_subnet)
        distinct = {subnet.id: subnet for subnet in owners}
        distinct |= {name: self.subnet_named(name) for name in self.heard.subnets_refused}
        return Items(tuple(distinct[key] for key in sorted(distinct)), owners.missing)

    @fact
    def tagged_subnets(self) -> Items[Subnet]:
        """The VPC's subnets that carry the CNI's discovery tag, and those that only daemons tell of."""
        found = self.subnet_records.where(lambda subnet: subnet.is_tagged_for_pods)
        if found.missing is None:
            return found
        heard = (self.subnet_named(name) for name in missed_by_name(self.whole))
        return Items((*found, *(subnet for subnet in heard if subnet.record is None)), found.missing)

    @fact
    def control_plane_subnets(self) -> Items[Subnet]:
        """The subnets that the cluster itself was given, where EKS puts its own ENIs.

        One stands for them where only EKS's refusal tells of them.
        """
        try:
            self.require_same_cluster()
            ids = known(self.record).resources_vpc_config.subnet_ids
        except NotKnown as missing:
            said = self.heard.said(EvidenceClass.CONTROL_PLANE_SUBNET_SHORT)
            return Items((self.subnet_named(OWN_SUBNETS),) if said else (), missing.unknown)
        return Items(tuple(self.subnet_named(subnet) for subnet in sorted(set(ids))))

    @cached_property
    def _interfaces(self) -> dict[str, list[aws.NetworkInterface]]:
        found: dict[str, list[aws.NetworkInterface]] = defaultdict(list)
        for eni in self.snapshot.of(kinds.INTERFACES):
            found[eni.subnet_id].append(eni)
        return found

    def interfaces_in(self, subnet: str) -> tuple[aws.NetworkInterface, ...]:
        """The ENIs of a subnet that were answered."""
        return tuple(self._interfaces.get(subnet, ()))

    @fact
    def eni_configs(self) -> Items[ENIConfig]:
        """The ENIConfigs."""
        records = listed(self.snapshot, kinds.ENI_CONFIGS, requests.ENI_CONFIGS)
        return Items(tuple(ENIConfig(self.whole, record) for record in records), records.missing)

    @fact
    def eni_configs_at_work(self) -> Items[ENIConfig]:
        """The same, and those of nodes of which only EC2's answers tell."""
        found = self.eni_configs
        configs = Items[ENIConfig]((), found) if isinstance(found, Unknown) else found
        return Items((*configs, *heard_configs(self.whole)), configs.missing)

    def eni_config_named(self, name: str) -> ENIConfig | None:
        """An ENIConfig by name, None when there is none; raises NotKnown when the list is not whole."""
        configs = known(self.eni_configs)
        found = next((config for config in configs if config.name == name), None)
        if found is None:
            configs.all()
        return found

    @fact
    def eni_config_uses(self) -> Items[ENIConfigUse]:
        """The names of ENIConfigs that nodes resolve to; none without custom networking."""
        custom = self.cni.custom_networking
        if custom is False:
            return Items()
        if isinstance(custom, Unknown):
            return Items(tuple(heard_uses(self.whole, set())), custom)
        nodes = known(self.nodes_of_vpc_cni)
        names = nodes.map(lambda node: node.eni_config_name)
        groups: dict[str, list[Node]] = {}
        for node in nodes:
            name = node.eni_config_name
            if not isinstance(name, Unknown):
                groups.setdefault(name.name, []).append(node)
        used = ((name, Items(tuple(groups[name]), names.missing)) for name in sorted(groups))
        uses = [ENIConfigUse(self.whole, name, members) for name, members in used]
        placed = {node.name for members in groups.values() for node in members}
        return Items((*uses, *heard_uses(self.whole, placed)), names.missing)

    def eni_config_users(self, name: str) -> Items[Node] | Unknown:
        """The nodes that resolve to an ENIConfig."""
        uses = self.eni_config_uses
        if isinstance(uses, Unknown):
            return uses
        return next((use.nodes for use in uses if use.wanted == name), Items((), uses.missing))

    @fact
    def security_group_sets(self) -> Items[GroupSet]:
        """The security groups that ENIConfigs and policies put on one ENI together."""
        return group_sets(self.whole)

    @fact
    def vpc_ranges(self) -> Items[VpcRange]:
        """The CIDR blocks of the VPC."""
        return ranges(self.whole)

    @fact
    def node_groups(self) -> Items[NodeGroup]:
        """The managed node groups that were looked at."""
        name = known(self.target_name)
        self.require_same_cluster()
        names = listed(self.snapshot, kinds.NODEGROUP_NAMES, requests.nodegroup_names(name))
        asked = [requests.nodegroup(name, group) for group in names]
        found = listed(self.snapshot, kinds.NODEGROUPS, requests.nodegroup_names(name), *asked)
        return Items(tuple(NodeGroup(self.whole, record) for record in found), found.missing)
