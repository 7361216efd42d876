"""A node's pool: what it holds, what pods use of it, and what the daemon asks for next."""

from dataclasses import dataclass

from eksdoctor.model.custom_networking.node_eniconfig import NodeENIConfig
from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.node_instance import NodeInstance
from eksdoctor.model.entities.nodes import PodsOfNode
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.entities.subnets import Subnets
from eksdoctor.model.entities.vpc_cni import CNI, WarmTargets
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known
from eksdoctor.model.instance_types.limits import PREFIX_SIZE
from eksdoctor.model.nodes.node_capacity import NodeCapacity
from eksdoctor.model.nodes.node_enis import NodeInterfaces
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.pods.pod_table import PodRows
from eksdoctor.model.pods.trouble import PodTrouble
from eksdoctor.model.pods.waits_for_aws_node import waits_for_daemon
from eksdoctor.model.warm_pool.growth import growth
from eksdoctor.model.warm_pool.mode_transition import of_other_mode
from eksdoctor.model.warm_pool.pool import STOPS_AT_MAX_PODS, Pool, Shape, claim_at, stop_of_minimum

LEAST_HOST_PODS = 2  # aws-node and kube-proxy, the "+ 2" of the max-pods formula


@dataclass(frozen=True, slots=True)
class GrowthChoice:
    """A subnet the daemon can ask, and the addresses it would ask of it at least."""

    subnet: "Subnet"
    amount: int
    is_new_eni: bool = False

    def room(self) -> int:
        """Addresses left after it; negative when the subnet must refuse."""
        return known(self.subnet.free_ips) - self.amount


class NodePool(NodePart, inline=True):
    """The pool of IPs of a node."""

    @fact
    def total_ips(self) -> int:
        """Addresses of the current mode in the node's pool."""
        enis = known(self.node.part(NodeInterfaces).pool_interfaces)
        if known(self.node.part(NodeInstance).uses_prefixes):
            return PREFIX_SIZE * sum(len(eni.ipv4_prefixes) for eni in enis)
        return sum(1 for eni in enis for address in eni.private_ip_addresses if not address.primary)

    @fact
    def assigned_ips(self) -> int:
        """Pods that hold an address of the pool; counted from the pods, or from the API server's table."""
        pods = known(self.node.part(PodsOfNode).pods)
        if pods.missing is None:
            return sum(1 for pod in pods if pod.holds_pool_address)
        table = self.node.cluster.part(PodRows).pod_table()
        if (
            known(self.node.cluster.part(CNI).security_groups_for_pods)
            or self.node.name in table.unclear_nodes
        ):
            raise NotKnown(pods.missing)  # the table does not tell these pods apart
        return table.addresses_of_its_own(self.node.name, known(self.node.internal_ip))

    @fact
    def assigned_in_mode(self) -> int:
        """Those whose address is of the mode that the daemon is in now."""
        pods = known(self.node.part(PodsOfNode).pods)
        held = {pod.record.status.pod_ip for pod in pods if pod.record is not None and pod.holds_pool_address}
        if pods.missing is not None:
            held = self.node.cluster.part(PodRows).pod_table().addresses.get(self.node.name, set())
        enis, prefixes = (
            known(self.node.part(NodeInterfaces).pool_interfaces),
            known(self.node.part(NodeInstance).uses_prefixes),
        )
        return known(self.assigned_ips) - of_other_mode(held, enis, prefixes=prefixes)

    @fact
    def starved_pods(self) -> Items[Pod]:
        """The pods on this node that wait for an address of its pool, by the last that was said of them."""
        mine = known(self.node.cluster.part(AffectedPods).pods_waiting_for_addresses).where(
            lambda pod: pod.node_name == self.node.name
        )
        answered = mine.where(lambda pod: waits_for_daemon(pod) is not True)
        return answered.where(
            lambda pod: b if isinstance(b := pod.part(PodTrouble).draws_on_branch, Unknown) else not b
        )

    @fact
    def wanted_ips(self) -> int:
        """Addresses that pods here hold or wait for."""
        waiting = sum(1 for pod in known(self.starved_pods) if not pod.has_address)
        return known(self.assigned_ips) + waiting

    @fact
    def available_ips(self) -> int:
        """Addresses in the pool that no pod holds; some may cool for 30 s."""
        return max(known(self.total_ips) - known(self.assigned_in_mode), 0)

    @fact
    def host_network_pods(self) -> int:
        """Pods that run with the node's own address, at least aws-node and kube-proxy."""
        pods = known(self.node.part(PodsOfNode).pods)
        if pods.missing is None:
            running = sum(1 for pod in pods if pod.is_host_network and not pod.is_over)
        else:
            running = (
                self.node.cluster.part(PodRows).pod_table().host_network_pods(known(self.node.internal_ip))
            )
        return max(running, LEAST_HOST_PODS)

    @fact
    def addressable_pods(self) -> int:
        """Pods with an address of their own that the kubelet would admit."""
        return max(known(self.node.max_pods) - known(self.host_network_pods), 0)

    @fact
    def minimum_pool_size(self) -> int:
        """Where the pool stops with MINIMUM_IP_TARGET alone."""
        return stop_of_minimum(
            known(self.node.cluster.part(CNI).minimum_ip_target),
            prefixes=known(self.node.part(NodeInstance).uses_prefixes),
        )

    @fact
    def full_claim(self) -> int:
        """Addresses of its pods' subnet that it holds with as many pods as kubelet and type allow."""
        pods = min(known(self.addressable_pods), known(self.node.part(NodeCapacity).type_capacity))
        return claim_at(known(self.node.cluster.part(WarmTargets).targets), known(self.shape), pods).addresses

    @fact
    def pool(self) -> Pool:
        """The pool as the daemon sees it."""
        slots, prefixes = (
            known(self.node.part(NodeInstance).limits).slots_per_eni,
            known(self.node.part(NodeInstance).uses_prefixes),
        )
        total, assigned, most = known(self.total_ips), known(self.assigned_in_mode), known(self.node.max_pods)
        # Only a pool that large needs the release to be known.
        stops = total >= most and known(self.node.cluster.part(CNI).version) >= STOPS_AT_MAX_PODS
        return Pool(total, assigned, slots, prefixes, most, stops_at_max_pods=stops)

    @fact
    def shape(self) -> Shape:
        """What type and settings leave the daemon here, for what a node like this one costs."""
        version, most = self.node.cluster.part(CNI).version, self.node.max_pods
        stops = not isinstance(version, Unknown) and version >= STOPS_AT_MAX_PODS
        return Shape(
            max(known(self.node.part(NodeCapacity).enis_by_type), 1),
            known(self.node.part(NodeInstance).limits).slots_per_eni,
            known(self.node.part(NodeInstance).uses_prefixes),
            most if stops and not isinstance(most, Unknown) else None,
            pods_on_primary=not known(self.node.cluster.part(CNI).custom_networking),
        )

    @fact
    def growth_choices(self) -> "tuple[GrowthChoice, ...]":
        """What the daemon can try next: each attached ENI with an empty slot, and a new ENI per candidate."""
        unit = PREFIX_SIZE if known(self.node.part(NodeInstance).uses_prefixes) else 1
        choices = [
            GrowthChoice(self.node.cluster.part(Subnets).subnet_named(subnet), unit)
            for subnet, slots in known(self.node.part(NodeCapacity).slots_by_eni)
            if slots > 0
        ]
        if known(self.node.part(NodeCapacity).eni_slots_left) > 0:
            by_unit = known(self.node.cluster.part(WarmTargets).targets).by_address or unit > 1
            asked = 1 + (unit if by_unit else known(self.node.part(NodeInstance).limits).slots_per_eni)
            choices += [
                GrowthChoice(subnet, asked, is_new_eni=True)
                for subnet in known(self.node.part(NodeInterfaces).discovered_subnets)
            ]
        return tuple(choices)

    @fact
    def pod_subnet(self) -> "Subnet":
        """The subnet that this node's pods draw on next.

        Its ENIConfig's under custom networking; where subnets are tagged for discovery the one of its
        choices that has most room for what would be asked of it; else its own.
        """
        cni = self.node.cluster.part(CNI)
        if known(cni.custom_networking):
            config = known(self.node.part(NodeENIConfig).eni_config)
            if config is None:
                raise NotKnown.because(
                    f"the ENIConfig {known(self.node.part(NodeENIConfig).eni_config_name)} does not exist"
                )
            return config.subnet
        own = known(self.node.part(NodeInstance).subnet)
        if not self.node.part(NodeInterfaces).discovers(own):
            return own
        choices = known(self.growth_choices)
        return max(choices, key=GrowthChoice.room).subnet if choices else own

    @fact
    def missing_growth(self) -> int:
        """Addresses that the pool's next growth needs at least, whether or not the daemon may grow it."""
        pool, targets = known(self.pool), known(self.node.cluster.part(WarmTargets).targets)
        slots = tuple(empty for _, empty in known(self.node.part(NodeCapacity).slots_by_eni))
        asked = growth(pool, targets, slots, known(self.node.part(NodeCapacity).eni_slots_left))
        if asked is None:
            return 0
        if not known(self.node.cluster.part(CNI).custom_networking) and self.node.part(
            NodeInterfaces
        ).discovers(known(self.node.part(NodeInstance).subnet)):
            choice = max(known(self.growth_choices), key=GrowthChoice.room, default=None)
            if choice is not None and not choice.is_new_eni:
                return choice.amount
            asked = growth(pool, targets, (), known(self.node.part(NodeCapacity).eni_slots_left)) or asked
        return asked.least

    @fact
    def is_growth_suspended(self) -> bool:
        """Whether the daemon leaves the pool as it is because the node is cordoned."""
        return known(self.node.is_unschedulable) and not known(
            self.node.cluster.part(CNI).grows_on_cordoned_nodes
        )

    @fact
    def next_request(self) -> int:
        """Addresses that the next growth takes of its subnet at least; 0 when the daemon asks for none."""
        if known(self.node.cluster.part(CNI).provisioning_is_off) or known(self.is_growth_suspended):
            return 0
        return known(self.missing_growth)

    @fact
    def is_dense(self) -> bool:
        """Whether pods hold or wait for three quarters of the addresses the CNI can serve here."""
        return 4 * known(self.wanted_ips) >= 3 * known(self.node.part(NodeCapacity).type_capacity)
