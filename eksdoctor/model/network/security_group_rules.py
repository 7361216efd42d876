"""Whether security groups let traffic from one ENI to another: three-valued, from their rules alone.

An ENI's groups let out what any egress rule of theirs allows, and in what any ingress rule allows;
there are no rules that forbid. Groups are stateful: the answer needs no rule of its own.
https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from eksdoctor.model.facts.fact import Items, Unknown, all_of, any_of
from eksdoctor.snapshot.records.network import SecurityGroupRule

ANY = "-1"
ALL_PORTS = -1
# Rules name these protocols; every other one stands in them as its number.
NUMBERS = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58}
WITH_PORTS = (NUMBERS["tcp"], NUMBERS["udp"])

Rules = Callable[[str], Items[SecurityGroupRule]]
"""The rules of both directions of a group, by its id."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One end of a connection: its address, and the groups of the ENI that the address stands on."""

    address: IPv4Address | IPv6Address
    groups: tuple[str, ...] | Unknown


@dataclass(frozen=True, slots=True)
class Traffic:
    """A protocol that has ports (`tcp`, `udp`), and the port it goes to."""

    protocol: str
    port: int

    def __str__(self) -> str:
        return f"{self.protocol.upper()} {self.port}"


def reaches(source: Peer, target: Peer, traffic: Traffic, rules: Rules) -> bool | Unknown:
    """Whether the groups of both ends let a connection through."""
    return all_of(lets_out(source, target, traffic, rules), lets_in(source, target, traffic, rules))


def lets_out(source: Peer, target: Peer, traffic: Traffic, rules: Rules) -> bool | Unknown:
    """Whether an egress rule of the source's groups allows it."""
    return _allowed(source.groups, target, traffic, rules, is_egress=True)


def lets_in(source: Peer, target: Peer, traffic: Traffic, rules: Rules) -> bool | Unknown:
    """Whether an ingress rule of the target's groups allows it."""
    return _allowed(target.groups, source, traffic, rules, is_egress=False)


def _allowed(
    groups: tuple[str, ...] | Unknown, other: Peer, traffic: Traffic, rules: Rules, *, is_egress: bool
) -> bool | Unknown:
    if isinstance(groups, Unknown):
        return groups
    answers: list[bool | Unknown] = []
    for group in groups:
        found = rules(group)
        answers += [_allows(rule, other, traffic) for rule in found if rule.is_egress == is_egress]
        if found.missing is not None:
            answers.append(found.missing)
    return any_of(*answers)


def _allows(rule: SecurityGroupRule, other: Peer, traffic: Traffic) -> bool | Unknown:
    return all_of(_is_for_protocol(rule, traffic), _is_for_port(rule, traffic), _is_for_peer(rule, other))


def _is_for_protocol(rule: SecurityGroupRule, traffic: Traffic) -> bool | Unknown:
    if rule.ip_protocol == ANY:
        return True
    number = _number(rule.ip_protocol)
    if number is None:
        return _unread(rule, f"the protocol {rule.ip_protocol[:20]!r}")
    return number == NUMBERS[traffic.protocol]


def _number(protocol: str) -> int | None:
    name = protocol.lower()
    if name in NUMBERS:
        return NUMBERS[name]
    return int(name) if name.isascii() and name.isdigit() and len(name) <= 3 else None  # noqa: PLR2004 (0-255)


def _is_for_port(rule: SecurityGroupRule, traffic: Traffic) -> bool | Unknown:
    if rule.ip_protocol == ANY or _number(rule.ip_protocol) not in WITH_PORTS:
        return True  # all ports, or a protocol whose "ports" are types and codes of ICMP
    if rule.from_port is None or rule.to_port is None:
        return _unread(rule, "ports")
    return rule.from_port == ALL_PORTS or rule.from_port <= traffic.port <= rule.to_port


def _is_for_peer(rule: SecurityGroupRule, other: Peer) -> bool | Unknown:
    """Group ids are the same in every account: one of another account or VPC is not the peer's, or it is."""
    if rule.referenced_group_info is not None and rule.referenced_group_info.group_id:
        return other.groups if isinstance(other.groups, Unknown) else _names_group(rule, other.groups)
    block = rule.cidr_ipv4 or rule.cidr_ipv6
    if not block:
        if rule.prefix_list_id:
            return Unknown.because(
                f"rule {rule.security_group_rule_id} uses prefix list {rule.prefix_list_id}, "
                "whose entries are not read"
            )
        return _unread(rule, "a peer")
    network = _network(block)
    if network is None:
        return _unread(rule, f"the range {block[:50]!r}")
    return network.version == other.address.version and other.address in network


@lru_cache(maxsize=4096)
def _network(block: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(block, strict=False)
    except ValueError:
        return None


def _names_group(rule: SecurityGroupRule, groups: tuple[str, ...]) -> bool:
    return rule.referenced_group_info is not None and rule.referenced_group_info.group_id in groups


def _unread(rule: SecurityGroupRule, what: str) -> Unknown:
    return Unknown.because(f"{what} of rule {rule.security_group_rule_id} could not be read")
