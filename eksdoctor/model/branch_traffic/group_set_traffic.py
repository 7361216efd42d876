"""Pods whose branch ENIs carry the same security groups, and what these keep from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

from eksdoctor.model.branch_enis.enforcing_mode import Enforcing
from eksdoctor.model.entities.nodes import NodeOfPod
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, join, known
from eksdoctor.model.network.security_group_rules import Peer, Traffic, lets_in, lets_out, reaches
from eksdoctor.model.pods.probes import NetworkProbe, unanswered_probes

if TYPE_CHECKING:
    from eksdoctor.model.branch_traffic.traffic import Wiring


DNS = (Traffic("udp", 53), Traffic("tcp", 53))
OUT, IN = "out", "in"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Traffic that no rule of `groups` lets out, or in, as `side` says; `other_group` is at the far end."""

    traffic: Traffic
    side: str
    groups: tuple[str, ...]
    other_group: str | Unknown
    servers: tuple[Pod, ...]
    pods: tuple[Pod, ...]

    def __str__(self) -> str:
        return f"{self.traffic} {self.side}"

    @property
    def group(self) -> str:
        """The group to mend: the first."""
        return next(iter(self.groups), "")

    @property
    def protocol(self) -> str:
        """`tcp` or `udp`."""
        return self.traffic.protocol

    @property
    def is_on_the_way_out(self) -> bool:
        """Whether an egress rule is missing, and not an ingress rule."""
        return self.side == OUT


Found = dict[tuple[Traffic, str, tuple[str, ...]], tuple[str | Unknown, dict[Pod, None], dict[Pod, None]]]


class BranchSet:
    """Running pods behind the same groups."""

    groups: tuple[str, ...]

    def __init__(self, wiring: "Wiring", groups: tuple[str, ...], pods: tuple[Pod, ...]) -> None:
        self.wiring = wiring
        self.groups = groups
        self._pods = pods
        self._entries: dict[tuple[IPv4Address | IPv6Address, tuple[str, ...], Traffic], bool | Unknown] = {}

    def __str__(self) -> str:
        return ", ".join(self.groups)

    @property
    def name(self) -> str:
        """The groups in words."""
        return str(self) or "no group"

    @property
    def group(self) -> str:
        """The first group."""
        return next(iter(self.groups), "")

    @property
    def pods(self) -> Items[Pod]:
        """The pods."""
        return Items(self._pods)

    def _peer(self, pod: Pod) -> Peer:
        try:
            return Peer(ip_address(pod.record.status.pod_ip if pod.record else ""), self.groups)
        except ValueError as error:
            raise NotKnown.because("an IP could not be parsed") from error

    # --- DNS -------------------------------------------------------------------------------------

    @fact
    def dns_obstacles(self) -> Items[Obstacle]:
        """What keeps these pods from a CoreDNS pod, by protocol and side."""
        servers = known(self.wiring.dns_pods)
        missing = [servers.missing] if servers.missing is not None else []
        found: Found = {}
        for server in servers:
            try:
                self._look_at(server, found, missing)
            except NotKnown as unknown:
                missing.append(unknown.unknown)
        obstacles = (
            Obstacle(traffic, side, groups, other, tuple(those), tuple(pods))
            for (traffic, side, groups), (other, those, pods) in found.items()
        )
        return Items(tuple(obstacles), join(missing) if missing else None)

    def _look_at(self, server: Pod, found: Found, missing: list[Unknown]) -> None:
        far = self.wiring.peer_at(server.record.status.pod_ip if server.record else "")
        pods = list(self._enforced(server, missing))
        theirs: tuple[str, ...] = () if isinstance(far.groups, Unknown) else tuple(sorted(far.groups))
        other = far.groups if isinstance(far.groups, Unknown) else next(iter(theirs), "")
        for traffic in DNS:
            out = lets_out(Peer(far.address, self.groups), far, traffic, self.wiring.rules_of)
            for pod in pods:
                into = True if out is False else self._lets_in(pod, far, traffic)
                if out is False:
                    _note(found, (traffic, OUT, self.groups), other, server, pod)
                elif into is False:
                    _note(found, (traffic, IN, theirs), self.group, server, pod)
                else:
                    missing += [answer for answer in (out, into) if isinstance(answer, Unknown)]

    def _lets_in(self, pod: Pod, far: Peer, traffic: Traffic) -> bool | Unknown:
        """Whether the far groups let a pod in; servers mostly stand behind the same."""
        if isinstance(far.groups, Unknown):
            return far.groups
        near = self._peer(pod)
        key = (near.address, far.groups, traffic)
        if key not in self._entries:
            self._entries[key] = lets_in(near, far, traffic, self.wiring.rules_of)
        return self._entries[key]

    def _enforced(self, server: Pod, missing: list[Unknown]) -> Iterator[Pod]:
        """The pods whose traffic to a server the groups see: in standard mode those on other nodes."""
        enforcing = self.wiring.mode.enforcing
        for pod in self._pods:
            if pod.node_name != server.node_name or enforcing == Enforcing.STRICT:
                yield pod
            elif isinstance(enforcing, Unknown):
                missing.append(enforcing)

    # --- probes ------------------------------------------------------------------------------------

    @fact
    def _unanswered(self) -> Items[NetworkProbe]:
        """Probes that seem to fail, in strict mode: in standard mode the groups do not see the kubelet."""
        if known(self.wiring.mode.enforcing) != Enforcing.STRICT:
            return Items()
        missing: list[Unknown] = []
        found: list[NetworkProbe] = []
        for pod in self._pods:
            try:
                found += unanswered_probes(pod)
            except NotKnown as unknown:
                missing.append(unknown.unknown)
        return Items(tuple(found), join(missing) if missing else None)

    @fact
    def probes_stopped_by_groups(self) -> Items[NetworkProbe]:
        """Unanswered probes that the groups of the node or of these pods do not let through."""
        return known(self._unanswered).where(self._is_stopped)

    def _is_stopped(self, probe: NetworkProbe) -> bool | Unknown:
        node = probe.pod.part(NodeOfPod).node
        if node is None:
            return Unknown.because("the pod has no node")
        try:
            near = self.wiring.peer_at(known(node.internal_ip))
            far = self._peer(probe.pod)
        except NotKnown as missing:
            return missing.unknown
        reached = reaches(near, far, Traffic("tcp", probe.port), self.wiring.rules_of)
        return reached if isinstance(reached, Unknown) else not reached

    @fact
    def probes_stopped_by_early_demux(self) -> Items[NetworkProbe]:
        """Unanswered probes while DISABLE_TCP_EARLY_DEMUX is not set."""
        probes = known(self._unanswered)
        if not probes.elements:
            return probes
        return Items() if known(self.wiring.mode.tcp_early_demux_is_disabled) else probes


def _note(
    found: Found, key: tuple[Traffic, str, tuple[str, ...]], other: str | Unknown, server: Pod, pod: Pod
) -> None:
    _, servers, pods = found.setdefault(key, (other, {}, {}))
    servers[server] = None
    pods[pod] = None
