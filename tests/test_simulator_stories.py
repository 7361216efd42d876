"""Each story of the simulator is the incident it says it is."""

from collections import Counter
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest

from eksdoctor.snapshot.records.aws import DESCRIBE_NETWORK_INTERFACES, DESCRIBE_NODEGROUP, DESCRIBE_SUBNETS
from eksdoctor.snapshot.records.kubernetes import (
    LIST_CNI_NODES,
    LIST_DAEMON_SETS,
    LIST_ENI_CONFIGS,
    LIST_EVENTS,
    LIST_NODES,
    LIST_PODS,
)
from tests.simulator.catalogue import FIXTURES
from tests.simulator.looking import addresses_of, held, interfaces_of, nodes_by_name, of, waiting

PAYMENTS = ("meridian-pay", "meridian-pay-agent")


def env(world):
    (aws_node,) = [
        each for each in of(world, LIST_DAEMON_SETS.kind) if each["metadata"]["name"] == "aws-node"
    ]
    return {
        entry["name"]: entry.get("value")
        for entry in aws_node["spec"]["template"]["spec"]["containers"][0]["env"]
    }


def ordinary_pods(world, node):
    return [
        pod
        for pod in of(world, LIST_PODS.kind)
        if pod["spec"]["nodeName"] == node and not pod["spec"].get("hostNetwork")
    ]


@pytest.mark.parametrize("name", PAYMENTS)
def test_meridian_pay_runs_dry_in_three_zones(name):
    world = FIXTURES[name]()
    zones = Counter(
        node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in of(world, LIST_NODES.kind)
    )
    assert zones == {"eu-west-1a": 60, "eu-west-1b": 60, "eu-west-1c": 60}
    free = {each["CidrBlock"]: each["AvailableIpAddressCount"] for each in of(world, DESCRIBE_SUBNETS.kind)}
    assert all(free[f"10.20.{third}.0/24"] <= 2 for third in range(3))


@pytest.mark.parametrize("name", PAYMENTS)
def test_meridian_pay_starves_mostly_payments_for_twenty_to_forty_minutes(name):
    world = FIXTURES[name]()
    namespaces = Counter(pod["metadata"]["namespace"] for pod in waiting(world))
    assert namespaces["payments"] > len(waiting(world)) / 2 > 15
    assert len(namespaces) > 1
    for pod in waiting(world):
        bound = datetime.fromisoformat(pod["status"]["conditions"][-1]["lastTransitionTime"])
        assert timedelta(minutes=20) <= world.at - bound <= timedelta(minutes=40)


def test_the_agent_changes_nothing_but_what_is_said():
    plain, watched = (FIXTURES[name]() for name in PAYMENTS)
    for kind in (
        DESCRIBE_SUBNETS.kind,
        DESCRIBE_NETWORK_INTERFACES.kind,
        LIST_CNI_NODES.kind,
        DESCRIBE_NODEGROUP.kind,
    ):
        assert of(plain, kind) == of(watched, kind)
    names = [{pod["metadata"]["name"] for pod in waiting(world)} for world in (plain, watched)]
    assert names[0] == names[1]


def test_the_agent_speaks_on_every_node_with_a_waiting_pod_and_not_on_all():
    world = FIXTURES["meridian-pay-agent"]()
    said = {}
    for name, node in nodes_by_name(world).items():
        (said[name],) = [
            (condition["status"], condition["reason"])
            for condition in node["status"]["conditions"]
            if condition["type"] == "NetworkingReady"
        ]
    assert set(said.values()) == {("False", "IPAMDNoIPs"), ("True", "NetworkingIsReady")}
    short = {name for name, (status, _) in said.items() if status == "False"}
    assert {pod["spec"]["nodeName"] for pod in waiting(world)} <= short
    warned = {
        event["involvedObject"]["name"]
        for event in of(world, LIST_EVENTS.kind)
        if event["reason"] == "IPAMDNoIPs"
    }
    assert warned == short


def test_without_the_agent_nobody_speaks_of_networking():
    world = FIXTURES["meridian-pay"]()
    conditions = {
        each["type"] for node in of(world, LIST_NODES.kind) for each in node["status"]["conditions"]
    }
    assert "NetworkingReady" not in conditions
    assert {event["reason"] for event in of(world, LIST_EVENTS.kind) if event["type"] == "Warning"} == {
        "FailedCreatePodSandBox"
    }


def test_fragmented_has_140_free_and_no_whole_block():
    world = FIXTURES["fragmented"]()
    (subnet,) = [each for each in of(world, DESCRIBE_SUBNETS.kind) if each["CidrBlock"] == "10.40.1.0/24"]
    taken = set(held(world, subnet))
    taken |= {ip_address(f"10.40.1.{last}") for last in (0, 1, 2, 3, 255)}
    whole = [block for block in ip_network("10.40.1.0/24").subnets(new_prefix=28) if taken.isdisjoint(block)]
    assert subnet["AvailableIpAddressCount"] == 140
    assert whole == []
    assert env(world)["ENABLE_PREFIX_DELEGATION"] == "true"
    zones = {
        nodes_by_name(world)[pod["spec"]["nodeName"]]["metadata"]["labels"]["topology.kubernetes.io/zone"]
        for pod in waiting(world)
    }
    assert zones == {"eu-west-1b"}


def test_ceiling_fills_every_interface_of_the_nodes_in_trouble():
    world = FIXTURES["ceiling"]()
    starved = {pod["spec"]["nodeName"] for pod in waiting(world)}
    assert len(starved) == 3
    for name in starved:
        node = nodes_by_name(world)[name]
        assert [len(addresses_of(each)) for each in interfaces_of(world, node)] == [10, 10, 10]
        assert node["status"]["allocatable"]["pods"] == "110"
    assert all(subnet["AvailableIpAddressCount"] > 3900 for subnet in of(world, DESCRIBE_SUBNETS.kind))


def test_the_minimum_freezes_the_pools_at_32_under_35_pods():
    world = FIXTURES["min-ip-freeze"]()
    assert env(world)["MINIMUM_IP_TARGET"] == "22"
    assert "WARM_IP_TARGET" not in env(world)
    for name, node in nodes_by_name(world).items():
        (interface,) = interfaces_of(world, node)
        assert len(addresses_of(interface)) - 1 == 32
        assert len(ordinary_pods(world, name)) == 35


def test_every_pod_a_policy_matches_has_its_branch_interface():
    world = FIXTURES["healthy-security-groups-for-pods"]()
    branched = [pod for pod in of(world, LIST_PODS.kind) if "annotations" in pod["metadata"]]
    assert {pod["metadata"]["labels"]["app.kubernetes.io/name"] for pod in branched} == {
        "payments-api",
        "payments-ledger",
        "identity",
    }
    wanted = [
        pod for pod in of(world, LIST_PODS.kind) if "limits" in pod["spec"]["containers"][0]["resources"]
    ]
    assert wanted == branched
    per_node = Counter(pod["spec"]["nodeName"] for pod in branched)
    assert max(per_node.values()) <= 9
    branches = [
        each for each in of(world, DESCRIBE_NETWORK_INTERFACES.kind) if each["InterfaceType"] == "branch"
    ]
    assert {each["PrivateIpAddress"] for each in branches} == {pod["status"]["podIP"] for pod in branched}
    for node in of(world, LIST_NODES.kind):
        assert node["status"]["allocatable"]["vpc.amazonaws.com/pod-eni"] == "9"


def test_custom_networking_keeps_pods_off_the_nodes_own_subnets():
    world = FIXTURES["healthy-custom-networking-karpenter"]()
    inside = ip_network("100.64.0.0/16")
    for pod in of(world, LIST_PODS.kind):
        assert (ip_address(pod["status"]["podIP"]) in inside) != bool(pod["spec"].get("hostNetwork"))
    assert {config["metadata"]["name"] for config in of(world, LIST_ENI_CONFIGS.kind)} == {
        node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in of(world, LIST_NODES.kind)
    }
    assert of(world, DESCRIBE_NODEGROUP.kind) == []
