"""A node: where it stands, what its type can hold, what its pool holds, which pods wait on it."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from eksdoctor.model.attachments import Attachments
from eksdoctor.model.custom_networking import CustomNetworking
from eksdoctor.model.discovery import is_candidate
from eksdoctor.model.eni_config import DEFAULT_KEY, ENIConfig, ENIConfigName, resolve
from eksdoctor.model.fact import Items, NotKnown, Unknown, all_of, fact, join, known, union
from eksdoctor.model.growth import enis_left, growth, keeps_trunk_slot
from eksdoctor.model.limits import PREFIX_SIZE, InstanceLimits
from eksdoctor.model.pod import Pod, Trouble
from eksdoctor.model.pool import STOPS_AT_MAX_PODS, Pool, Shape, claim_at, stop_of_minimum
from eksdoctor.snapshot.records import aws, kubernetes

if TYPE_CHECKING:
    from eksdoctor.model.cluster import Cluster
    from eksdoctor.model.subnet import Subnet

COMPUTE_TYPE = "eks.amazonaws.com/compute-type"
NO_MANAGE = "node.k8s.amazonaws.com/no_manage"
INSTANCE_ID = "node.k8s.amazonaws.com/instance_id"
AGENT_CONDITION = "NetworkingReady"
NO_ADDRESSES = "IPAMDNoIPs"  # https://github.com/aws/eks-node-monitoring-agent pkg/reasons/reasons.yaml
CORDONED = "node.kubernetes.io/unschedulable"
LEAST_HOST_PODS = 2  # aws-node and kube-proxy, the "+ 2" of the max-pods formula


@dataclass(frozen=True, slots=True)
class GrowthChoice:
    """A subnet the daemon can ask, and the addresses it would ask of it at least."""

    subnet: "Subnet"
    amount: int

    def room(self) -> int:
        """Addresses left after it; negative when the subnet must refuse."""
        return known(self.subnet.free_ips) - self.amount


class Compute(StrEnum):
    """Who runs the machine."""

    EC2 = "ec2"
    AUTO = "auto"
    FARGATE = "fargate"
    HYBRID = "hybrid"
    OTHER = "other"


class Node:
    """One node; `record` is None for a node that is only named by a pod or an event."""

    name: str

    def __init__(self, cluster: "Cluster", name: str, record: kubernetes.Node | None) -> None:
        self.cluster = cluster
        self.name = name
        self.record = record

    def __str__(self) -> str:
        return self.name

    def _known_record(self) -> kubernetes.Node:
        if self.record is not None:
            return self.record
        self.cluster.node_records.all()
        raise NotKnown.because("the node is gone")

    @fact
    def labels(self) -> dict[str, str]:
        """The node's labels."""
        return self._known_record().metadata.labels

    @fact
    def zone(self) -> str:
        """Availability zone."""
        zone = known(self.labels).get("topology.kubernetes.io/zone", "")
        if not zone:
            raise NotKnown.because("the node has no zone label")
        return zone

    @fact
    def instance_type(self) -> str:
        """EC2 instance type."""
        found = known(self.labels).get("node.kubernetes.io/instance-type", "")
        if not found:
            raise NotKnown.because("the node has no instance-type label")
        return found

    @fact
    def instance_id(self) -> str:
        """EC2 instance id, from the provider id."""
        found = self._known_record().spec.provider_id.rpartition("/")[2]
        if not found.startswith("i-"):
            raise NotKnown.because("the node's provider id names no EC2 instance")
        return found

    @fact
    def compute(self) -> Compute:
        """EC2 with aws-node, or a kind of node that has none by design."""
        record = self._known_record()
        label = record.metadata.labels.get(COMPUTE_TYPE, "")
        if label in (Compute.AUTO, Compute.FARGATE, Compute.HYBRID):
            return Compute(label)
        if record.metadata.name.startswith("fargate-"):
            return Compute.FARGATE
        return Compute.EC2 if record.spec.provider_id.startswith("aws:///") else Compute.OTHER

    @fact
    def is_windows(self) -> bool:
        """Whether the node runs Windows, whose addresses the VPC resource controller hands out."""
        return self._known_record().status.node_info.operating_system == "windows"

    @fact
    def is_ec2_linux(self) -> bool:
        """A Linux node on EC2 that is not EKS Auto Mode's: aws-node belongs on it."""
        return known(self.compute) == Compute.EC2 and not known(self.is_windows)

    @fact
    def is_served_by_vpc_cni(self) -> bool:
        """Whether this node's pods get their addresses from aws-node."""
        return known(self.is_ec2_linux) and known(self.cluster.cni.is_present)

    @fact
    def is_unschedulable(self) -> bool:
        """Cordoned; the daemon goes by the taint that follows."""
        spec = self._known_record().spec
        return spec.unschedulable or any(
            taint.key == CORDONED and taint.effect == "NoSchedule" for taint in spec.taints
        )

    @fact
    def internal_ip(self) -> str:
        """The primary address of the primary ENI."""
        for address in self._known_record().status.addresses:
            if address.type == "InternalIP" and _is_ipv4(address.address):
                return address.address
        raise NotKnown.because("the node has no IPv4 InternalIP")

    @fact
    def max_pods(self) -> int:
        """The kubelet's own limit (capacity, which is what the daemon reads)."""
        text = self._known_record().status.capacity.get("pods", "")
        if not text.isdecimal():
            raise NotKnown.because("the node states no pod capacity")
        return int(text)

    @fact
    def subnet(self) -> "Subnet":
        """The subnet of the primary ENI, by the InternalIP."""
        address = int(IPv4Address(known(self.internal_ip)))
        found = self.cluster.subnet_at(address)
        if found is not None:
            return found
        self.cluster.subnet_records.all()
        raise NotKnown.because("the node's address is in no subnet of the cluster's VPC")

    @fact
    def eni_config_name(self) -> ENIConfigName:
        """The ENIConfig this node resolves to under custom networking."""
        cni, meta = self.cluster.cni, self._known_record().metadata
        keys = [known(cni.environment).text(f"ENI_CONFIG_{kind}_DEF") for kind in ("ANNOTATION", "LABEL")]
        annotation, label = (key or DEFAULT_KEY for key in keys)
        return resolve(meta.labels, meta.annotations, known(cni.version), annotation, label)

    @fact
    def eni_config(self) -> ENIConfig | None:
        """The ENIConfig of that name; None when it is known not to exist."""
        return self.cluster.eni_config_named(known(self.eni_config_name).name)

    @fact
    def pod_subnet(self) -> "Subnet":
        """The subnet that this node's pods draw on next.

        Its ENIConfig's under custom networking; where subnets are tagged for discovery the one of its
        choices that has most room for what would be asked of it; else its own.
        """
        cni = self.cluster.cni
        if known(cni.custom_networking):
            config = known(self.eni_config)
            if config is None:
                raise NotKnown.because(f"the ENIConfig {known(self.eni_config_name)} does not exist")
            return config.subnet
        own = known(self.subnet)
        if not self._discovers(own):
            return own
        choices = known(self.growth_choices)
        return max(choices, key=GrowthChoice.room).subnet if choices else own

    def _discovers(self, own: "Subnet") -> bool:
        return known(self.cluster.cni.subnet_discovery) and known(own.has_discovery_tag_in_zone)

    @fact
    def discovered_subnets(self) -> "tuple[Subnet, ...]":
        """The subnets of its zone that may serve its new ENIs by their tags."""
        cni, own = self.cluster.cni, known(self.subnet)
        name = known(cni.environment).text("CLUSTER_NAME") or ""
        version, zone = known(cni.version), known(own.zone)
        return tuple(
            subnet
            for subnet in self.cluster.subnet_records.all()
            if known(subnet.zone) == zone
            and is_candidate(known(subnet.tags), version, name, is_own=subnet is own)
        )

    @fact
    def growth_choices(self) -> "tuple[GrowthChoice, ...]":
        """What the daemon can try next: each attached ENI with an empty slot, and a new ENI per candidate."""
        unit = PREFIX_SIZE if known(self.uses_prefixes) else 1
        choices = [
            GrowthChoice(self.cluster.subnet_named(subnet), unit)
            for subnet, slots in known(self.slots_by_eni)
            if slots > 0
        ]
        if known(self.eni_slots_left) > 0:
            by_unit = known(self.cluster.targets).by_address or unit > 1
            asked = 1 + (unit if by_unit else known(self.limits).slots_per_eni)
            choices += [GrowthChoice(subnet, asked) for subnet in known(self.discovered_subnets)]
        return tuple(choices)

    @fact
    def eni_subnets(self) -> "tuple[Subnet, ...]":
        """The subnets in which this node's ENIs may stand."""
        own = known(self.subnet)
        if known(self.cluster.cni.custom_networking):
            return known(self.custom.subnets)
        if not self._discovers(own):
            return (own,)
        zone = known(own.zone)
        tagged = [
            s for s in self.cluster.subnet_records.all() if known(s.zone) == zone and s.is_tagged_for_pods
        ]
        return tuple({subnet.id: subnet for subnet in (own, *tagged)}.values())

    @cached_property
    def custom(self) -> CustomNetworking:
        """What custom networking makes of this node."""
        return CustomNetworking(self)

    @cached_property
    def attachments(self) -> Attachments:
        """What is the matter with its ENIs, beside how many there are."""
        return Attachments(self)

    @fact
    def limits(self) -> InstanceLimits:
        """What the type can hold."""
        return self.cluster.limits_of(known(self.instance_type))

    @fact
    def uses_prefixes(self) -> bool:
        """Prefix delegation as it works here: types that are not Nitro fall back to single addresses."""
        return known(self.cluster.cni.prefix_delegation) and known(self.limits).nitro

    @fact
    def interfaces(self) -> Items[aws.NetworkInterface]:
        """Every ENI attached to the node."""
        mine = known(self.instance_id)
        return union(subnet.interfaces_of(mine) for subnet in known(self.eni_subnets))

    @fact
    def pool_interfaces(self) -> tuple[aws.NetworkInterface, ...]:
        """The ENIs whose addresses the daemon hands to pods (managed, no trunk, on the first card)."""
        return tuple(
            eni for eni in known(self.interfaces).all() if self._is_managed(eni) and not _is_trunk(eni)
        )

    @fact
    def foreign_enis(self) -> Items[aws.NetworkInterface]:
        """Attached ENIs that take a slot of the first card and that the daemon leaves alone."""
        attached = known(self.interfaces).all()
        return Items(tuple(eni for eni in attached if not self._is_managed(eni) and _card(eni) == 0))

    @fact
    def foreign_interfaces(self) -> int:
        """How many these are."""
        return len(known(self.foreign_enis))

    def _is_managed(self, eni: aws.NetworkInterface) -> bool:
        if _is_trunk(eni):
            return True  # the resource controller's, whatever its tags say
        if eni.attachment is not None and eni.attachment.device_index == 0 and _card(eni) == 0:
            return True  # the primary ENI always is
        if _card(eni) > 0 or eni.interface_type == "efa-only":
            return False
        tags = {tag.key: tag.value for tag in eni.tag_set}
        if tags.get(NO_MANAGE) == "true":
            return False
        if known(self.cluster.cni.manages_untagged_interfaces):
            return True
        return tags.get(INSTANCE_ID) == known(self.instance_id)

    @fact
    def trunks_attached(self) -> int:
        """Trunk ENIs on the node: 0 or 1."""
        return sum(1 for eni in known(self.interfaces).all() if _is_trunk(eni))

    @fact
    def eni_limit(self) -> int:
        """ENIs of the first card that the daemon may have: the type's, lowered by MAX_ENI."""
        most = known(self.cluster.cni.max_eni)
        enis = known(self.limits).enis
        return min(enis, most) if most > 0 else enis

    @fact
    def trunk_slots(self) -> int:
        """ENI slots kept for a trunk: 1 with security groups for pods; before v1.20.4 on every type."""
        cni = self.cluster.cni
        if not known(cni.security_groups_for_pods):
            return 0
        return 1 if keeps_trunk_slot(known(cni.version), may_trunk=known(self.limits).may_trunk) else 0

    @fact
    def keeps_trunk_slot_in_vain(self) -> bool:
        """Whether an ENI slot stays empty for a trunk that this type cannot carry (before v1.20.4)."""
        if not known(self.cluster.cni.security_groups_for_pods) or known(self.limits).may_trunk:
            return False
        return known(self.trunk_slots) > 0

    @fact
    def enis_by_type(self) -> int:
        """ENIs that type and settings leave for ordinary pods, whatever is attached."""
        primary = 1 if known(self.cluster.cni.custom_networking) else 0
        return max(known(self.eni_limit) - primary - known(self.trunk_slots), 0)

    @fact
    def usable_enis(self) -> int:
        """ENIs that can serve ordinary pods here: less those that somebody else attached."""
        return max(known(self.enis_by_type) - known(self.foreign_interfaces), 0)

    @fact
    def addresses_per_eni(self) -> int:
        """Pod addresses of one full ENI: its slots, times 16 with prefixes."""
        return known(self.limits).slots_per_eni * (PREFIX_SIZE if known(self.uses_prefixes) else 1)

    @fact
    def type_capacity(self) -> int:
        """Pod addresses that type and settings allow at most."""
        return known(self.enis_by_type) * known(self.addresses_per_eni)

    @fact
    def ip_capacity(self) -> int:
        """Pod addresses the CNI can serve here at most, with the ENIs as they are attached."""
        return known(self.usable_enis) * known(self.addresses_per_eni)

    @fact
    def eni_slots_left(self) -> int:
        """ENIs that the daemon could still attach."""
        attached = [eni for eni in known(self.interfaces).all() if _card(eni) == 0]
        mine = [eni for eni in attached if self._is_managed(eni)]
        waits_for_trunk = not any(_is_trunk(eni) for eni in mine)
        kept = known(self.trunk_slots) if waits_for_trunk else 0
        return enis_left(known(self.eni_limit), len(mine), len(attached) - len(mine), kept=kept)

    @fact
    def slots_by_eni(self) -> tuple[tuple[str, int], ...]:
        """Subnet and empty slots of each ENI that may take more; custom networking skips the primary."""
        most = known(self.limits).slots_per_eni
        enis = known(self.pool_interfaces)
        if known(self.cluster.cni.custom_networking):
            enis = tuple(eni for eni in enis if eni.attachment is None or eni.attachment.device_index > 0)
        return tuple((eni.subnet_id, max(most - _slots_used(eni), 0)) for eni in enis)

    @fact
    def free_slots(self) -> int:
        """Empty address or prefix slots on the attached ENIs; both kinds fill a slot."""
        return sum(slots for _, slots in known(self.slots_by_eni))

    @fact
    def total_ips(self) -> int:
        """Addresses of the current mode in the node's pool."""
        enis = known(self.pool_interfaces)
        if known(self.uses_prefixes):
            return PREFIX_SIZE * sum(len(eni.ipv4_prefixes) for eni in enis)
        return sum(1 for eni in enis for address in eni.private_ip_addresses if not address.primary)

    @fact
    def pods(self) -> Items[Pod]:
        """Every pod bound to the node."""
        return self.cluster.pods_on(self.name)

    @fact
    def assigned_ips(self) -> int:
        """Pods that hold an address of the pool; counted from the pods, or from the API server's table."""
        pods = known(self.pods)
        if pods.missing is None:
            return sum(1 for pod in pods if pod.holds_pool_address)
        table = self.cluster.pod_table()
        if known(self.cluster.cni.security_groups_for_pods) or self.name in table.unclear_nodes:
            raise NotKnown(pods.missing)  # the table does not tell these pods apart
        return table.addresses_of_its_own(self.name, known(self.internal_ip))

    @fact
    def wanted_ips(self) -> int:
        """Addresses that pods here hold or wait for."""
        waiting = sum(1 for pod in known(self.starved_pods) if not pod.has_address)
        return known(self.assigned_ips) + waiting

    @fact
    def available_ips(self) -> int:
        """Addresses in the pool that no pod holds; some may cool for 30 s."""
        return max(known(self.total_ips) - known(self.assigned_ips), 0)

    @fact
    def host_network_pods(self) -> int:
        """Pods that run with the node's own address, at least aws-node and kube-proxy."""
        pods = known(self.pods)
        if pods.missing is None:
            running = sum(1 for pod in pods if pod.is_host_network and not pod.is_over)
        else:
            running = self.cluster.pod_table().host_network_pods(known(self.internal_ip))
        return max(running, LEAST_HOST_PODS)

    @fact
    def addressable_pods(self) -> int:
        """Pods with an address of their own that the kubelet would admit."""
        return max(known(self.max_pods) - known(self.host_network_pods), 0)

    @fact
    def starved_pods(self) -> Items[Pod]:
        """The pods on this node that wait for an address."""
        return known(self.cluster.pods_waiting_for_addresses).where(lambda pod: pod.node_name == self.name)

    @fact
    def minimum_pool_size(self) -> int:
        """Where the pool stops with MINIMUM_IP_TARGET alone."""
        return stop_of_minimum(known(self.cluster.cni.minimum_ip_target), prefixes=known(self.uses_prefixes))

    @fact
    def pods_it_could_run(self) -> int:
        """Pods with addresses that the node could run, by kubelet and by ENIs."""
        return min(known(self.addressable_pods), known(self.ip_capacity))

    @fact
    def full_claim(self) -> int:
        """Addresses of its pods' subnet that it holds with as many pods as kubelet and type allow."""
        pods = min(known(self.addressable_pods), known(self.type_capacity))
        return claim_at(known(self.cluster.targets), known(self.shape), pods).addresses

    @fact
    def pool(self) -> Pool:
        """The pool as the daemon sees it."""
        slots, prefixes = known(self.limits).slots_per_eni, known(self.uses_prefixes)
        total, assigned, most = known(self.total_ips), known(self.assigned_ips), known(self.max_pods)
        # Only a pool that large needs the release to be known.
        stops = total >= most and known(self.cluster.cni.version) >= STOPS_AT_MAX_PODS
        return Pool(total, assigned, slots, prefixes, most, stops_at_max_pods=stops)

    @fact
    def shape(self) -> Shape:
        """What type and settings leave the daemon here, for what a node like this one costs."""
        version, most = self.cluster.cni.version, self.max_pods
        stops = not isinstance(version, Unknown) and version >= STOPS_AT_MAX_PODS
        return Shape(
            max(known(self.enis_by_type), 1),
            known(self.limits).slots_per_eni,
            known(self.uses_prefixes),
            most if stops and not isinstance(most, Unknown) else None,
            pods_on_primary=not known(self.cluster.cni.custom_networking),
        )

    @fact
    def missing_growth(self) -> int:
        """Addresses that the pool's next growth needs at least, whether or not the daemon may grow it."""
        pool, targets = known(self.pool), known(self.cluster.targets)
        slots = tuple(empty for _, empty in known(self.slots_by_eni))
        asked = growth(pool, targets, slots, known(self.eni_slots_left))
        if asked is None:
            return 0
        if not known(self.cluster.cni.custom_networking) and self._discovers(known(self.subnet)):
            return max(known(self.growth_choices), key=GrowthChoice.room).amount
        return asked.least

    @fact
    def is_growth_suspended(self) -> bool:
        """Whether the daemon leaves the pool as it is because the node is cordoned."""
        return known(self.is_unschedulable) and not known(self.cluster.cni.grows_on_cordoned_nodes)

    @fact
    def next_request(self) -> int:
        """Addresses that the next growth takes of its subnet at least; 0 when the daemon asks for none."""
        if known(self.cluster.cni.provisioning_is_off) or known(self.is_growth_suspended):
            return 0
        return known(self.missing_growth)

    @fact
    def agent_saw_no_addresses(self) -> bool:
        """The node-monitoring agent read InsufficientFreeAddressesInSubnet in this node's ipamd log.

        Its silence proves nothing: the fact is True or not known.
        """
        for condition in self._known_record().status.conditions:
            if (
                condition.type == AGENT_CONDITION
                and condition.status == "False"
                and condition.reason == NO_ADDRESSES
            ):
                return True
        if any(event.reason == NO_ADDRESSES for event in self.cluster.events_about("Node", self.name)):
            return True
        raise NotKnown(self.cluster.unheard)

    @fact
    def empty_pool_answers(self) -> int:
        """How often the daemon itself said in the window that its pool was empty."""
        raise NotKnown(self.cluster.unheard)

    @fact
    def pods_at_the_ceiling(self) -> Items[Pod]:
        """Waiting pods, when every ENI is attached and full and no address is left."""
        return self._waiting_if(all_of(self._is_empty(), self._is_full()))

    @fact
    def pods_frozen_out(self) -> Items[Pod]:
        """Waiting pods, when the pool is used up at the minimum and the daemon asks for no more."""
        return self._waiting_if(all_of(self._is_empty(), self._stopped_at_minimum()))

    @fact
    def waiting_pods(self) -> Items[Pod]:
        """The pods on this node that have no address now."""
        return known(self.starved_pods).where(
            lambda pod: t if isinstance(t := pod.trouble, Unknown) else t == Trouble.STARVED
        )

    @fact
    def pods_without_provisioning(self) -> Items[Pod]:
        """Waiting pods, when the pool is empty and could grow, and ipamd is told to ask EC2 for nothing."""
        off = self.cluster.cni.provisioning_is_off
        return self._waiting_if(all_of(off, self._is_empty(), self._could_grow()))

    @fact
    def pods_on_cordoned_node(self) -> Items[Pod]:
        """Waiting pods, when the pool is empty and could grow, and nothing but the cordon stops ipamd."""
        off = self.cluster.cni.provisioning_is_off
        allowed = off if isinstance(off, Unknown) else not off
        return self._waiting_if(
            all_of(self.is_growth_suspended, allowed, self._is_empty(), self._could_grow())
        )

    @fact
    def is_stopped_at_max_pods(self) -> bool:
        """Whether the pool is as large as max-pods and has addresses that no pod holds."""
        pool = known(self.pool)
        return pool.is_at_max_pods and pool.available > 0

    @fact
    def pods_at_stopped_pool(self) -> Items[Pod]:
        """Waiting pods, when no pod holds the rest of a pool that is as large as max-pods."""
        stopped = self.is_stopped_at_max_pods
        if stopped is False:
            return Items()
        return known(self.waiting_pods) if stopped is True else self._waiting_if(stopped)

    @fact
    def is_dense(self) -> bool:
        """Whether pods hold or wait for three quarters of the addresses the CNI can serve here."""
        return 4 * known(self.wanted_ips) >= 3 * known(self.type_capacity)

    @fact
    def pods_short_of_subnet(self) -> Items[Pod]:
        """Waiting pods, when no address is left, the daemon asks for more, and so its subnet must give."""
        asks = self.next_request
        return self._waiting_if(all_of(self._is_empty(), asks if isinstance(asks, Unknown) else asks > 0))

    def _is_empty(self) -> bool | Unknown:
        available = self.available_ips
        return available if isinstance(available, Unknown) else available == 0

    def _could_grow(self) -> bool | Unknown:
        missing = self.missing_growth
        return missing if isinstance(missing, Unknown) else missing > 0

    def _is_full(self) -> bool | Unknown:
        free, left = self.free_slots, self.eni_slots_left
        if isinstance(free, Unknown) or isinstance(left, Unknown):
            return join(part for part in (free, left) if isinstance(part, Unknown))
        return free == 0 and left == 0

    def _stopped_at_minimum(self) -> bool | Unknown:
        total, stop = self.total_ips, self.minimum_pool_size
        if isinstance(total, Unknown) or isinstance(stop, Unknown):
            return join(part for part in (total, stop) if isinstance(part, Unknown))
        return total >= stop

    def _waiting_if(self, condition: bool | Unknown) -> Items[Pod]:  # noqa: FBT001 (a fact, not a switch)
        waiting = known(self.starved_pods)
        if isinstance(condition, Unknown):
            return Items((), condition) if waiting.elements or waiting.missing is not None else Items()
        return waiting if condition else Items()


def _card(eni: aws.NetworkInterface) -> int:
    return eni.attachment.network_card_index if eni.attachment else 0


def _is_trunk(eni: aws.NetworkInterface) -> bool:
    return eni.interface_type == "trunk"


def _slots_used(eni: aws.NetworkInterface) -> int:
    return sum(1 for address in eni.private_ip_addresses if not address.primary) + len(eni.ipv4_prefixes)


def _is_ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True
