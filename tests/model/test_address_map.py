"""The address map against a walk over every address, and holders against tables of what AWS shows."""

import json
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.addresses.address_map import AddressMap, Use
from eksdoctor.model.addresses.address_map_builder import survey
from eksdoctor.model.addresses.eni_owner import Estate, Owner
from eksdoctor.model.addresses.free_prefixes import free_prefixes
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.snapshot import archive
from eksdoctor.snapshot.records import aws
from eksdoctor.snapshot.records.node_text import NODE_TEXTS

AT = datetime(2026, 1, 2, 2, 14, tzinfo=UTC)
FIXTURES = Path(__file__).parents[2] / "fixtures"
OURS, THEIRS, LONE = "i-0aaa", "i-0bbb", "i-0ccc"


def attached(instance):
    return aws.Attachment(instance_id=instance, status="attached")


def tags(**found):
    names = {
        "cluster": "cluster.k8s.amazonaws.com/name",
        "instance": "node.k8s.amazonaws.com/instance_id",
        "created": "node.k8s.amazonaws.com/createdAt",
        "trunk": "vpcresources.k8s.aws/trunk-eni-id",
        "no_manage": "node.k8s.amazonaws.com/no_manage",
    }
    return tuple(aws.Tag(names[key], value) for key, value in found.items())


LONG_AGO, JUST_NOW = "2026-01-02T02:08:59Z", "2026-01-02T02:09:00Z"  # 5 min 1 s and 5 min before AT
# What is shown of an ENI → what a single address, its primary one and a prefix of it are.
SHOWN = {
    "node": {"attachment": attached(OURS), "status": "in-use"},
    "young": {
        "status": "available",
        "description": f"aws-K8S-{OURS}",
        "tag_set": tags(instance=OURS, created=JUST_NOW),
    },
    "unmanaged": {"attachment": attached(OURS), "tag_set": tags(no_manage="true")},
    "branch": {"interface_type": "branch", "status": "in-use", "tag_set": tags(trunk="eni-gone")},
    "leaked": {
        "status": "available",
        "description": f"aws-K8S-{LONE}",
        "tag_set": tags(instance=LONE, created=LONG_AGO),
    },
    "stray branch": {"interface_type": "branch", "status": "available", "tag_set": tags(trunk="eni-gone")},
    "other cluster": {"attachment": attached(THEIRS), "tag_set": tags(cluster="billing")},
    "control plane": {"description": "Amazon EKS example", "requester_id": "444455556666"},
    "balancer": {"description": "ELB app/shop/0f", "requester_id": "amazon-elb"},
    "nat": {"interface_type": "nat_gateway"},
    "instance": {"attachment": attached(LONE)},
}
USES = {
    "node": (Use.WARM, Use.PRIMARY, Use.PREFIX_IDLE),
    "young": (Use.WARM, Use.PRIMARY, Use.PREFIX_IDLE),
    "unmanaged": (Use.UNMANAGED,) * 3,
    "branch": (Use.BRANCH,) * 3,
    "leaked": (Use.LEAKED,) * 3,
    "stray branch": (Use.LEAKED,) * 3,
    "other cluster": (Use.OTHER_CLUSTER,) * 3,
    "control plane": (Use.CONTROL_PLANE,) * 3,
    "balancer": (Use.SERVICE,) * 3,
    "nat": (Use.SERVICE,) * 3,
    "instance": (Use.SERVICE,) * 3,
}


def eni(label="node", addresses=(), prefixes=(), **changed):
    found = {"network_interface_id": "eni-1", **SHOWN[label], **changed}
    singles = tuple(aws.PrivateIpAddress(str(IPv4Address(a)), primary=not n) for n, a in enumerate(addresses))
    blocks = tuple(aws.Ipv4Prefix(f"{IPv4Address(block)}/28") for block in prefixes)
    return aws.NetworkInterface(**found, private_ip_addresses=singles, ipv4_prefixes=blocks)


def estate(interfaces=(), cluster="example", node_addresses=()):
    return Estate.of(cluster, {OURS}, node_addresses, interfaces, AT)


def drawn(network, interfaces, reservations=(), **more):
    return survey(IPv4Network(network), interfaces, reservations, estate(interfaces), **more)


def reservation(cidr, kind):
    return aws.CidrReservation("scr-1", cidr=str(cidr), reservation_type=kind)


# --- every address, against a walk -----------------------------------------------------------------


@st.composite
def subnets(draw):
    length = draw(st.integers(22, 28))
    network = IPv4Network((int(IPv4Address("10.0.4.0")) + draw(st.integers(0, 2047)), length), strict=False)
    low, high = int(network.network_address), int(network.broadcast_address)
    anywhere = st.integers(low - 40, high + 40)
    labels = draw(st.lists(st.sampled_from(sorted(SHOWN)), max_size=9))
    shown = [
        (
            label,
            draw(st.lists(anywhere, max_size=8)),
            [block & ~15 for block in draw(st.lists(anywhere, max_size=3))],
        )
        for label in labels
    ]
    kinds = st.sampled_from(["explicit", "prefix", "to come"])
    blocks = [IPv4Network((draw(anywhere), draw(st.integers(24, 32))), strict=False) for _ in range(3)]
    reserved = [(block, draw(kinds)) for block in blocks[: draw(st.integers(0, 3))]]
    pods, cooling = draw(st.lists(anywhere, max_size=20)), draw(st.lists(anywhere, max_size=5))
    return network, shown, reserved, pods, cooling, draw(st.integers(0, network.num_addresses))


def use_by_walk(address, network, shown, reserved, turned):
    """The plainest possible answer: ask everything about one address, in order."""
    if int(address) < int(network.network_address) + 4 or address == network.broadcast_address:
        return Use.AWS
    for label, singles, blocks in shown:
        use = use_on_one(int(address), USES[label], singles, blocks)
        if use is not None:
            return turned_by_walk(int(address), use, *turned)
    for block, kind in reserved:
        if address in block and kind != "to come":
            return Use.EXPLICIT if kind == "explicit" else Use.FOR_PREFIXES
    return Use.FREE


def use_on_one(number, uses, singles, blocks):
    single, primary, prefix = uses
    if number in singles:
        return primary if singles.index(number) == 0 else single
    return prefix if any(block <= number <= block + 15 for block in blocks) else None


def turned_by_walk(number, use, pods, cooling):
    if use not in (Use.WARM, Use.PREFIX_IDLE):
        return use
    if number in cooling:
        return Use.COOLING
    if number in pods:
        return Use.POD if use == Use.WARM else Use.PREFIX_USED
    return use


@settings(max_examples=60)
@given(subnets())
def test_against_a_walk_over_every_address(case):
    network, shown, reserved, pods, cooling, available = case
    interfaces = [eni(label, singles, blocks) for label, singles, blocks in shown]
    found = drawn(
        network,
        interfaces,
        [reservation(*one) for one in reserved],
        pods=[str(IPv4Address(pod)) for pod in pods],
        cooling=[str(IPv4Address(one)) for one in cooling],
        available=available,
    )
    walked = {a: use_by_walk(a, network, shown, reserved, (pods, cooling)) for a in network}
    assert {address: found.use_of(int(address)) for address in network} == walked
    uses = list(walked.values())
    assert found.counts == {use.name.lower(): uses.count(use) for use in Use if use in uses}
    assert sum(found.counts.values()) == network.num_addresses
    assert found.hidden == max(uses.count(Use.FREE) - available, 0)
    blocks = [uses[start : start + 16] for start in range(0, len(uses), 16)]
    loose = {Use.FREE, Use.FOR_PREFIXES}
    free = sum(1 for block in blocks if set(block) <= loose)
    full = sum(1 for block in blocks if not set(block) & loose)
    assert (found.free_prefixes, found.full_prefixes) == (free, full)
    assert found.fragmented_prefixes == len(blocks) - free - full
    withheld = [b for b in blocks if set(b) <= {*loose, Use.EXPLICIT} and Use.EXPLICIT in b]
    assert found.withheld_prefixes == len(withheld)
    assert found.idle_prefixes == sum(1 for block in blocks if set(block) == {Use.PREFIX_IDLE})


@settings(max_examples=60)
@given(subnets())
def test_holders_add_up_to_what_is_held(case):
    network, shown, reserved, _, _, available = case
    interfaces = [eni(label, singles, blocks) for label, singles, blocks in shown]
    found = drawn(network, interfaces, [reservation(*one) for one in reserved], available=available)
    seen = [holding for holding in found.holdings if not holding.is_floor]
    assert sum(holding.addresses for holding in seen) == network.num_addresses - found.count(Use.AWS) - (
        found.free + found.reserved
    )
    assert [h.addresses for h in found.holdings] == sorted(
        (h.addresses for h in found.holdings), reverse=True
    )
    assert all(0 <= holding.single <= holding.addresses for holding in seen)
    for owner, use in ((Owner.OTHER_CLUSTER, Use.OTHER_CLUSTER), (Owner.SERVICE, Use.SERVICE)):
        assert sum(h.addresses for h in seen if h.owner == owner) == found.count(use)


@settings(max_examples=60)
@given(subnets())
def test_free_blocks_as_the_other_formula_counts_them(case):
    network, shown, reserved, *_ = case
    interfaces = [eni(label, singles, blocks) for label, singles, blocks in shown]
    found = drawn(network, interfaces, [reservation(*one) for one in reserved])
    held = [number for _, singles, blocks in shown for number in [*singles, *blocks]]
    blocked = [
        block
        for block, kind in reserved
        if kind == "explicit" and any(found.use_of(int(a)) == Use.EXPLICIT for a in block if a in network)
    ]
    explicit = [IPv4Network((a, 32)) for a in network if found.use_of(int(a)) == Use.EXPLICIT]
    assert found.free_prefixes == free_prefixes(network, held, explicit)
    assert found.free_prefixes >= free_prefixes(network, held, blocked)


# --- fragmentation, by hand ------------------------------------------------------------------------


def test_an_empty_subnet_of_four_blocks_has_two_that_aws_itself_splits():
    found = drawn("10.0.0.0/26", [])
    assert (found.free_prefixes, found.fragmented_prefixes, found.full_prefixes) == (2, 2, 0)
    assert found.fragmentation_score == 50


def test_full_fragmented_and_free_blocks_make_the_score():
    # /25: block 0 and 7 by AWS; 1 is a prefix; 2 and 3 hold one address each; 4, 5, 6 are free
    start = int(IPv4Address("10.0.0.0"))
    found = drawn("10.0.0.0/25", [eni("node", [start + 33, start + 63], [start + 16])])
    assert (found.free_prefixes, found.fragmented_prefixes, found.full_prefixes) == (3, 4, 1)
    assert found.fragmentation_score == 63  # 5 of 8 are 62.5 %, rounded up


def test_one_block_in_a_large_subnet_is_a_whole_per_cent():
    assert drawn("10.0.0.0/16", []).fragmentation_score == 1  # 2 of 4096


def test_a_prefix_reservation_is_free_for_prefixes_and_an_explicit_one_is_full():
    kept = drawn("10.0.0.0/26", [], [reservation("10.0.0.16/28", "prefix")])
    assert (kept.free_prefixes, kept.full_prefixes, kept.withheld_prefixes) == (2, 0, 0)
    barred = drawn("10.0.0.0/26", [], [reservation("10.0.0.16/28", "explicit")])
    assert (barred.free_prefixes, barred.full_prefixes, barred.withheld_prefixes) == (1, 1, 1)
    assert barred.fragmentation_score == 75


# --- holders ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ({"interface_type": "nat_gateway"}, "NAT gateway"),
        ({"interface_type": "natGateway"}, "NAT gateway"),
        ({"interface_type": "lambda", "description": "AWS Lambda VPC ENI-f-0f"}, "Lambda"),
        ({"interface_type": "vpc_endpoint", "description": "VPC Endpoint Interface vpce-0f"}, "VPC endpoint"),
        (
            {"interface_type": "network_load_balancer", "description": "ELB net/a/0f"},
            "Elastic Load Balancing",
        ),
        ({"interface_type": "gateway_load_balancer_endpoint"}, "VPC endpoint"),
        ({"interface_type": "transit_gateway"}, "transit gateway"),
        ({"description": "ELB app/shop/0f", "requester_id": "amazon-elb"}, "Elastic Load Balancing"),
        ({"description": "ELB classic"}, "Elastic Load Balancing"),
        ({"requester_id": "amazon-elb"}, "Elastic Load Balancing"),
        (
            {"description": "RDSNetworkInterface", "requester_id": "amazon-rds"},
            "RDS, Aurora, DocumentDB or Neptune",
        ),
        ({"description": "RedshiftNetworkInterface"}, "Redshift"),
        ({"description": "ElastiCache shop-0001"}, "ElastiCache"),
        ({"description": "EFS mount target for fs-0f (fsmt-0e)"}, "EFS"),
        ({"description": "DMSNetworkInterface"}, "Database Migration Service"),
        ({"description": "AWS created network interface for directory d-0f"}, "Directory Service"),
        ({"description": "Route 53 Resolver: rslvr-in-0f:rni-0e"}, "Route 53 Resolver"),
        ({"description": "ES logs"}, "OpenSearch Service"),
        ({"description": "arn:aws:ecs:eu-west-1:111122223333:attachment/0f"}, "ECS tasks"),
        ({"description": "Amazon EKS billing"}, "control plane of cluster billing"),
        ({"requester_id": "amazon-to-come"}, "amazon-to-come"),
        (
            {"attachment": attached(LONE), "description": "ELB app/so-called"},
            "EC2 instances outside this cluster",
        ),
        (
            {"attachment": attached(LONE), "description": "Amazon EKS example"},
            "EC2 instances outside this cluster",
        ),
        ({"status": "available", "description": "spare"}, "ENIs attached to nothing"),
        ({"description": "somebody's"}, "other ENIs"),
    ],
)
def test_services(shown, name):
    holder = estate().holder_of(aws.NetworkInterface("eni-1", **shown))
    assert (holder.owner, holder.name) == (Owner.SERVICE, name)


@pytest.mark.parametrize(
    ("label", "changed", "owner", "name"),
    [
        ("node", {}, Owner.NODE, "nodes of this cluster"),
        ("node", {"tag_set": tags(cluster="billing")}, Owner.NODE, "nodes of this cluster"),
        ("node", {"interface_type": "trunk"}, Owner.NODE, "nodes of this cluster"),
        ("control plane", {}, Owner.CONTROL_PLANE, "control plane of this cluster"),
        ("other cluster", {}, Owner.OTHER_CLUSTER, "cluster billing"),
        (
            "instance",
            {"tag_set": (aws.Tag("kubernetes.io/cluster/billing", "owned"),)},
            Owner.OTHER_CLUSTER,
            "cluster billing",
        ),
        (
            "instance",
            {"tag_set": (aws.Tag("kubernetes.io/cluster/billing", "shared"),)},
            Owner.SERVICE,
            "EC2 instances outside this cluster",
        ),
        (
            "instance",
            {"description": f"aws-K8S-{LONE}"},
            Owner.OTHER_CLUSTER,
            "a cluster that does not tag its ENIs",
        ),
        ("instance", {"tag_set": tags(cluster="example")}, Owner.NODE, "nodes of this cluster"),
        ("nat", {"tag_set": tags(cluster="billing")}, Owner.SERVICE, "NAT gateway"),
        ("balancer", {"tag_set": tags(cluster="billing")}, Owner.SERVICE, "Elastic Load Balancing"),
        ("branch", {"tag_set": tags(cluster="billing")}, Owner.OTHER_CLUSTER, "cluster billing"),
        (
            "leaked",
            {"tag_set": tags(cluster="billing", instance=LONE, created=LONG_AGO)},
            Owner.OTHER_CLUSTER,
            "cluster billing",
        ),
        (
            "leaked",
            {"tag_set": tags(cluster="example", instance=LONE, created=LONG_AGO)},
            Owner.LEAKED,
            "leaked ENIs",
        ),
    ],
)
def test_clusters(label, changed, owner, name):
    holder = estate().holder_of(eni(label, **changed))
    assert (holder.owner, holder.name) == (owner, name)


@pytest.mark.parametrize(
    "changed",
    [
        {"tag_set": tags(instance=LONE, created=JUST_NOW)},
        {"tag_set": tags(instance=LONE, created="2026-01-02T03:00:00Z")},  # a clock ahead
        {"tag_set": tags(instance=LONE, created="yesterday")},
        {"tag_set": tags(instance=LONE)},
        {"tag_set": tags(created=LONG_AGO)},
        {"status": "in-use"},
        {"status": ""},
        {"description": "spare"},
    ],
)
def test_less_than_every_sign_is_no_leak(changed):
    assert estate().holder_of(eni("leaked")).owner == Owner.LEAKED
    assert estate().holder_of(eni("leaked", **changed)).owner != Owner.LEAKED


def test_a_branch_is_leaked_when_no_trunk_is_seen_and_it_hangs_on_none():
    stray = eni("stray branch")
    assert estate([stray]).holder_of(stray).owner == Owner.LEAKED
    trunk = aws.NetworkInterface("eni-gone", interface_type="trunk")
    assert estate([stray, trunk]).holder_of(stray).owner == Owner.BRANCH
    assert estate().holder_of(eni("stray branch", status="associated")).owner == Owner.BRANCH


def test_a_nodes_untagged_first_eni_is_its_second_ones_clusters():
    first = aws.NetworkInterface("eni-1", attachment=attached(THEIRS))
    assert estate([first]).holder_of(first).name == "EC2 instances outside this cluster"
    for order in ([first, eni("other cluster")], [eni("other cluster"), first]):
        assert estate(order).holder_of(first).name == "cluster billing"
    unnamed = aws.NetworkInterface("eni-2", attachment=attached(THEIRS), description=f"aws-K8S-{THEIRS}")
    assert estate([first, eni("other cluster"), unnamed]).holder_of(first).name == "cluster billing"
    assert estate([first, unnamed]).holder_of(first).name == "a cluster that does not tag its ENIs"
    joining = aws.NetworkInterface("eni-2", attachment=attached(THEIRS), tag_set=tags(cluster="example"))
    assert estate([first, joining]).holder_of(first).owner == Owner.NODE


def test_a_fargate_pods_eni_is_known_by_its_node_address():
    fargate = aws.NetworkInterface(
        "eni-1", private_ip_addresses=(aws.PrivateIpAddress("10.0.0.9", primary=True),)
    )
    assert estate().holder_of(fargate).owner == Owner.SERVICE
    assert estate(node_addresses=["10.0.0.9"]).holder_of(fargate).owner == Owner.NODE


def test_the_largest_holder_comes_first_and_the_unseen_say_at_least():
    start = int(IPv4Address("10.0.0.16"))
    interfaces = [eni("balancer", [start]), eni("other cluster", [start + 1], [start + 16])]
    found = drawn("10.0.0.0/24", interfaces, available=200)
    assert [str(holding) for holding in found.holdings] == [
        "holders that this account cannot see: at least 33",
        "cluster billing: 17",
        "Elastic Load Balancing: 1",
    ]
    assert found.hidden == 251 - 18 - 200
    assert (found.held_by_others, found.single_of_others, found.of_other_clusters) == (51, 2, 17)


def test_a_few_addresses_missing_are_a_moments_difference():
    found = drawn("10.0.0.0/24", [], available=251 - 15)
    assert (found.hidden, found.holdings) == (15, ())
    assert drawn("10.0.0.0/24", [], available=251 - 16).holdings[0].addresses == 16


def test_whatever_ec2_counts_as_available_reservations_are_nobodys():
    kept = [reservation("10.0.0.64/26", "explicit")]
    assert drawn("10.0.0.0/24", [], kept, available=251).hidden == 0
    assert drawn("10.0.0.0/24", [], kept, available=251 - 64).hidden == 0
    assert drawn("10.0.0.0/24", [], kept, available=251 - 64 - 20).hidden == 20


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.0.0",
        "10.0.0.256",
        "10.0.0.07",
        "10.0.0. 7",
        "10.0.0.\u0667",
        "1_0.0.0.7",
        "::1",
        "10.0.0.7/",
        "10.0.1.7",
    ],
)
def test_what_is_no_address_of_the_subnet_counts_nowhere(text):
    odd = aws.NetworkInterface(
        "eni-1",
        private_ip_addresses=(aws.PrivateIpAddress(text, primary=True),),
        ipv4_prefixes=(aws.Ipv4Prefix(text), aws.Ipv4Prefix("10.0.0.24/28"), aws.Ipv4Prefix("10.0.0.16/29")),
    )
    found = drawn("10.0.0.0/24", [odd], [reservation(text, "explicit")], pods=[text])
    assert found.counts == {"free": 251, "aws": 5}


@pytest.mark.parametrize("network", ["10.0.0.0/15", "10.0.0.0/29", "0.0.0.0/0"])
def test_a_range_that_no_subnet_has_is_refused(network):
    with pytest.raises(ValueError, match="is no subnet's range"):
        drawn(network, [])


# --- the facts -------------------------------------------------------------------------------------


def subnet(**changed):
    return {found.id: found for found in Cluster(patched(Patch(**changed))).subnet_records}["subnet-a"]


def test_the_facts_of_a_healthy_subnet():
    found = subnet()
    assert found.address_map.counts == {"free": 231, "aws": 5, "primary": 2, "pod": 1, "warm": 17}
    assert str(found.address_map.holdings[0]) == "nodes of this cluster: 20"
    assert found.fragmentation_score == 19  # 3 of 16 blocks
    assert (found.leaked_ips, found.addresses_of_others, found.addresses_of_other_clusters) == (0, 0, 0)
    assert found.other_holders.elements == ()
    assert found.other_holders.missing is None


COOLING = {
    "Address": "10.0.0.12",
    "IPAMKey": {"networkName": ""},
    "UnassignedTime": "2026-01-02T02:13:40Z",
}


def book(address, **changed):
    """What a daemon says of one address, as a record of a node's words."""
    entry = COOLING | {"Address": address} | changed
    block = {"IsPrefix": False, "IPAddresses": {address: entry}}
    enis = {"eni-a1": {"ID": "eni-a1", "AvailableIPv4Cidrs": {f"{address}/32": block}}}
    text = json.dumps({"0": {"TotalIPs": 18, "AssignedIPs": 1, "ENIs": enis}})
    words = {"kind": "introspection", "node": "node-a", "name": "enis.json", "text": text}
    return {NODE_TEXTS.file: {"words-1": words}}


@pytest.mark.parametrize(
    ("changed", "env", "cools"),
    [
        ({}, {}, True),  # 20 s ago
        ({"UnassignedTime": "2026-01-02T02:13:29Z"}, {}, False),  # 31 s ago
        ({"UnassignedTime": "2026-01-02T02:13:29Z"}, {"IP_COOLDOWN_PERIOD": "60"}, True),
        ({"UnassignedTime": "0001-01-01T00:00:00Z"}, {}, False),  # never
        ({"UnassignedTime": "yesterday"}, {}, False),
        ({"IPAMKey": {"networkName": "aws-cni"}}, {}, False),  # given out again
        ({}, {"IP_COOLDOWN_PERIOD": "9" * 18}, True),  # no time that a clock knows: the default
    ],
)
def test_addresses_cool_where_the_daemons_own_book_was_read(changed, env, cools):
    drawn_map = subnet(env=env, patch=book("10.0.0.12", **changed)).address_map
    assert drawn_map.use_of(int(IPv4Address("10.0.0.12"))) == (Use.COOLING if cools else Use.WARM)
    assert drawn_map.counts.get("cooling", 0) == cools


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"0": {"ENIs": {"eni-a1": 1}}}', "\ud800"])
def test_a_book_that_cannot_be_read_tells_of_none(text):
    words = {"kind": "introspection", "node": "node-a", "name": "enis.json", "text": text}
    assert subnet(patch={NODE_TEXTS.file: {"words-1": words}}).address_map.count(Use.COOLING) == 0


def test_the_map_in_words():
    assert str(subnet().address_map) == (
        "231 free, 5 reserved by AWS, 2 the nodes' ENIs' own, 1 with pods, 17 warm"
    )
    hidden = {"aws/ec2-describe-subnets": {"subnet-a": {"AvailableIpAddressCount": 100}}}
    assert str(subnet(patch=hidden).address_map).endswith("; 131 or more of the free are held unseen")
    assert len(set(map(str, Use))) == len(Use)


def test_without_the_pods_holders_are_still_known_and_the_map_is_not():
    found = subnet(refuse=["tabulate-pods"])
    assert isinstance(found.address_map, Unknown)
    assert found.addresses_of_others == 0
    assert found.fragmentation_score == 19


def test_a_pod_that_the_table_cannot_call_over_must_be_read():
    row = {"kubernetes/pods-table": {"row-1": {"cells": ["Error", "10.0.0.12", "node-a"]}}}
    assert subnet(patch=row).address_map.count(Use.POD) == 1
    assert isinstance(subnet(patch=row, refuse=["list-pods"]).address_map, Unknown)
    running = {"kubernetes/pods-table": {"row-1": {"cells": ["Running", "10.0.0.12", "node-a"]}}}
    assert subnet(patch=running).address_map.count(Use.POD) == 2


def test_without_the_nodes_nobody_is_others():
    found = subnet(refuse=["list-nodes"])
    for fact in (found.other_holders, found.addresses_of_others, found.leaked_ips, found.address_map):
        assert isinstance(fact, Unknown)


def test_hidden_holders_leave_the_score_open_unless_nothing_is_free():
    hidden = {"aws/ec2-describe-subnets": {"subnet-a": {"AvailableIpAddressCount": 100}}}
    found = subnet(patch=hidden)
    assert [str(holding) for holding in found.other_holders] == [
        "holders that this account cannot see: at least 131"
    ]
    assert isinstance(found.fragmentation_score, Unknown)
    tiny = {
        "aws/ec2-describe-subnets": {"subnet-a": {"CidrBlock": "10.0.0.0/27", "AvailableIpAddressCount": 0}}
    }
    assert subnet(patch=tiny).fragmentation_score == 100


def test_a_range_that_no_subnet_has_is_not_mapped():
    odd = {"aws/ec2-describe-subnets": {"subnet-a": {"CidrBlock": "10.0.0.0/8"}}}
    assert "EC2 allows no subnet" in str(subnet(patch=odd).address_map)


@pytest.mark.parametrize("name", ["meridian-pay", "fragmented", "ceiling", "min-ip-freeze"])
def test_on_whole_captures_the_map_accounts_for_every_address(name):
    cluster = Cluster(archive.read(FIXTURES / f"{name}.eksdoctor.tar.gz"))
    maps = [(s, s.address_map) for s in cluster.subnet_records if isinstance(s.address_map, AddressMap)]
    assert maps
    for found, drawn_map in maps:
        assert drawn_map.hidden == 0
        assert drawn_map.free + drawn_map.reserved == found.free_ips
        assert drawn_map.count(Use.WARM) + drawn_map.count(Use.PREFIX_IDLE) == found.idle_ips
        assert drawn_map.free_prefixes == found.free_prefixes
