"""The simulator's worlds obey EC2 and the daemon: every address has one holder, and limits hold."""

from collections import Counter
from ipaddress import ip_network

import pytest

from eksdoctor.snapshot.records.aws import DESCRIBE_SUBNETS
from eksdoctor.snapshot.records.kubernetes import LIST_EVENTS, LIST_NODES, LIST_PODS
from tests.simulator.catalogue import FIXTURES
from tests.simulator.limits import LIMITS
from tests.simulator.looking import (
    addresses_of,
    held,
    interfaces_by_instance,
    interfaces_of,
    nodes_by_name,
    of,
    waiting,
)
from tests.simulator.network import RESERVED, RESERVED_LOW
from tests.simulator.scenarios.cluster import cluster
from tests.simulator.settings import Settings

VARIANTS = {
    "variant-starved": lambda: cluster(9, 60, starved=7),
    "variant-warm-addresses": lambda: cluster(
        6, 50, settings=Settings(warm_ip_target=3, minimum_ip_target=8)
    ),
    "variant-prefix": lambda: cluster(
        6, 150, instance_type="m5.xlarge", max_pods=110, settings=Settings(prefix_delegation=True)
    ),
    "variant-no-warm-interface": lambda: cluster(3, 40, settings=Settings(warm_eni_target=0)),
}
HEALTHY = [name for name in FIXTURES if name.startswith("healthy")]


@pytest.fixture(scope="module", params=[*FIXTURES, *VARIANTS])
def world(request):
    return (FIXTURES | VARIANTS)[request.param]()


def test_free_counts_are_what_the_interfaces_leave(world):
    for subnet in of(world, DESCRIBE_SUBNETS.kind):
        size = ip_network(subnet["CidrBlock"]).num_addresses
        assert subnet["AvailableIpAddressCount"] == size - RESERVED - len(held(world, subnet))


def test_no_address_is_held_twice_or_reserved_or_outside(world):
    for subnet in of(world, DESCRIBE_SUBNETS.kind):
        block, addresses = ip_network(subnet["CidrBlock"]), held(world, subnet)
        assert len(set(addresses)) == len(addresses)
        usable = set(list(block)[RESERVED_LOW:-1])
        assert set(addresses) <= usable


def test_pods_with_an_address_of_their_own_hold_it_alone_and_on_their_node(world):
    owned = [
        pod
        for pod in of(world, LIST_PODS.kind)
        if not pod["spec"].get("hostNetwork") and "podIP" in pod["status"]
    ]
    assert owned
    assert max(Counter(pod["status"]["podIP"] for pod in owned).values()) == 1
    by_instance = {
        instance: {str(address) for interface in found for address in addresses_of(interface)[1:]}
        for instance, found in interfaces_by_instance(world).items()
    }
    nodes = nodes_by_name(world)
    for pod in owned:
        if "annotations" in pod["metadata"]:  # a branch interface is not attached to the instance
            continue
        instance = nodes[pod["spec"]["nodeName"]]["spec"]["providerID"].rpartition("/")[2]
        assert pod["status"]["podIP"] in by_instance[instance]


def test_interfaces_and_their_slots_stay_within_the_type(world):
    by_instance = interfaces_by_instance(world)
    for node in of(world, LIST_NODES.kind):
        limits = LIMITS[node["metadata"]["labels"]["node.kubernetes.io/instance-type"]]
        found = by_instance[node["spec"]["providerID"].rpartition("/")[2]]
        assert len(found) <= limits.enis
        assert sorted(interface["Attachment"]["DeviceIndex"] for interface in found) == list(
            range(len(found))
        )
        for interface in found:
            taken = len(interface["PrivateIpAddresses"]) - 1 + len(interface.get("Ipv4Prefixes", ()))
            assert taken <= limits.slots


def test_no_node_has_more_pods_than_its_kubelet_admits(world):
    pods = Counter(pod["spec"]["nodeName"] for pod in of(world, LIST_PODS.kind))
    for name, node in nodes_by_name(world).items():
        assert pods[name] <= int(node["status"]["allocatable"]["pods"])


def test_a_node_answers_at_the_primary_address_of_its_first_interface(world):
    by_instance = interfaces_by_instance(world)
    for node in of(world, LIST_NODES.kind):
        first = by_instance[node["spec"]["providerID"].rpartition("/")[2]][0]
        assert first["Attachment"]["DeviceIndex"] == 0
        assert node["status"]["addresses"][0] == {"type": "InternalIP", "address": first["PrivateIpAddress"]}


def test_waiting_pods_are_bound_and_their_sandboxes_fail(world):
    failures = Counter()
    for event in of(world, LIST_EVENTS.kind):
        if event["reason"] == "FailedCreatePodSandBox":
            assert 'plugin type="aws-cni" name="aws-cni" failed (add): add cmd:' in event["message"]
            failures[event["involvedObject"]["uid"]] += event["count"]
    assert set(failures) == {pod["metadata"]["uid"] for pod in waiting(world)}
    for pod in waiting(world):
        assert pod["spec"]["nodeName"]
        assert "podIP" not in pod["status"]
        assert failures[pod["metadata"]["uid"]] > 20


def test_a_node_with_waiting_pods_has_no_address_to_spare(world):
    nodes = nodes_by_name(world)
    for name in {pod["spec"]["nodeName"] for pod in waiting(world)}:
        usable = [each for each in interfaces_of(world, nodes[name]) if each["InterfaceType"] == "interface"]
        pool = sum(len(addresses_of(interface)) - 1 for interface in usable)
        served = [
            pod
            for pod in of(world, LIST_PODS.kind)
            if pod["spec"]["nodeName"] == name
            and not pod["spec"].get("hostNetwork")
            and "podIP" in pod["status"]
        ]
        assert len(served) == pool


@pytest.mark.parametrize("name", HEALTHY)
def test_the_healthy_have_no_waiting_pod_and_room_everywhere(name):
    world = FIXTURES[name]()
    assert not waiting(world)
    assert 12 <= len(of(world, LIST_NODES.kind)) <= 30
    for subnet in of(world, DESCRIBE_SUBNETS.kind):
        size = ip_network(subnet["CidrBlock"]).num_addresses
        assert subnet["AvailableIpAddressCount"] > size * 0.9
    assert {event["type"] for event in of(world, LIST_EVENTS.kind)} == {"Normal"}
