"""Facts that decide a verdict, each at the number where it turns."""

import pytest

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.observation_index import ObservationIndex
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.subnets.refused_subnets import SubnetRefusals
from eksdoctor.model.warm_pool.growth import enis_left
from eksdoctor.model.warm_pool.lower_targets import lowered

INTERFACES = "aws/ec2-describe-network-interfaces"
SUBNETS = "aws/ec2-describe-subnets"
TYPES = "aws/ec2-describe-instance-types"
WAITING = {"shop/cart-1": "node-a"}
REFUSED = "InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses"
DENIED = (
    "Failed to call ec2:{0}: operation error EC2: {0}, https response error StatusCode: 403, "
    "RequestID: 0f0e, api error UnauthorizedOperation: You are not authorized to perform this operation. "
    "User: arn:aws:sts::111122223333:assumed-role/nodes/i-1 is not authorized to perform: ec2:{0}"
)


def cluster(patch=None, **more):
    """The healthy cluster with a patch."""
    return Cluster(patched(Patch(patch=patch or {}, **more)))


def eni(*hosts, **more):
    """An ENI of node-a with these addresses of 10.0.0.0/24, the first as its primary one."""
    addresses = [{"PrivateIpAddress": f"10.0.0.{host}", "Primary": host == hosts[0]} for host in hosts]
    return {"PrivateIpAddresses": addresses, **more}


def pod(address, node="node-a"):
    return {"spec": {"nodeName": node}, "status": {"phase": "Running", "podIP": f"10.0.0.{address}"}}


def names(items):
    assert items.missing is None
    return {one.name for one in items}


def instance(name, number, instance_type, subnet="subnet-a"):
    """A node more in a subnet, with one ENI."""
    identity, host = f"i-{number:017x}", 100 + 10 * number
    addresses = [{"PrivateIpAddress": f"10.0.0.{host + each}", "Primary": not each} for each in range(4)]
    return {
        "kubernetes/nodes": {
            f"/{name}": {
                "metadata": {
                    "name": name,
                    "creationTimestamp": "2025-12-20T08:59:00Z",
                    "labels": {
                        "topology.kubernetes.io/zone": "eu-west-1a",
                        "node.kubernetes.io/instance-type": instance_type,
                    },
                },
                "spec": {"providerID": f"aws:///eu-west-1a/{identity}"},
                "status": {
                    "addresses": [{"type": "InternalIP", "address": f"10.0.0.{host}"}],
                    "conditions": [{"type": "Ready", "status": "True"}],
                    "nodeInfo": {"operatingSystem": "linux"},
                },
            }
        },
        INTERFACES: {
            f"eni-{name}": {
                "NetworkInterfaceId": f"eni-{name}",
                "SubnetId": subnet,
                "InterfaceType": "interface",
                "Attachment": {"InstanceId": identity, "DeviceIndex": 0, "Status": "attached"},
                "PrivateIpAddresses": addresses,
            }
        },
    }


def joined(*patches):
    """Patches of different records in one."""
    found = {}
    for patch in patches:
        for file, records in patch.items():
            found.setdefault(file, {}).update(records)
    return found


@pytest.mark.parametrize(("free", "starved"), [(3, {"shop/cart-1"}), (4, set()), (5, set())])
def test_a_subnet_starves_pods_only_where_a_node_asks_for_more_than_it_has(free, starved):
    """Every slot is in use, so the node asks for a new ENI with three addresses and its own."""
    found = cluster(
        {
            SUBNETS: {"subnet-a": {"AvailableIpAddressCount": free}},
            TYPES: {"m5.large": {"NetworkInfo": {"Ipv4AddressesPerInterface": 4}}},
            INTERFACES: {"eni-a2": None, "eni-a1": eni(10, 11, 12, 13)},
            "kubernetes/pods": {"shop/web-3": pod(12), "shop/web-4": pod(13)},
        },
        starve=WAITING,
    )
    assert found.node_named("node-a").next_request == 4
    assert names(found.subnet_named("subnet-a").starved_pods) == starved


def test_what_is_in_reach_is_never_more_than_ec2_calls_free():
    """A reservation for prefixes is in reach of prefixes, and is not counted among the free addresses."""
    found = cluster(
        {
            SUBNETS: {"subnet-a": {"AvailableIpAddressCount": 104}},
            "aws/ec2-get-subnet-cidr-reservations": {
                "scr-1": {
                    "SubnetCidrReservationId": "scr-1", "SubnetId": "subnet-a",
                    "Cidr": "10.0.0.128/25", "ReservationType": "prefix",
                },
            },
        },
        env={"ENABLE_PREFIX_DELEGATION": "true"},
    ).subnet_named("subnet-a")  # fmt: skip
    assert found.free_in_reach == 104  # thirteen free /28s would be 208


def test_the_room_for_pods_is_what_nodes_hold_and_what_is_free():
    subnet = cluster({SUBNETS: {"subnet-a": {"AvailableIpAddressCount": 100}}}).subnet_named("subnet-a")
    assert subnet.room_for_pods == 100 + 18


def quiet_log(*lines):
    """A log of node-a: these minutes before the capture, in the hour before it."""
    text = "".join(
        f'{{"level":"{level}","ts":"2026-01-02T{at}Z","caller":"ipamd/ipamd.go:1","msg":"{message}"}}\n'
        for at, level, message in lines
    )
    return {"nodes/words": {"node-a": {"kind": "ipamd", "node": "node-a", "name": "ipamd.log", "text": text}}}


@pytest.mark.parametrize(("refused_at", "pods"), [("02:12:00.000", {"shop/cart-1"}), ("01:40:00.000", set())])
def test_a_refusal_long_not_repeated_explains_no_pod_that_still_waits(refused_at, pods):
    log = quiet_log(
        ("01:10:00.000", "debug", "IP pool is not too low"),
        (refused_at, "error", f"{REFUSED}. subnet-a"),
        ("02:13:00.000", "debug", "IP pool is not too low"),
    )
    found = cluster(joined(log, {INTERFACES: {"eni-a2": None, "eni-a1": eni(10, 11)}}), starve=WAITING)
    assert found.part(SubnetRefusals).subnets_refused == ("subnet-a",)
    assert names(found.subnet_named("subnet-a").pods_refused) == pods


TAGGED = {
    "SubnetId": "subnet-c", "VpcId": "vpc-1", "CidrBlock": "10.0.2.0/25", "AvailabilityZone": "eu-west-1a",
    "AvailableIpAddressCount": 123, "Tags": [{"Key": "kubernetes.io/role/cni", "Value": "1"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("environment", "room"),
    [({}, 251 + 123), ({"ENABLE_SUBNET_DISCOVERY": "false"}, 251),
     ({"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"}, 251)],
)  # fmt: skip
def test_the_room_of_a_plan_has_the_subnets_of_discovery(environment, room):
    found = cluster({SUBNETS: {"subnet-c": TAGGED}}, env=environment)
    assert found.subnet_named("subnet-a").room_of_plan == room


def test_the_usual_type_is_the_one_that_most_nodes_have():
    found = cluster(joined(instance("node-c", 1, "c5.large"), instance("node-d", 2, "c5.large")))
    assert len(found.subnet_named("subnet-a").nodes) == 3
    assert found.subnet_named("subnet-a").usual_type_node.instance_type == "c5.large"


def test_addresses_of_the_other_mode_are_not_taken_from_the_pool():
    """web-1 keeps a single address of before the switch: all sixteen of the prefix are available."""
    found = cluster(
        {INTERFACES: {"eni-a2": None, "eni-a1": eni(10, 11, Ipv4Prefixes=[{"Ipv4Prefix": "10.0.0.32/28"}])}},
        env={"ENABLE_PREFIX_DELEGATION": "true"},
    )
    node = found.node_named("node-a")
    assert (node.total_ips, node.assigned_ips, node.available_ips) == (16, 1, 16)


def test_an_eni_of_somebody_else_takes_a_slot_of_the_daemon():
    foreign = eni(
        60,
        NetworkInterfaceId="eni-x",
        SubnetId="subnet-a",
        InterfaceType="interface",
        Attachment={"InstanceId": "i-0aaaaaaaaaaaaaaaa", "DeviceIndex": 2, "Status": "attached"},
        TagSet=[{"Key": "node.k8s.amazonaws.com/no_manage", "Value": "true"}],
    )
    assert enis_left(4, 2, 1, kept=0) == 1
    assert cluster().node_named("node-a").eni_slots_left == 1
    node = cluster({INTERFACES: {"eni-x": foreign}}).node_named("node-a")
    assert node.foreign_interfaces == 1
    assert node.eni_slots_left == 0


def test_targets_that_fit_a_subnet_to_the_last_address_fit():
    assert lowered([(15, [3, 3, 3])]).warm_ip == 2
    assert lowered([(14, [3, 3, 3])]).warm_ip == 1


def test_a_node_has_two_host_network_pods_before_they_are_seen():
    pods = {"kube-system/aws-node-a": None, "kube-system/kube-proxy-a": None}
    assert cluster({"kubernetes/pods": pods}).node_named("node-a").host_network_pods == 2
    more = {
        f"kube-system/agent-{number}": {"spec": {"nodeName": "node-a", "hostNetwork": True}}
        for number in (1, 2)
    }
    assert cluster({"kubernetes/pods": more}).node_named("node-a").host_network_pods == 4


@pytest.mark.parametrize(("pods", "stopped"), [({}, True), ({"shop/web-3": pod(12)}, False)])
def test_a_pool_is_stopped_at_max_pods_only_while_it_has_addresses_that_no_pod_holds(pods, stopped):
    found = cluster(
        {
            INTERFACES: {"eni-a2": None, "eni-a1": eni(10, 11, 12)},
            "kubernetes/nodes": {"/node-a": {"status": {"capacity": {"pods": "2"}}}},
            "kubernetes/pods": pods,
        }
    )
    node = found.node_named("node-a")
    assert node.pool.is_at_max_pods
    assert node.is_stopped_at_max_pods is stopped


@pytest.mark.parametrize(
    ("action", "stops"),
    [
        ("AssignPrivateIpAddresses", True),
        ("AssignIpv6Addresses", True),
        ("CreateNetworkInterface", True),
        ("AttachNetworkInterface", True),
        ("ModifyNetworkInterfaceAttribute", True),
        ("CreateTags", True),
        ("DescribeSubnets", False),
        ("DescribeSecurityGroups", False),
        ("DeleteNetworkInterface", False),
        ("DetachNetworkInterface", False),
    ],
)
def test_without_which_calls_no_address_comes(action, stops):
    """What each call is for: pkg/awsutils/awsutils.go of the CNI, v1.23.1."""
    message = f"AllocENI: {DENIED.format(action)}"
    found = cluster(say={"node-a": [message]}).heard.about(
        "denied", "denied-tolerated", "subnet-lookup-failed"
    )
    (said,) = found
    assert (said.action, said.stops_pods) == (action, stops)


def test_the_silence_of_a_log_read_in_part_means_nothing(monkeypatch):
    """A very long log is skimmed: lines below warning are passed over, and one of them may have said it."""
    lines = [("01:10:00.000", "debug", "IP pool is not too low")]
    lines += [
        ("01:20:00.000", "debug", f"Reconcile number {number % 7} found nothing to do")
        for number in range(3000)
    ]
    found = cluster(quiet_log(*lines))
    found.part(ObservationIndex).require_hearing("node-a")
    assert found.heard.silence("throttled") is None
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.SKIP_FROM_BYTES", 1 << 10)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.BLOCK_BYTES", 1 << 10)
    monkeypatch.setattr("eksdoctor.evidence.text.blocks.CHUNK_BYTES", 1 << 10)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.LEARNING_LINES", 10)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.MIN_START_COUNT", 2)
    skimmed = cluster(quiet_log(*lines), starve=WAITING)
    assert isinstance(skimmed.heard.silence("throttled"), Unknown)
    assert any(extent.skipped_lines for _, extent in skimmed.part(ObservationIndex).extents)
