"""The life of a cluster, told step by step: nodes join, daemons claim addresses, pods come and take them."""

import heapq
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from tests.simulator.daemon import Daemon
from tests.simulator.machine import Group, Interface, Machine, Pod, Service
from tests.simulator.names import Names
from tests.simulator.network import RefusedError, Subnet
from tests.simulator.settings import Settings

AT = datetime(2026, 11, 14, 2, 14, tzinfo=UTC)  # when every world is looked at
DAEMONS = (
    Service("kube-system", "aws-node", 0, host_network=True, daemon=True, account="aws-node", cpu="25m"),
    Service("kube-system", "kube-proxy", 0, host_network=True, daemon=True, account="kube-proxy"),
)
AGENT = Service("kube-system", "eks-node-monitoring-agent", 0, host_network=True, daemon=True, cpu="10m")


class Simulation:
    """A cluster and its account; `now` moves only by `at`."""

    def __init__(
        self, cluster: str, settings: Settings, seed: int, daemons: tuple[Service, ...] = DAEMONS
    ) -> None:
        self.cluster, self.settings, self.daemons = cluster, settings, daemons
        self.random = Random(seed)
        self.names = Names(self.random)
        self.daemon = Daemon(settings, self.names, cluster)
        self.now = AT
        self.subnets: list[Subnet] = []
        self.machines: list[Machine] = []
        self.pods: list[Pod] = []
        self.others: list[Interface] = []  # interfaces that are not on any node
        self._vlans = count(1)

    def at(self, **before: float) -> None:
        """Go to a time before the capture: `at(days=20)`, `at(minutes=38)`."""
        self.now = AT - timedelta(**before)

    def subnet(self, name: str, cidr: str, zone: tuple[str, str]) -> Subnet:
        """A new subnet of the cluster's VPC."""
        made = Subnet(self.names.aws("subnet"), name, cidr, zone, self.random)
        self.subnets.append(made)
        return made

    def join(self, group: Group, subnet: Subnet, pod_subnet: Subnet | None = None) -> Machine:
        """A node launched into a subnet; its first interface takes one address there."""
        instance = self.names.aws("i")
        primary = Interface(
            id=self.names.aws("eni"),
            subnet=subnet,
            addresses=subnet.take(1),
            created=self.now,
            owner=instance,
        )
        dashed = subnet.text(primary.addresses[0]).replace(".", "-")
        machine = Machine(
            name=f"ip-{dashed}.eu-west-1.compute.internal",
            instance=instance,
            group=group,
            subnet=subnet,
            pod_subnet=pod_subnet or subnet,
            joined=self.now,
            interfaces=[primary],
            uid=self.names.uid(),
        )
        self.machines.append(machine)
        for daemon in self.daemons:
            self._bind(daemon, machine)
        return machine

    def settle(self, machines: list[Machine] | None = None) -> None:
        """Let the daemons turn, in random order, until none of them gets anything more."""
        active = list(self.machines if machines is None else machines)
        while active:
            self.random.shuffle(active)
            active = [machine for machine in active if self.daemon.step(machine, self.now)]
            for machine in active:
                self._serve(machine)

    def deploy(self, service: Service, lasting: timedelta = timedelta(0)) -> list[Pod]:
        """The pods of a service, created one after another over a while, each on the emptiest node."""
        start = self.now
        heap = [
            (len(machine.pods), self.random.random(), place)
            for place, machine in enumerate(self.machines)
            if service.group in ("", machine.group.name) and len(machine.pods) < machine.group.max_pods
        ]
        heapq.heapify(heap)
        made = []
        for number in range(service.replicas):
            pods, _, place = heapq.heappop(heap)
            self.now = start + lasting * (number / service.replicas)
            made.append(self._bind(service, self.machines[place]))
            if self.daemon.step(self.machines[place], self.now):
                self._serve(self.machines[place])
            if pods + 1 < self.machines[place].group.max_pods:
                heapq.heappush(heap, (pods + 1, self.random.random(), place))
        self.settle(list({id(pod.machine): pod.machine for pod in made}.values()))
        self.now = start
        return made

    def _bind(self, service: Service, machine: Machine) -> Pod:
        names, middle = self.names, f"{service.revision}-"
        if service.daemon:  # names of their own, so that one more DaemonSet leaves all else as it was
            names, middle = Names(Random(f"{service.name} on {machine.uid}")), ""
        bound = self.now.replace(microsecond=0)
        pod = Pod(service, f"{service.name}-{middle}{names.suffix()}", names.uid(), bound, machine)
        machine.pods.append(pod)
        self.pods.append(pod)
        if service.host_network:
            pod.address = machine.address
        elif service.branch:
            self._branch(pod)
        else:
            machine.waiting.append(pod)
            self._serve(machine)
        return pod

    def _serve(self, machine: Machine) -> None:
        while machine.waiting and machine.pool:
            machine.waiting.pop(0).address = machine.pool.pop(0)

    def trunks(self) -> None:
        """The resource controller attaches a trunk to every node of a type that can have one."""
        for machine in self.machines:
            if machine.group.limits.branches and machine.trunk is None:
                trunk = self._managed(machine.subnet, "trunk", "aws-k8s-trunk-eni")
                trunk.owner, trunk.device = machine.instance, len(machine.interfaces)
                machine.interfaces.append(trunk)

    def _branch(self, pod: Pod) -> None:
        trunk = pod.machine.trunk
        if trunk is None:
            raise RefusedError("no trunk")
        pod.vlan = next(self._vlans)
        pod.branch = self._managed(trunk.subnet, "branch", "aws-k8s-branch-eni")
        pod.branch.tags |= {
            "vpcresources.k8s.aws/trunk-eni-id": trunk.id,
            "vpcresources.k8s.aws/vlan-id": str(pod.vlan),
        }
        pod.address = trunk.subnet.text(pod.branch.addresses[0])
        self.others.append(pod.branch)

    def _managed(self, subnet: Subnet, kind: str, description: str) -> Interface:
        return Interface(
            id=self.names.aws("eni"),
            subnet=subnet,
            addresses=subnet.take(1),
            created=self.now,
            kind=kind,
            description=description,
            tags={
                "eks:eni:owner": "eks-vpc-resource-controller",
                f"kubernetes.io/cluster/{self.cluster}": "owned",
                "vpcresources.k8s.aws/vpc-cni-role": kind,
            },
        )

    def other(
        self, subnet: Subnet, kind: str, description: str, addresses: list[int], requester: str = ""
    ) -> None:
        """An interface that has nothing to do with the cluster's nodes, holding these addresses."""
        self.others.append(
            Interface(
                id=self.names.aws("eni"),
                subnet=subnet,
                addresses=addresses,
                created=self.now,
                kind=kind,
                description=description,
                owner="" if requester else self.names.aws("i"),
                requester=requester,
            )
        )
