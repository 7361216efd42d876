"""What is asked where policies give pods branch ENIs, and nowhere else."""

import pytest

from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.fact import Items
from eksdoctor.model.network.security_group_rules import Traffic
from eksdoctor.snapshot.records.aws import DESCRIBE_CLUSTER, DESCRIBE_NETWORK_INTERFACES
from eksdoctor.snapshot.records.network import DESCRIBE_SECURITY_GROUP_RULES
from tests.simulator.capture import capture
from tests.simulator.catalogue import FIXTURES

SGP = "healthy-security-groups-for-pods"


@pytest.fixture(scope="module")
def world():
    return FIXTURES[SGP]()


def test_dns_pods_are_asked_for_and_the_mode_of_kube_proxy_in_an_audit_alone(world):
    triage, audit = (capture(world, purpose=purpose).outcomes for purpose in ("triage", "audit"))
    assert requests.DNS_PODS in triage
    assert requests.KUBE_PROXY_CONFIG not in triage
    assert {requests.DNS_PODS, requests.KUBE_PROXY_CONFIG} <= set(audit)


@pytest.mark.parametrize("purpose", ["triage", "audit"])
def test_without_policies_neither_is(purpose):
    asked = capture(FIXTURES["healthy-stock"](), purpose=purpose).outcomes
    assert not {requests.DNS_PODS, requests.KUBE_PROXY_CONFIG} & set(asked)


def test_the_rules_of_every_group_at_either_end_are_asked_for_once(world):
    other = "sg-0000000000000000f"  # of the nodes, and neither the cluster's nor a policy's
    own = world.documents[DESCRIBE_CLUSTER.kind.file][0]["resourcesVpcConfig"]["clusterSecurityGroupId"]
    for eni in world.documents[DESCRIBE_NETWORK_INTERFACES.kind.file]:
        if eni["Groups"][0]["GroupId"] == own:
            eni["Groups"] = [{"GroupId": other}]
    asked = [
        one for one in capture(world, purpose="audit").outcomes if one.action == DESCRIBE_SECURITY_GROUP_RULES
    ]
    named = [group for request in asked for group in request.values["filter:group-id"]]
    assert named.count(other) == 1
    assert len(named) == len(set(named))


def test_every_dns_path_of_the_healthy_cluster_is_open():
    wiring = Cluster(capture(FIXTURES[SGP](), purpose="audit")).wiring
    assert isinstance(wiring.branch_sets, Items)
    assert len(wiring.branch_sets.all()) == 1
    for group in wiring.branch_sets:
        assert group.dns_obstacles == Items()
        assert group.probes_stopped_by_groups == Items()


def test_and_closed_when_a_rule_is_gone():
    world = FIXTURES[SGP]()
    rules = world.documents[DESCRIBE_SECURITY_GROUP_RULES.kind.file]
    rules[:] = [one for one in rules if not (one["IpProtocol"] == "udp" and one["FromPort"] == 53)]
    wiring = Cluster(capture(world, purpose="audit")).wiring
    (found,) = (obstacle for group in wiring.branch_sets for obstacle in group.dns_obstacles)
    assert (found.traffic, found.side, len(found.servers)) == (Traffic("udp", 53), "in", 2)
