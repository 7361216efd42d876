"""Interfaces, and the machines that carry them: a node with its pool of pod addresses."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.simulator.limits import InstanceLimits
from tests.simulator.network import BLOCK, Subnet


@dataclass(slots=True, eq=False)
class Interface:
    """An ENI; `addresses` are offsets in its subnet, the primary one first, `prefixes` the starts of /28s."""

    id: str
    subnet: Subnet
    addresses: list[int]
    created: datetime
    prefixes: list[int] = field(default_factory=list)
    kind: str = "interface"
    description: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    owner: str = ""  # the instance it is attached to
    device: int = 0
    requester: str = ""  # set for interfaces that an AWS service manages

    @property
    def slots_used(self) -> int:
        """Secondary addresses and prefixes share the interface's slots."""
        return len(self.addresses) - 1 + len(self.prefixes)


@dataclass(frozen=True, slots=True)
class Group:
    """Where nodes come from: a managed node group, or a Karpenter node pool."""

    name: str
    limits: InstanceLimits
    max_pods: int
    karpenter: bool = False
    launch_template: bool = False


@dataclass(slots=True, eq=False)
class Machine:
    """A node: its instance, interfaces and pods.

    `pool` holds the addresses that ipamd has and no pod uses; `refused` is when EC2 first
    refused this node's daemon, and how.
    """

    name: str
    instance: str
    group: Group
    subnet: Subnet
    pod_subnet: Subnet
    joined: datetime
    interfaces: list[Interface]
    uid: str
    pool: list[str] = field(default_factory=list)
    held: int = 0  # addresses of the pool and of pods
    pods: list["Pod"] = field(default_factory=list)
    waiting: list["Pod"] = field(default_factory=list)
    refused: tuple[datetime, str] | None = None

    @property
    def address(self) -> str:
        """The node's InternalIP."""
        primary = self.interfaces[0]
        return primary.subnet.text(primary.addresses[0])

    @property
    def trunk(self) -> Interface | None:
        """The trunk interface, if there is one."""
        return next((interface for interface in self.interfaces if interface.kind == "trunk"), None)

    def add(self, interface: Interface, addresses: list[int], prefixes: list[int]) -> None:
        """Put newly claimed addresses and prefixes of an interface into the pool."""
        interface.prefixes.extend(prefixes)
        offsets = addresses + [start + step for start in prefixes for step in range(BLOCK)]
        self.pool.extend(interface.subnet.text(offset) for offset in offsets)
        self.held += len(offsets)


@dataclass(frozen=True, slots=True)
class Service:
    """A workload of like pods."""

    namespace: str
    name: str
    replicas: int
    group: str = ""  # only nodes of this group, anywhere when empty
    labels: dict[str, str] = field(default_factory=dict)
    branch: bool = False  # a SecurityGroupPolicy matches its pods
    host_network: bool = False
    daemon: bool = False
    revision: str = "6d5f7c9b8"
    cpu: str = "100m"
    account: str = ""


@dataclass(slots=True, eq=False)
class Pod:
    """A pod of a service; bound to a machine, with an address or waiting for one."""

    service: Service
    name: str
    uid: str
    bound: datetime
    machine: Machine
    address: str = ""
    branch: Interface | None = None
    vlan: int = 0
