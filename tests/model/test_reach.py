"""Security groups evaluated: rule by rule, and against an evaluator that lists every packet."""

from ipaddress import ip_address, ip_network
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eksdoctor.model.facts.fact import Items, Unknown
from eksdoctor.model.network.security_group_rules import Peer, Traffic, lets_in, lets_out, reaches
from eksdoctor.snapshot.records.network import ReferencedGroup, SecurityGroupRule

DNS = Traffic("udp", 53)
NODE = Peer(ip_address("10.0.0.10"), ("sg-node",))
POD = Peer(ip_address("10.0.1.20"), ("sg-pod", "sg-more"))
SIX = Peer(ip_address("2001:db8::10"), ("sg-six",))
ALL = {"ip_protocol": "-1", "from_port": -1, "to_port": -1}


def rule(group="sg-node", *, egress=False, to="", reference="", user="111122223333", **fields):
    peer = {"cidr_ipv6" if ":" in to else "cidr_ipv4": to} if to else {}
    if reference:
        peer["referenced_group_info"] = ReferencedGroup(group_id=reference, user_id=user)
    return SecurityGroupRule(
        **({"security_group_rule_id": "sgr-1", "group_id": group, "is_egress": egress} | peer | fields)
    )


def of(*rules, missing=None):
    return lambda group: Items(tuple(one for one in rules if one.group_id == group), missing)


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        (ALL | {"to": "0.0.0.0/0"}, True),
        (ALL | {"to": "10.0.1.20/32"}, True),
        (ALL | {"to": "10.0.1.21/32"}, False),
        (ALL | {"to": "10.0.1.21/24"}, True),  # host bits are ignored
        (ALL | {"to": "::/0"}, False),  # every address of the other family
        (ALL | {"reference": "sg-more"}, True),
        (ALL | {"reference": "sg-more", "user": "444455556666"}, True),  # ids are the same everywhere
        (ALL | {"reference": "sg-other"}, False),
        (ALL | {"prefix_list_id": "pl-1"}, None),
        (ALL, None),  # no peer at all
        (ALL | {"to": "ten/8"}, None),
        ({"ip_protocol": "udp", "from_port": 53, "to_port": 53, "to": "10.0.0.0/8"}, True),
        ({"ip_protocol": "17", "from_port": 0, "to_port": 65535, "to": "10.0.0.0/8"}, True),
        ({"ip_protocol": "UDP", "from_port": 50, "to_port": 60, "to": "10.0.0.0/8"}, True),
        ({"ip_protocol": "udp", "from_port": -1, "to_port": -1, "to": "10.0.0.0/8"}, True),
        ({"ip_protocol": "udp", "from_port": 54, "to_port": 60, "to": "10.0.0.0/8"}, False),
        ({"ip_protocol": "udp", "from_port": 60, "to_port": 50, "to": "10.0.0.0/8"}, False),
        ({"ip_protocol": "udp", "to": "10.0.0.0/8"}, None),  # ports left out
        ({"ip_protocol": "tcp", "from_port": 53, "to_port": 53, "to": "10.0.0.0/8"}, False),
        ({"ip_protocol": "tcp", "to": "10.0.0.0/8"}, False),  # another protocol, whatever the ports
        ({"ip_protocol": "icmp", "from_port": -1, "to_port": -1, "to": "10.0.0.0/8"}, False),
        ({"ip_protocol": "50", "to": "10.0.0.0/8"}, False),
        ({"ip_protocol": "", "to": "10.0.0.0/8"}, None),
        ({"ip_protocol": "٦", "to": "10.0.0.0/8"}, None),  # a digit that is none of ASCII
        ({"ip_protocol": "9" * 5000, "to": "10.0.0.0/8"}, None),
        ({"ip_protocol": "udp", "from_port": 53, "to_port": 53, "prefix_list_id": "pl-1"}, None),
        ({"ip_protocol": "tcp", "from_port": 53, "to_port": 53, "prefix_list_id": "pl-1"}, False),
    ],
)
def test_one_ingress_rule(fields, wanted):
    answer = lets_in(POD, NODE, DNS, of(rule(**fields)))
    assert (None if isinstance(answer, Unknown) else answer) is wanted


def test_both_ends_must_agree():
    out = rule("sg-pod", egress=True, to="10.0.0.0/24", **ALL)
    into = rule("sg-node", reference="sg-pod", **ALL)
    assert reaches(POD, NODE, DNS, of(out, into)) is True
    assert reaches(POD, NODE, DNS, of(out)) is False
    assert reaches(POD, NODE, DNS, of(into)) is False
    assert reaches(NODE, POD, DNS, of(out, into)) is False  # the other way round is another connection


def test_direction_counts():
    assert lets_out(NODE, POD, DNS, of(rule(to="0.0.0.0/0", **ALL))) is False


def test_no_group_lets_nothing_through():
    assert lets_out(Peer(POD.address, ()), NODE, DNS, of()) is False


def test_ipv6_by_its_own_ranges():
    six = of(rule("sg-six", to="2001:db8::/32", **ALL), rule("sg-six", to="0.0.0.0/0", **ALL))
    assert lets_in(SIX, SIX, DNS, six) is True
    assert lets_in(NODE, SIX, DNS, six) is True  # by 0.0.0.0/0
    assert lets_in(SIX, SIX, DNS, of(rule("sg-six", to="0.0.0.0/0", **ALL))) is False


WHY = Unknown.because("not allowed to call ec2:DescribeSecurityGroupRules")


def test_rules_that_were_not_read_may_allow_and_cannot_forbid():
    assert lets_in(POD, NODE, DNS, of(missing=WHY)) == WHY
    assert lets_in(POD, NODE, DNS, of(rule(to="10.0.0.0/8", **ALL), missing=WHY)) is True


def test_groups_that_are_not_known_leave_what_ranges_settle():
    dark = Peer(POD.address, WHY)
    assert lets_out(dark, NODE, DNS, of()) == WHY
    assert lets_in(dark, NODE, DNS, of(rule(to="10.0.1.0/24", **ALL))) is True
    assert lets_in(dark, NODE, DNS, of(rule(to="10.0.2.0/24", **ALL))) is False
    assert lets_in(dark, NODE, DNS, of(rule(reference="sg-pod", **ALL))) == WHY


# --- against a list of every packet ------------------------------------------------------------------

ADDRESSES = [ip_address(f"10.0.0.{last}") for last in range(4)]
GROUPS = ["sg-1", "sg-2", "sg-3"]
PORTS = range(1, 5)
RANGES = ["10.0.0.0/30", "10.0.0.0/31", "10.0.0.2/31", "10.0.0.1/32", "10.0.0.3/32"]

rules = st.builds(
    lambda group, egress, protocol, ports, peer: SecurityGroupRule(
        security_group_rule_id="sgr",
        group_id=group,
        is_egress=egress,
        ip_protocol=protocol,
        from_port=-1 if protocol == "-1" else min(ports),
        to_port=-1 if protocol == "-1" else max(ports),
        **peer,
    ),
    st.sampled_from(GROUPS),
    st.booleans(),
    st.sampled_from(["-1", "tcp", "udp", "6", "17", "icmp"]),
    st.tuples(st.sampled_from(PORTS), st.sampled_from(PORTS)),
    st.one_of(
        st.builds(lambda block: {"cidr_ipv4": block}, st.sampled_from(RANGES)),
        st.builds(
            lambda group: {"referenced_group_info": ReferencedGroup(group_id=group)}, st.sampled_from(GROUPS)
        ),
        st.just({"prefix_list_id": "pl-1"}),
    ),
)
ends = st.builds(
    lambda address, groups: Peer(address, tuple(sorted(groups))),
    st.sampled_from(ADDRESSES),
    st.sets(st.sampled_from(GROUPS)),
)
traffics = st.builds(Traffic, st.sampled_from(["tcp", "udp"]), st.sampled_from(PORTS))
NAMES = {"-1": {"tcp", "udp"}, "tcp": {"tcp"}, "6": {"tcp"}, "udp": {"udp"}, "17": {"udp"}, "icmp": set()}


def packets(found, listed):
    """Every (own group, far address, far group, protocol, port) that the rules of one direction allow."""
    allowed = set()
    for one in found:
        ports = PORTS if one.from_port == -1 else range(one.from_port, one.to_port + 1)
        if one.referenced_group_info is not None:
            far = {(None, one.referenced_group_info.group_id)}
        elif one.prefix_list_id:
            far = {(address, None) for address in listed}
        else:
            far = {(address, None) for address in ip_network(one.cidr_ipv4)}
        allowed |= {
            (one.group_id, address, group, protocol, port)
            for address, group in far
            for protocol in NAMES[one.ip_protocol]
            for port in ports
        }
    return allowed


def passes(found, own, far, traffic, listed, *, egress):
    allowed = packets([one for one in found if one.is_egress is egress], listed)
    looks = [(far.address, None), *((None, group) for group in far.groups)]
    return any(
        (mine, address, group, traffic.protocol, traffic.port) in allowed
        for mine, (address, group) in product(own.groups, looks)
    )


@given(st.lists(rules, max_size=6), ends, ends, traffics)
def test_as_every_packet_says(found, source, target, traffic):
    answer = reaches(source, target, traffic, of(*found))
    # A prefix list may hold any addresses; what is the same for all of them is known.
    possible = {
        passes(found, source, target, traffic, listed, egress=True)
        and passes(found, target, source, traffic, listed, egress=False)
        for size in range(16)
        for listed in [[a for bit, a in enumerate(ADDRESSES) if size >> bit & 1]]
    }
    if isinstance(answer, Unknown):
        assert any(one.prefix_list_id for one in found)
    else:
        assert possible == {answer}
    if not any(one.prefix_list_id for one in found):
        assert possible == {answer}
