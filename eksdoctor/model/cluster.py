"""The cluster: everything a snapshot shows of it, with what is missing said."""

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from hashlib import sha256
from ipaddress import IPv4Network

from eksdoctor.model import sources
from eksdoctor.model.address_family import AddressFamily
from eksdoctor.model.branches import Branches
from eksdoctor.model.cni import CNI
from eksdoctor.model.daemons import Daemons
from eksdoctor.model.eni_config import ENIConfig
from eksdoctor.model.eni_config_use import ENIConfigUse, heard_uses
from eksdoctor.model.eni_quota import ENIQuota
from eksdoctor.model.fact import Items, NotKnown, Unknown, fact, join, known
from eksdoctor.model.hearing import Hearing
from eksdoctor.model.identity import Identity
from eksdoctor.model.launching import Launching
from eksdoctor.model.limits import InstanceLimits, bundled_limits, limits_of
from eksdoctor.model.lowering import SPARES, LoweredTargets, lowered, merged_configuration
from eksdoctor.model.node import Node
from eksdoctor.model.node_group import NodeGroup
from eksdoctor.model.pod import Pod, Trouble, last_seen
from eksdoctor.model.pod_ceiling import PodCeiling
from eksdoctor.model.pod_table import PodTable
from eksdoctor.model.policy import Policy
from eksdoctor.model.pool import Targets
from eksdoctor.model.security_groups import GroupSet, group_sets
from eksdoctor.model.sight import LOGS_ALONE, gap, listed
from eksdoctor.model.subnet import Subnet
from eksdoctor.model.vpc import VpcRange, ranges
from eksdoctor.model.windows import WindowsAddresses
from eksdoctor.model.wiring import Wiring
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records import aws, kubernetes
from eksdoctor.snapshot.request import Request
from eksdoctor.snapshot.snapshot import Snapshot

NOT_READY = "NetworkPluginNotReady"


class Cluster:
    """One cluster at one time (`at`); nothing here reads a clock."""

    cni: CNI

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.at = snapshot.at
        self.window = snapshot.window
        self.cni = CNI(self)

    def __str__(self) -> str:
        name = self.target_name
        return "cluster" if isinstance(name, Unknown) else name

    # --- which cluster -------------------------------------------------------------------------

    @fact
    def target_name(self) -> str:
        """The EKS name of the cluster."""
        if not self.snapshot.target.cluster:
            found = self.snapshot.of(kinds.CLUSTER)
            if found:
                return found[0].name
            if self.snapshot.is_of_logs_alone:
                raise NotKnown.because(*LOGS_ALONE)
            raise NotKnown.because("kubeconfig does not name the EKS cluster", "--cluster-name NAME")
        return self.snapshot.target.cluster

    @fact
    def record(self) -> aws.Cluster:
        """DescribeCluster."""
        name = known(self.target_name)
        for cluster in self.snapshot.of(kinds.CLUSTER):
            if cluster.name == name:
                return cluster
        missing = gap(self.snapshot, sources.cluster(name))
        raise NotKnown(
            missing
            if missing is not None
            else Unknown.because(f"EKS knows no cluster {name} in this account and region", ASK_ACCOUNT)
        )

    @fact
    def is_same_in_aws(self) -> bool:
        """Whether the account shows the cluster that kubeconfig talks to: endpoint, or CA for tunnels."""
        target, record = self.snapshot.target, known(self.record)
        if not target.server:
            return True
        if _host(target.server) == _host(record.endpoint):
            return True
        data = "".join(record.certificate_authority.data.split())
        return bool(data) and sha256(data.encode()).hexdigest() == target.certificate

    def require_same_cluster(self) -> None:
        """Raise NotKnown when the account's cluster is another one: its facts are not this cluster's."""
        if known(self.is_same_in_aws) is False:
            raise NotKnown.because("AWS shows another cluster than kubeconfig", ASK_ACCOUNT)

    @fact
    def vpc_id(self) -> str:
        """The cluster's VPC."""
        self.require_same_cluster()
        return known(self.record).resources_vpc_config.vpc_id

    # --- nodes -----------------------------------------------------------------------------------

    @cached_property
    def node_records(self) -> Items[kubernetes.Node]:
        """The nodes the API server lists."""
        return listed(self.snapshot, kinds.NODES, sources.NODES)

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        return {
            record.metadata.name: Node(self, record.metadata.name, record) for record in self.node_records
        }

    @fact
    def nodes(self) -> Items[Node]:
        """Every node."""
        names = dict.fromkeys(record.metadata.name for record in self.node_records)
        if self.node_records.missing is not None:  # then one that is only named somewhere counts too
            bound = (record.spec.node_name for record in self.snapshot.of(kinds.PODS))
            names |= dict.fromkeys(sorted({*self.heard.nodes_named, *bound} - {""}))
        return Items(tuple(self.node_named(name) for name in names), self.node_records.missing)

    def node_named(self, name: str) -> Node:
        """A node by name; one that is only named elsewhere has unknown facts."""
        if name not in self._nodes:
            self._nodes[name] = Node(self, name, None)
        return self._nodes[name]

    @fact
    def nodes_of_vpc_cni(self) -> Items[Node]:
        """The nodes whose pods get addresses from aws-node."""
        return known(self.nodes).where(lambda node: node.is_served_by_vpc_cni)

    @fact
    def ec2_linux_nodes(self) -> Items[Node]:
        """The nodes on which a CNI DaemonSet belongs: EC2, Linux, not Auto Mode."""
        return known(self.nodes).where(lambda node: node.is_ec2_linux)

    @fact
    def nodes_in_question(self) -> Items[Node]:
        """The nodes that pods in trouble are bound to."""
        names = {pod.node_name for pod in known(self.pods_in_trouble)} - {""}
        return Items(
            tuple(self.node_named(name) for name in sorted(names)), known(self.pods_in_trouble).missing
        )

    @cached_property
    def wiring(self) -> Wiring:
        """The paths of pods that have addresses."""
        return Wiring(self)

    @cached_property
    def family(self) -> AddressFamily:
        """The address family that pods get."""
        return AddressFamily(self)

    @cached_property
    def daemons(self) -> Daemons:
        """The pods of aws-node."""
        return Daemons(self)

    @cached_property
    def identity(self) -> Identity:
        """Who the daemon is to AWS."""
        return Identity(self)

    @cached_property
    def eni_quota(self) -> ENIQuota:
        """The region's quota of network interfaces."""
        return ENIQuota(self)

    @cached_property
    def launching(self) -> Launching:
        """Where new nodes may start."""
        return Launching(self)

    # --- pods ------------------------------------------------------------------------------------

    @cached_property
    def pod_requests(self) -> tuple[Unknown | None, Unknown | None]:
        """What is missing of the pending pods and of the warnings of the namespaces in view."""
        return (self._missing(sources.pending_pods), self._missing(sources.warnings))

    def _missing(self, request: Callable[[str], Request]) -> Unknown | None:
        """Why not every answer of the focus is there; the whole cluster's holds each namespace's."""
        missing = gap(self.snapshot, request(self.snapshot.focus.namespace))
        everywhere = gap(self.snapshot, request("")) if missing is not None else None
        return missing if everywhere is not None else None

    @cached_property
    def permitted_namespace(self) -> str:
        """The context's namespace, when it is all that pods or events may be read of; else empty."""
        if self.snapshot.focus.namespace:
            return ""
        refusals = self.snapshot.refusals
        asked = (sources.pending_pods(), sources.warnings())
        if any(request in refusals and refusals[request].reason == "forbidden" for request in asked):
            return self.snapshot.target.namespace or "default"
        return ""

    @property
    def read_namespace(self) -> str:
        """The permitted namespace, if its pods were then read; else empty."""
        outcome = self.snapshot.outcomes.get(sources.pending_pods(self.permitted_namespace))
        return self.permitted_namespace if outcome is not None and outcome.refusal is None else ""

    def has_pods_of(self, namespace: str) -> bool:
        """Whether any pod of a namespace was seen."""
        return any(pod.namespace == namespace for pod in self.pods)

    @property
    def is_focus_namespace_unseen(self) -> bool:
        """Whether no pod at all was seen of the namespace that was asked about."""
        namespace = self.snapshot.focus.namespace
        return bool(namespace) and not self.has_pods_of(namespace)

    @cached_property
    def focus_pod(self) -> Pod | None:
        """The pod that was asked about, if any list or event names it."""
        focus = self.snapshot.focus
        named = (pod for pod in self.pods if (pod.namespace, pod.short_name) == (focus.namespace, focus.pod))
        return next(named, None)

    @property
    def is_focus_pod_absent(self) -> bool:
        """Whether the API server itself says that there is no pod of the name that was asked about."""
        focus = self.snapshot.focus
        if not focus.pod or self.focus_pod is not None:
            return False
        return gap(self.snapshot, sources.pod_named(focus.namespace, focus.pod)) is None

    @cached_property
    def pods(self) -> Items[Pod]:
        """Every pod that a list or an event of a failed sandbox names."""
        found = {
            (record.metadata.namespace, record.metadata.name): Pod(
                self, record.metadata.namespace, record.metadata.name, record
            )
            for record in self.snapshot.of(kinds.PODS)
        }
        for event in self.snapshot.of(kinds.EVENTS):
            about = event.involved_object
            key = (about.namespace, about.name)
            if about.kind == "Pod" and event.reason == "FailedCreatePodSandBox" and key not in found:
                found[key] = Pod(self, *key, None)
        missing = [reason for reason in self.pod_requests if reason is not None]
        return Items(tuple(found.values()), join(missing) if missing else None)

    @fact
    def pods_in_trouble(self) -> Items[Pod]:
        """The pods that wait for an address, find no node for want of one, or did so in the window."""
        focus = self.snapshot.focus
        pods = self.pods
        if focus.namespace:
            pods = pods.where(lambda pod: pod.namespace == focus.namespace)
        if focus.pod:
            pods = pods.where(lambda pod: pod.short_name == focus.pod)
        return pods.where(lambda pod: t if isinstance(t := pod.trouble, Unknown) else t != Trouble.NONE)

    @fact
    def pods_waiting_for_addresses(self) -> Items[Pod]:
        """Starved or recovered pods whose own events name the VPC CNI's answer."""
        return known(self.pods_in_trouble).where(lambda pod: pod.waits_for_address)

    @fact
    def pods_waiting_for_volumes(self) -> Items[Pod]:
        """Starved pods whose volumes are not mounted, so that no sandbox was tried."""
        return known(self.pods_in_trouble).where(lambda pod: pod.waits_for_volume)

    @fact
    def pods_waiting_with_address(self) -> Items[Pod]:
        """Pods that do not run yet although they have had their address for a minute and more."""
        namespace = self.snapshot.focus.namespace
        mine = self.pods if not namespace else self.pods.where(lambda pod: pod.namespace == namespace)
        return mine.where(lambda pod: pod.waits_with_address)

    def pods_on(self, node: str) -> Items[Pod]:
        """Every pod bound to a node."""
        return Items(self._pods_by_node[node], gap(self.snapshot, sources.pods_of_node(node)))

    @cached_property
    def _pods_by_node(self) -> defaultdict[str, tuple[Pod, ...]]:
        found: defaultdict[str, tuple[Pod, ...]] = defaultdict(tuple)
        grouped: defaultdict[str, list[Pod]] = defaultdict(list)
        for pod in self.pods:
            if pod.record is not None and pod.node_name:
                grouped[pod.node_name].append(pod)
        for node, pods in grouped.items():
            found[node] = tuple(pods)
        return found

    @cached_property
    def _rows(self) -> PodTable:
        return PodTable.of(self.snapshot.of(kinds.POD_ROWS))

    def pod_table(self) -> PodTable:
        """The API server's pod table; raises NotKnown when it could not be had."""
        missing = gap(self.snapshot, sources.POD_ROWS)
        if missing is not None:
            raise NotKnown(missing)
        return self._rows

    # --- events ----------------------------------------------------------------------------------

    @cached_property
    def _events(self) -> dict[tuple[str, str, str], list[kubernetes.Event]]:
        found: dict[tuple[str, str, str], list[kubernetes.Event]] = defaultdict(list)
        for event in self.snapshot.of(kinds.EVENTS):
            seen = last_seen(event)
            if seen is None or self.at - seen <= self.window:
                about = event.involved_object
                namespace = about.namespace if about.kind == "Pod" else ""
                found[(about.kind, namespace, about.name)].append(event)
        return found

    def events_about(self, kind: str, name: str, namespace: str = "") -> tuple[kubernetes.Event, ...]:
        """The events of the window about one object."""
        return tuple(self._events.get((kind, namespace, name), ()))

    def require_events(self) -> None:
        """Raise NotKnown when events may be missing, so that their absence says nothing."""
        missing = self.pod_requests[1]
        if missing is not None:
            raise NotKnown(missing)

    @cached_property
    def heard(self) -> Hearing:
        """What the daemon, the controllers and EC2 said."""
        return Hearing(self)

    @fact
    def network_plugin_not_ready(self) -> int:
        """Pods whose events say that no CNI answered the runtime."""
        found = sum(1 for events in self._events.values() for event in events if NOT_READY in event.message)
        if not found:
            self.require_events()
        return found

    # --- AWS -------------------------------------------------------------------------------------

    @cached_property
    def _subnets(self) -> dict[str, Subnet]:
        return {
            record.subnet_id: Subnet(self, record.subnet_id, record)
            for record in self.snapshot.of(kinds.SUBNETS)
        }

    @cached_property
    def subnet_records(self) -> Items[Subnet]:
        """The subnets of the cluster's VPC."""
        vpc = self.vpc_id
        if isinstance(vpc, Unknown):
            return Items((), vpc)
        mine = tuple(s for s in self._subnets.values() if s.record is not None and s.record.vpc_id == vpc)
        return Items(mine, gap(self.snapshot, sources.subnets(vpc)))

    def subnet_named(self, subnet_id: str) -> Subnet:
        """A subnet by id; one that is only named somewhere has unknown facts."""
        if subnet_id not in self._subnets:
            self._subnets[subnet_id] = Subnet(self, subnet_id, None)
        return self._subnets[subnet_id]

    @fact
    def eni_configs(self) -> Items[ENIConfig]:
        """The ENIConfigs."""
        records = listed(self.snapshot, kinds.ENI_CONFIGS, sources.ENI_CONFIGS)
        return Items(tuple(ENIConfig(self, record) for record in records), records.missing)

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
            return Items(tuple(heard_uses(self, set())), custom)
        nodes = known(self.nodes_of_vpc_cni)
        names = nodes.map(lambda node: node.eni_config_name)
        groups: dict[str, list[Node]] = {}
        for node in nodes:
            name = node.eni_config_name
            if not isinstance(name, Unknown):
                groups.setdefault(name.name, []).append(node)
        uses = [
            ENIConfigUse(self, name, Items(tuple(groups[name]), names.missing)) for name in sorted(groups)
        ]
        placed = {node.name for members in groups.values() for node in members}
        return Items((*uses, *heard_uses(self, placed)), names.missing)

    def eni_config_users(self, name: str) -> Items[Node] | Unknown:
        """The nodes that resolve to an ENIConfig."""
        uses = self.eni_config_uses
        if isinstance(uses, Unknown):
            return uses
        return next((use.nodes for use in uses if use.wanted == name), Items((), uses.missing))

    @fact
    def security_group_sets(self) -> Items[GroupSet]:
        """The security groups that ENIConfigs and policies put on one ENI together."""
        return group_sets(self)

    @fact
    def tagged_subnets(self) -> Items[Subnet]:
        """The VPC's subnets that carry the CNI's discovery tag."""
        return self.subnet_records.where(lambda subnet: subnet.is_tagged_for_pods)

    @fact
    def control_plane_subnets(self) -> Items[Subnet]:
        """The subnets that the cluster itself was given, where EKS puts its own ENIs."""
        self.require_same_cluster()
        ids = known(self.record).resources_vpc_config.subnet_ids
        return Items(tuple(self.subnet_named(subnet) for subnet in sorted(set(ids))))

    @fact
    def vpc_ranges(self) -> Items[VpcRange]:
        """The CIDR blocks of the VPC."""
        return ranges(self)

    @fact
    def node_groups(self) -> Items[NodeGroup]:
        """The managed node groups that were looked at."""
        name = known(self.target_name)
        self.require_same_cluster()
        names = listed(self.snapshot, kinds.NODEGROUP_NAMES, sources.nodegroup_names(name))
        asked = [sources.nodegroup(name, group) for group in names]
        found = listed(self.snapshot, kinds.NODEGROUPS, sources.nodegroup_names(name), *asked)
        return Items(tuple(NodeGroup(self, record) for record in found), found.missing)

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

    @cached_property
    def _interfaces(self) -> dict[str, list[aws.NetworkInterface]]:
        found: dict[str, list[aws.NetworkInterface]] = defaultdict(list)
        for eni in self.snapshot.of(kinds.INTERFACES):
            found[eni.subnet_id].append(eni)
        return found

    def interfaces_in(self, subnet: str) -> tuple[aws.NetworkInterface, ...]:
        """The ENIs of a subnet that were answered."""
        return tuple(self._interfaces.get(subnet, ()))

    @cached_property
    def _limits(self) -> dict[str, InstanceLimits]:
        found = (limits_of(kind) for kind in self.snapshot.of(kinds.INSTANCE_TYPES))
        return {limits.instance_type: limits for limits in found if limits is not None}

    def limits_of(self, instance_type: str) -> InstanceLimits:
        """What a type can hold: EC2's word first, the bundled table second; raises NotKnown without both."""
        live = self._limits.get(instance_type) or bundled_limits(instance_type)
        if live is not None:
            return live
        self.require_same_cluster()
        missing = gap(self.snapshot, sources.instance_types(self.instance_types_in_use))
        if missing is not None:
            raise NotKnown(missing)
        raise NotKnown.because(f"neither EC2 nor the bundled table knows the instance type {instance_type}")

    @cached_property
    def instance_types_in_use(self) -> tuple[str, ...]:
        """The types of the EC2 Linux nodes."""
        nodes = self.ec2_linux_nodes
        types = [node.instance_type for node in nodes] if isinstance(nodes, Items) else []
        return tuple(sorted({name for name in types if isinstance(name, str)}))

    # --- settings and policies -------------------------------------------------------------------

    @fact
    def targets(self) -> Targets:
        """The warm targets as the daemon reads them."""
        cni = self.cni
        return Targets(
            known(cni.warm_ip_target), known(cni.minimum_ip_target),
            known(cni.warm_eni_target), known(cni.warm_prefix_target),
        )  # fmt: skip

    @fact
    def lowered_targets(self) -> LoweredTargets:
        """Warm targets that fit what the nodes run (secondary mode)."""
        subnets = [
            (known(subnet.room_for_pods), [known(node.wanted_ips) for node in known(subnet.nodes).all()])
            for subnet in known(self.pod_subnets).all()
        ]
        return lowered(subnets)

    @fact
    def lowered_configuration(self) -> str:
        """The add-on's configurationValues with the lowered targets merged in."""
        addon, targets = known(self.cni.addon.record), known(self.lowered_targets)
        if addon is None:
            raise NotKnown.because("the CNI is not an EKS add-on")
        environment = {"WARM_IP_TARGET": str(targets.warm_ip), "MINIMUM_IP_TARGET": str(targets.minimum_ip)}
        return merged_configuration(addon.configuration_values, environment)

    @fact
    def unfrozen_configuration(self) -> str:
        """The add-on's configurationValues with WARM_IP_TARGET beside MINIMUM_IP_TARGET."""
        addon = known(self.cni.addon.record)
        if addon is None:
            raise NotKnown.because("the CNI is not an EKS add-on")
        return merged_configuration(addon.configuration_values, {"WARM_IP_TARGET": str(SPARES[0])})

    @fact
    def policies(self) -> Items[Policy]:
        """The SecurityGroupPolicies."""
        records = listed(self.snapshot, kinds.SECURITY_GROUP_POLICIES, sources.SECURITY_GROUP_POLICIES)
        return Items(tuple(Policy(self, record) for record in records), records.missing)

    @cached_property
    def pod_ceiling(self) -> PodCeiling:
        """The nodes against their max-pods."""
        return PodCeiling(self)

    @cached_property
    def branches(self) -> Branches:
        """Security groups for pods."""
        return Branches(self)

    @cached_property
    def windows(self) -> WindowsAddresses:
        """The addresses of Windows pods."""
        return WindowsAddresses(self)

    @fact
    def pods_without_cni(self) -> Items[Pod]:
        """Pods in trouble on nodes where a CNI belongs, none of which is the VPC CNI."""
        return known(self.pods_in_trouble).where(_is_on_ec2_linux)


ASK_ACCOUNT = "the profile and region of this cluster: --profile, --region, --cluster-name"


def _is_on_ec2_linux(pod: Pod) -> bool | Unknown:
    return pod.node.is_ec2_linux if pod.node is not None else False


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition(":")[0].lower() or url.lower()
