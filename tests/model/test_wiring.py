"""Ways out, modes, probes and ENIs by address, on the healthy cluster with small changes."""

import pytest

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.branch_enis.enforcing_mode import Enforcing
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import NotKnown, Unknown
from eksdoctor.model.pods.probes import network_probes
from eksdoctor.model.routes.default_route import WayOut, default_route
from eksdoctor.snapshot.records.kubernetes import Container, ContainerPort, Probe, ProbeTarget


def cluster(env=None, refuse=(), **patch):
    return Cluster(patched(Patch(patch=patch, env=env or {}, refuse=list(refuse))))


def routed(*routes, **table):
    table = {"RouteTableId": "rtb-2", "Associations": [{"SubnetId": "subnet-a"}], "Routes": routes} | table
    return cluster(**{"aws/ec2-describe-route-tables": {"rtb-2": table}})


@pytest.mark.parametrize(
    ("target", "way"),
    [
        ({"GatewayId": "igw-1"}, WayOut.INTERNET_GATEWAY),
        ({"GatewayId": "vgw-1"}, WayOut.OTHER),
        ({"NatGatewayId": "nat-1"}, WayOut.NAT),
        ({"InstanceId": "i-1", "NetworkInterfaceId": "eni-1"}, WayOut.NAT),
        ({"NetworkInterfaceId": "eni-1"}, WayOut.NAT),
        ({"TransitGatewayId": "tgw-1"}, WayOut.TRANSIT_GATEWAY),
        ({"VpcPeeringConnectionId": "pcx-1"}, WayOut.OTHER),
        ({"CoreNetworkArn": "arn:aws:networkmanager::1:core-network/c"}, WayOut.OTHER),
        ({"NatGatewayId": "nat-1", "State": "blackhole"}, WayOut.BLACKHOLE),
        ({}, WayOut.OTHER),
    ],
)
def test_what_the_default_route_leads_to(target, way):
    found = default_route(routed({"DestinationCidrBlock": "0.0.0.0/0"} | target), "subnet-a")
    assert (found.way, found.table) == (way, "rtb-2")


def test_a_subnet_without_a_table_of_its_own_has_the_main_one():
    found = default_route(routed(), "subnet-b")
    assert (found.way, found.target, found.table) == (WayOut.NAT, "nat-1", "rtb-1")
    assert default_route(routed(), "subnet-a").way == WayOut.NONE


def test_a_table_of_another_vpc_is_not_looked_at():
    assert default_route(routed(VpcId="vpc-2"), "subnet-a").table == "rtb-1"


def test_without_route_tables_nothing_is_said():
    with pytest.raises(NotKnown, match="DescribeRouteTables"):
        default_route(cluster(refuse=["ec2:DescribeRouteTables"]), "subnet-a")
    with pytest.raises(NotKnown, match="no main route table"):
        default_route(cluster(**{"aws/ec2-describe-route-tables": {"rtb-1": None}}), "subnet-a")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(None, Enforcing.STRICT), ("strict", Enforcing.STRICT), ("standard", Enforcing.STANDARD)],
)
def test_the_enforcing_mode(value, wanted):
    assert cluster({"POD_SECURITY_GROUP_ENFORCING_MODE": value}).wiring.mode.enforcing == wanted


@pytest.mark.parametrize("value", ["", "Standard", "none"])
def test_a_mode_that_the_daemon_does_not_take(value):
    assert isinstance(cluster({"POD_SECURITY_GROUP_ENFORCING_MODE": value}).wiring.mode.enforcing, Unknown)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('mode: "ipvs"\n', "ipvs"),
        ("kind: KubeProxyConfiguration\nmode: 'nftables'\n", "nftables"),
        ("ipvs:\n  mode: ipvs\nmode:   \nother: 1\n", "iptables"),
        ("bindAddress: 0.0.0.0\n", "iptables"),
        ('{"mode": "ipvs"}', None),
        ("", None),
    ],
)
def test_the_mode_of_kube_proxy(written, wanted):
    config = {"kube-system/kube-proxy-config": {"data": {"config": written}}}
    found = cluster(**{"kubernetes/configmaps": config}).wiring.mode.kube_proxy_mode
    assert (None if isinstance(found, Unknown) else found) == wanted


def test_an_eni_by_its_addresses_and_prefixes():
    prefix = {"eni-a2": {"Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.64/28"}]}}
    wiring = cluster(**{"aws/ec2-describe-network-interfaces": prefix}).wiring
    assert wiring.interface_at("10.0.0.15").network_interface_id == "eni-a1"
    assert wiring.interface_at("10.0.0.79").network_interface_id == "eni-a2"
    for address, why in [("10.0.0.80", "no ENI holds"), ("10.9.0.1", "in no subnet"), ("::1", "IPv6")]:
        with pytest.raises(NotKnown, match=why):
            wiring.interface_at(address)
    with pytest.raises(NotKnown):
        wiring.peer_at("ten")


def test_ports_of_probes():
    pod = cluster().pods.elements[0]

    def ports(**fields):
        container = Container(
            "web", ports=(ContainerPort("http", 8080), ContainerPort("odd", 99999)), **fields
        )
        return [(p.kind, p.port) for p in network_probes(pod, container)]

    def readiness(**target):
        return ports(readiness_probe=Probe(http_get=ProbeTarget(**target)))

    assert readiness(port="http") == [("readiness", 8080)]
    assert readiness(port=9090) == [("readiness", 9090)]
    assert readiness(port="9090") == [("readiness", 9090)]
    for nothing in ({"port": "https"}, {"port": "odd"}, {"port": 0}, {"port": -1}, {"port": "9" * 5000}):
        assert readiness(**nothing) == []
    assert readiness(port=8080, host="example.com") == []
    assert ports(liveness_probe=Probe()) == []
    assert ports(startup_probe=Probe(grpc=ProbeTarget(port=9000))) == [("startup", 9000)]


def test_hostile_documents_break_nothing():
    odd = {
        "kubernetes/securitygrouppolicies": {
            "shop/web": {"spec": {"podSelector": {}, "securityGroups": {"groupIds": ["", "sg-1"]}}}
        },
        "kubernetes/pods": {
            "shop/web-1": {
                "metadata": {"annotations": {"vpc.amazonaws.com/pod-eni": "{"}},
                "status": {"podIP": "not an address"},
            },
            "kube-system/dns": {
                "metadata": {"labels": {"k8s-app": "kube-dns"}},
                "status": {"phase": "Running", "podIP": "::ffff:10.0.0.1"},
            },
        },
        "aws/ec2-describe-route-tables": {"rtb-1": {"Routes": [{"DestinationCidrBlock": "everywhere"}]}},
    }
    wiring = cluster(**odd).wiring
    for group in wiring.branch_sets:
        assert group.dns_obstacles is not None
        assert group.probes_stopped_by_groups is not None
    for exit_ in wiring.strict_exits:
        assert exit_.route is not None
