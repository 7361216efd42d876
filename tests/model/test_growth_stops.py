"""A node whose daemon will not grow asks its subnet for nothing, and its pods are not the subnet's."""

import pytest

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.warm_pool.pool import MANIFEST_TARGETS, Targets
from eksdoctor.triage.build_report import build_report
from tests.shared import rulebook

BOOK = rulebook()
INTERFACES = "aws/ec2-describe-network-interfaces"
DRY = {"aws/ec2-describe-subnets": {"subnet-a": {"AvailableIpAddressCount": 0}}}
CORDONED = {"kubernetes/nodes": {"/node-a": {"spec": {"unschedulable": True}}}}
OFF = {"DISABLE_NETWORK_RESOURCE_PROVISIONING": "true"}


def eni(own, *others):
    addresses = [{"PrivateIpAddress": own, "Primary": True}]
    return {"PrivateIpAddresses": addresses + [{"PrivateIpAddress": address} for address in others]}


ONE_ADDRESS = {INTERFACES: {"eni-a2": None, "eni-a1": eni("10.0.0.10", "10.0.0.11")}}


def image(tag):
    container = {"name": "aws-node", "image": f"registry.example/amazon-k8s-cni:{tag}", "env": []}
    spec = {"template": {"spec": {"containers": [container]}}}
    return {"kubernetes/daemonsets": {"kube-system/aws-node": {"spec": spec}}}


def node_of(env=None, *patches):
    whole = {file: change for patch in patches for file, change in patch.items()}
    snapshot = patched(Patch(env=env or {}, starve={"shop/cart-1": "node-a"}, patch=whole))
    return snapshot, Cluster(snapshot).node_named("node-a")


@pytest.mark.parametrize(
    ("env", "patches", "request_", "causes"),
    [
        ({}, [], 1, {"subnet-exhausted"}),
        (OFF, [], 0, {"ipamd-provisioning-disabled"}),
        ({}, [CORDONED], 0, {"node-cordoned-no-growth"}),
        ({"AWS_MANAGE_ENIS_NON_SCHEDULABLE": "true"}, [CORDONED], 1, {"subnet-exhausted"}),
        (OFF, [CORDONED], 0, {"ipamd-provisioning-disabled"}),
        ({"MINIMUM_IP_TARGET": "1"}, [], 0, {"minimum-ip-freeze"}),
        ({"MINIMUM_IP_TARGET": "1"}, [CORDONED], 0, {"minimum-ip-freeze"}),
        ({"MINIMUM_IP_TARGET": "1", **OFF}, [], 0, {"minimum-ip-freeze"}),
    ],
)
def test_who_holds_the_pod_of_an_empty_pool_over_a_dry_subnet(env, patches, request_, causes):
    snapshot, node = node_of(env, ONE_ADDRESS, DRY, *patches)
    assert node.next_request == request_
    report = build_report(snapshot, BOOK)
    assert {verdict.cause for verdict in report.verdicts} == causes


def test_a_pool_at_max_pods_asks_for_nothing():
    small = {"kubernetes/nodes": {"/node-a": {"status": {"capacity": {"pods": "18"}}}}}
    snapshot, node = node_of({}, small, DRY)
    assert node.next_request == 0
    assert {verdict.cause for verdict in build_report(snapshot, BOOK).verdicts} == {
        "pool-stopped-at-max-pods"
    }
    assert node_of({}, small, image("v1.16.3"))[1].next_request == 0
    assert node_of({}, small, image("v1.16.2"))[1].next_request == 0  # 17 are available, the target is 9
    many = {"MINIMUM_IP_TARGET": "27", "WARM_IP_TARGET": "2"}
    assert node_of(many, small, image("v1.16.2"))[1].next_request == 1 + 9
    assert node_of(many, small, image("v1.16.3"))[1].next_request == 0
    assert isinstance(node_of(many, small, image("own-build"))[1].next_request, Unknown)


def test_max_eni_is_the_cause_and_what_follows_from_it_is_folded():
    tiny = {
        "aws/ec2-describe-instance-types": {"m5.large": {"NetworkInfo": {"Ipv4AddressesPerInterface": 2}}}
    }
    snapshot, node = node_of({"MAX_ENI": "1"}, ONE_ADDRESS, tiny)
    assert node.next_request == 0
    report = build_report(snapshot, BOOK)
    assert {verdict.cause for verdict in report.verdicts} == {"max-eni-caps-node"}
    assert {"eni-ceiling-reached", "max-pods-above-capacity"} < {finding.rule for finding in report.findings}


@pytest.mark.parametrize(
    ("env", "needs"),
    [
        ({"WARM_IP_TARGET": "5"}, 1),  # a refused batch on an ENI with room is tried again with one
        ({"ENABLE_PREFIX_DELEGATION": "true"}, 16),
    ],
)
def test_the_least_on_an_eni_with_room(env, needs):
    assert node_of(env, ONE_ADDRESS)[1].next_request == needs


@pytest.mark.parametrize(
    ("env", "needs"),
    [
        ({}, 1 + 1),  # a whole ENI's worth, and the ENI's own address
        ({"WARM_IP_TARGET": "5", "MINIMUM_IP_TARGET": "5"}, 1 + 1),  # cut at what one ENI holds
        ({"ENABLE_PREFIX_DELEGATION": "true"}, 1 + 16),
    ],
)
def test_a_new_eni_is_made_with_all_it_asks_for(env, needs):
    tiny = {
        "aws/ec2-describe-instance-types": {"m5.large": {"NetworkInfo": {"Ipv4AddressesPerInterface": 2}}}
    }
    assert node_of(env, ONE_ADDRESS, tiny)[1].next_request == needs


FULL = {INTERFACES: {"eni-a2": None, "eni-a1": eni(*(f"10.0.0.{number}" for number in range(10, 20)))}}
BUSY = {
    "kubernetes/pods": {
        f"shop/busy-{number}": {
            "spec": {"nodeName": "node-a", "containers": [{"name": "main"}]},
            "status": {"phase": "Running", "podIP": f"10.0.0.{number}"},
        }
        for number in range(12, 20)
    }
}


def tagged(value):
    tags = [{"Key": "kubernetes.io/role/cni", "Value": value}] if value is not None else []
    return {"aws/ec2-describe-subnets": {"subnet-a": {"Tags": tags}}}


@pytest.mark.parametrize("tag", [None, "1", "0"])  # no discovery; the node's subnet; no subnet at all
@pytest.mark.parametrize(
    ("env", "needs"),
    [
        ({}, 1 + 9),
        ({"WARM_IP_TARGET": "5"}, 1 + 5),
        ({"WARM_IP_TARGET": "5", "MINIMUM_IP_TARGET": "12"}, 1 + 5),
        ({"WARM_IP_TARGET": "12"}, 1 + 9),
    ],
)
def test_the_next_eni_of_a_full_node_with_and_without_discovery(env, needs, tag):
    _, node = node_of(env, FULL, BUSY, tagged(tag), image("v1.22.4"))
    assert (node.available_ips, node.free_slots) == (0, 0)
    assert node.next_request == needs


def prefix(first):
    return {"Ipv4Prefixes": [{"Ipv4Prefix": f"{first}/28"}]}


@pytest.mark.parametrize("refuse", [[], ["list-pods"]])
def test_after_the_switch_pods_on_single_addresses_are_none_of_the_prefix_pool(refuse):
    """Nine pods kept single addresses, one is in the prefix: fifteen of its sixteen are free."""
    later = {"spec": {"nodeName": "node-a"}, "status": {"phase": "Running", "podIP": "10.0.0.33"}}
    pods = {"kubernetes/pods": BUSY["kubernetes/pods"] | {"shop/later": later}}
    held = [f"10.0.0.{number}" for number in (*range(11, 20), 33)]
    rows = {f"row-{address}": {"cells": ["Running", address, "node-a"]} for address in held}
    enis = {INTERFACES: FULL[INTERFACES] | {"eni-a2": eni("10.0.0.20") | prefix("10.0.0.32")}}
    whole = {**enis, **pods, "kubernetes/pods-table": rows}
    env = {"ENABLE_PREFIX_DELEGATION": "true"}
    node = Cluster(patched(Patch(env=env, patch=whole, refuse=refuse))).node_named("node-a")
    assert (node.total_ips, node.assigned_ips, node.assigned_in_mode, node.available_ips) == (16, 10, 1, 15)


def test_and_back_again():
    held = {"eni-a1": eni("10.0.0.10", "10.0.0.30"), "eni-a2": eni("10.0.0.20") | prefix("10.0.0.0")}
    enis = {INTERFACES: held}
    _, node = node_of({}, enis)
    assert (node.total_ips, node.assigned_ips, node.assigned_in_mode, node.available_ips) == (1, 1, 0, 1)


TRUNK = {
    "NetworkInterfaceId": "eni-t",
    "SubnetId": "subnet-a",
    "InterfaceType": "trunk",
    "Attachment": {"InstanceId": "i-0aaaaaaaaaaaaaaaa", "DeviceIndex": 2, "Status": "attached"},
    **eni("10.0.0.40"),
}


@pytest.mark.parametrize(
    ("env", "patches", "left"),
    [
        ({}, [], 1),
        ({"ENABLE_POD_ENI": "true"}, [], 0),  # the slot waits for the trunk
        ({"ENABLE_POD_ENI": "true"}, [{INTERFACES: {"eni-t": TRUNK}}], 0),
        ({}, [{INTERFACES: {"eni-t": TRUNK}}], 0),  # a trunk left behind takes its slot all the same
        ({"MAX_ENI": "2"}, [], 0),
        ({"MAX_ENI": "9"}, [], 1),
        ({"MAX_ENI": "-1"}, [], 1),
    ],
)
def test_room_for_an_eni(env, patches, left):
    assert node_of(env, *patches)[1].eni_slots_left == left


@pytest.mark.parametrize(("tag", "left"), [("v1.20.3", 0), ("v1.20.4", 1)])
def test_the_trunk_slot_of_a_type_without_trunk(tag, left):
    nodes = {"/node-a": {"metadata": {"labels": {"node.kubernetes.io/instance-type": "t3.medium"}}}}
    network = {
        "MaximumNetworkInterfaces": 3,
        "NetworkCards": [{"NetworkCardIndex": 0, "MaximumNetworkInterfaces": 3}],
        "Ipv4AddressesPerInterface": 6,
    }
    kind = {"InstanceType": "t3.medium", "Hypervisor": "nitro", "NetworkInfo": network}
    types = {"aws/ec2-describe-instance-types": {"t3.medium": kind}}
    assert (
        node_of({"ENABLE_POD_ENI": "true"}, {"kubernetes/nodes": nodes}, types, image(tag))[1].eni_slots_left
        == left
    )


@pytest.mark.parametrize(
    ("env", "targets"),
    [
        ({"WARM_ENI_TARGET": None, "WARM_PREFIX_TARGET": None}, Targets()),  # the code's: no warm prefix
        ({}, MANIFEST_TARGETS),
        ({"WARM_ENI_TARGET": "-1", "WARM_PREFIX_TARGET": "-1"}, Targets()),
        ({"WARM_ENI_TARGET": "", "WARM_PREFIX_TARGET": "abc"}, Targets()),
        ({"WARM_ENI_TARGET": "0", "WARM_PREFIX_TARGET": "0"}, Targets(warm_eni=0)),
        ({"WARM_IP_TARGET": "-3", "MINIMUM_IP_TARGET": "1_0"}, MANIFEST_TARGETS),
        ({"WARM_IP_TARGET": " 5", "MINIMUM_IP_TARGET": "9.5"}, MANIFEST_TARGETS),
        ({"WARM_IP_TARGET": "+5", "MINIMUM_IP_TARGET": "010"}, Targets(5, 10, warm_prefix=1)),
    ],
)
def test_what_the_daemon_reads(env, targets):
    assert Cluster(patched(Patch(env=env))).targets == targets


def test_what_one_more_node_takes_stops_at_max_pods():
    cluster = Cluster(patched(Patch(env={"WARM_ENI_TARGET": "5"})))
    subnet = next(subnet for subnet in cluster.pod_subnets if subnet.id == "subnet-a")
    assert subnet.addresses_per_new_node == 30
    few = {"kubernetes/nodes": {"/node-a": {"status": {"capacity": {"pods": "11"}}}}}
    cluster = Cluster(patched(Patch(env={"WARM_ENI_TARGET": "5"}, patch=few)))
    subnet = next(subnet for subnet in cluster.pod_subnets if subnet.id == "subnet-a")
    assert subnet.addresses_per_new_node == 20
