"""What the daemons say: a page of metrics each, and the end of ipamd.log where pods wait.

Lines and series are those of VPC CNI v1.19: JSON by zap, EC2's errors as the second SDK words them, and
subnet discovery's way of trying (each interface twice, then a new one; two minutes' rest after that).
https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.19.5/pkg/ipamd/ipamd.go
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.simulator.documents import times
from tests.simulator.machine import Interface, Machine, Pod
from tests.simulator.names import Names
from tests.simulator.network import NO_ADDRESSES, NO_BLOCKS
from tests.simulator.simulation import AT, Simulation

LOG = "/var/log/aws-routed-eni/ipamd.log"
REACH = timedelta(minutes=14)  # how much of a log there is: at debug level a MiB holds less than an hour
TURN = timedelta(seconds=5)  # of the daemon's loop
REST = timedelta(minutes=2)  # after a refused new interface
START = timedelta(seconds=40)  # from the node's launch to its daemon's start
AGAIN = timedelta(seconds=13)  # from one try of a pod's sandbox to the next
REFUSED = {
    NO_ADDRESSES: "The specified subnet does not have enough free addresses to satisfy the request.",
    NO_BLOCKS: "The specified subnet does not have enough free cidr blocks to satisfy the request.",
}
HINT = (
    "Unable to attach IPs/Prefixes for the ENI, subnet doesn't seem to have enough IPs/Prefixes. "
    "Consider using new subnet or carve a reserved range using create-subnet-cidr-reservation"
)
EMPTY = "AssignPodIPv4Address: no available IP/Prefix addresses"


def words(simulation: Simulation) -> list[dict[str, Any]]:
    """Every text."""
    found = [_metrics(simulation, machine) for machine in simulation.machines]
    return found + [_log(simulation, machine) for machine in simulation.machines if machine.waiting]


def _metrics(simulation: Simulation, machine: Machine) -> dict[str, Any]:
    limits, tries = machine.group.limits, _Tries.of(simulation, machine)
    errors = "awscni_aws_api_error_count"
    prefixes = sum(len(interface.prefixes) for interface in machine.interfaces)
    started = machine.joined + START
    samples: list[tuple[str, float]] = [
        ("awscni_add_ip_req_count", len(machine.pods) + tries.asked),
        ("awscni_assigned_ip_addresses", machine.held - len(machine.pool)),
        *((f'{errors}{{api="{call}",error="{tries.code}"}}', count) for call, count in tries.refusals()),
        (f'awscni_build_info{{goversion="go1.24.4",version="{simulation.settings.version}"}}', 1),
        ("awscni_eni_allocated", len(machine.interfaces)),
        ("awscni_eni_max", limits.enis),
        ("awscni_ip_max", limits.enis * limits.slots),
        ("awscni_no_available_ip_addresses", tries.asked),
        ("awscni_total_ip_addresses", machine.held),
        ("awscni_total_ipv4_prefixes", prefixes),
        ("process_start_time_seconds", started.timestamp()),
    ]
    text = "".join(f"{name} {value:.2f}\n" for name, value in samples)
    return _document("metrics", machine, "metrics", text, whole=True) | {"pod": _daemon(machine).name}


def _log(simulation: Simulation, machine: Machine) -> dict[str, Any]:
    begin = max(AT - REACH, machine.joined + START)
    said = sorted(_Tries.of(simulation, machine).said(begin), key=lambda line: line[0])
    text = "".join(f"{line}\n" for _, line in said)
    return _document("ipamd", machine, LOG, text, whole=begin > AT - REACH)


def _document(kind: str, machine: Machine, name: str, text: str, *, whole: bool) -> dict[str, Any]:
    at = times.kubernetes(AT)
    return {"kind": kind, "node": machine.name, "name": name, "text": text, "whole": whole, "at": at}


def _daemon(machine: Machine) -> Pod:
    return next(pod for pod in machine.pods if pod.service.name == "aws-node")


@dataclass
class _Tries:
    """How a node's daemon tries to get more, again and again; the ids of its requests are its own."""

    simulation: Simulation
    machine: Machine
    growable: list[Interface]
    may_attach: bool
    since: datetime | None
    code: str
    names: Names = field(init=False)

    @classmethod
    def of(cls, simulation: Simulation, machine: Machine) -> "_Tries":
        since, code = machine.refused or (None, "")
        daemon = simulation.daemon
        room = [one for one in daemon.growable(machine) if one.slots_used < machine.group.limits.slots]
        wants = daemon.wanted(machine) > 0
        made = cls(simulation, machine, room, daemon.has_room(machine), since if wants else None, code)
        made.names = Names(Random(f"words of {machine.uid}"))
        return made

    @property
    def pace(self) -> timedelta:
        """From one try to the next."""
        return REST if self.may_attach else TURN

    @property
    def asked(self) -> int:
        """How often waiting pods asked in vain."""
        return sum(1 + (AT - pod.bound) // AGAIN for pod in self.machine.waiting)

    def refusals(self) -> Iterator[tuple[str, int]]:
        """Refused calls since the first one, by API call."""
        if self.since is None:
            return
        turns = 1 + (AT - self.since) // self.pace
        if self.growable:
            yield "AssignPrivateIpAddresses", 2 * len(self.growable) * turns
        if self.may_attach:
            yield "CreateNetworkInterface", turns

    def said(self, begin: datetime) -> Iterator[tuple[datetime, str]]:
        """The lines from `begin` on, each with its time; the try of each pod, and the loop's own."""
        for pod in self.machine.waiting:
            at = pod.bound + timedelta(seconds=2)
            while at < AT:
                if at >= begin:
                    yield from self._unserved(pod, at)
                at += AGAIN
        at = begin
        while at < AT:
            yield from self._turn(at, begin)
            at += TURN

    def _turn(self, at: datetime, begin: datetime) -> Iterator[tuple[datetime, str]]:
        """One turn of the loop: the pool's numbers, and what was tried."""
        machine = self.machine
        used = machine.held - len(machine.pool)
        numbers = f"total IPs: {machine.held}, assigned IPs: {used}, cooldown IPs: 0"
        yield _line(at, "debug", "ipamd/ipamd.go:689", f"IP stats - {numbers}")
        if self.simulation.daemon.wanted(machine) <= 0:
            return
        later = at + timedelta(milliseconds=3)
        if self.since is None:
            yield _line(later, "debug", "ipamd/ipamd.go:843", _AT_THE_CEILING)
        elif (at - begin) % self.pace < TURN:
            yield from self._refused(later)
        else:
            yield _line(later, "debug", "ipamd/ipamd.go:817", _RESTING)

    def _refused(self, at: datetime) -> Iterator[tuple[datetime, str]]:
        """One failed try: on each interface with room twice, all and then one; last a new interface."""
        kind = "IPv4 Prefixes" if self.simulation.settings.prefix_delegation else "IP addresses"
        step = timedelta(milliseconds=180)
        for interface in self.growable:
            for which in ("all", "one"):
                at += step
                failed = f"on ENI {interface.id}: {self._error('AssignPrivateIpAddresses')}"
                words = f"Failed to allocate a private IP/Prefix addresses {failed}"
                yield _line(at, "error", "awsutils/awsutils.go:1780", words)
                if which == "all":
                    error = words.partition(": ")[2]
                    told = f"failed to allocate all available {kind} on ENI {interface.id}, err: {error}"
                    yield _line(at, "warn", "ipamd/ipamd.go:951", told)
        if not self.may_attach:
            yield _line(at + step, "debug", "ipamd/ipamd.go:843", _AT_THE_CEILING)
            return
        at += step
        error, subnet = self._error("CreateNetworkInterface"), self.machine.pod_subnet.id
        told = f"Failed to CreateNetworkInterface {error} for subnet {subnet}"
        yield _line(at, "error", "awsutils/awsutils.go:1090", told)
        told = "Failed to increase pool size due to not able to allocate ENI AllocENI: failed to create ENI"
        told = f"{told}: failed to create network interface: {error}"
        yield _line(at, "error", "ipamd/ipamd.go:902", told)
        yield _line(at, "warn", "ipamd/ipamd.go:907", HINT)

    def _error(self, call: str) -> str:
        """EC2's answer to one request."""
        answer = f"https response error StatusCode: 400, RequestID: {self.names.uid()}"
        return f"operation error EC2: {call}, {answer}, api error {self.code}: {REFUSED[self.code]}"

    def _unserved(self, pod: Pod, at: datetime) -> Iterator[tuple[datetime, str]]:
        """A pod's plugin asks, and there is nothing to give."""
        whose = f"NS /var/run/netns/cni-{self.names.uid()}, Pod {pod.name}, NameSpace {pod.service.namespace}"
        sandbox = f"Sandbox {self.names.hex(64)}, ifname eth0"
        yield _line(at, "info", "rpc/rpc.pb.go:863", f"Received AddNetwork for {whose}, {sandbox}")
        yield _line(at, "debug", "datastore/data_store.go:714", _NOTHING)
        reply = f"Send AddNetworkReply: IPv4Addr: , IPv6Addr: , DeviceNumber: -1, err: {EMPTY}"
        yield _line(at, "info", "rpc/rpc.pb.go:863", reply)


_AT_THE_CEILING = "Skipping ENI allocation as the max ENI limit is already reached"
_RESTING = "Recently we had InsufficientCidr error hence will wait for 2m0s before retrying"
_NOTHING = "DataStore has no available IP/Prefix addresses"


def _line(at: datetime, level: str, caller: str, message: str) -> tuple[datetime, str]:
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
    return at, json.dumps(
        {"level": level, "ts": stamp, "caller": caller, "msg": message}, separators=(",", ":")
    )
