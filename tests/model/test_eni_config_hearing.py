"""What EC2 answered for ENIConfigs, and subjects that only such answers tell of."""

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.subnets.pod_subnets import OWN_SUBNETS

WRONG_ZONE = (
    "attachENI: failed to attach ENI: InvalidParameterCombination: You may not attach a network interface to "
    "an instance if they are not in the same availability zone"
)
GROUP = "InvalidSecurityGroupID.NotFound: The securityGroup ID 'sg-1' does not exist"
NO_GROUP = f"Failed to CreateNetworkInterface {GROUP}"
NO_SUBNET = "no valid subnets available for ENI creation - all subnets are either not tagged or tagged with 0"
BLIND = ["list-nodes", "list-eniconfigs", "list-daemonsets"]
WAITS = {"shop/cart-1": "node-a"}


def cluster(*messages, **changes):
    return Cluster(patched(Patch(say={"node-a": list(messages)}, starve=WAITS, **changes)))


def test_an_answer_makes_an_eni_config_that_nothing_else_shows():
    (config,) = cluster(WRONG_ZONE, refuse=BLIND).eni_configs_at_work
    assert [node.name for node in config.nodes] == ["node-a"]
    assert config.zone_refusals == 1
    assert [pod.name for pod in config.pods_in_other_zones] == ["shop/cart-1"]
    assert isinstance(config.missing_groups, Unknown)
    assert isinstance(config.has_subnet, Unknown)


def test_no_second_one_where_the_nodes_own_is_known():
    custom = {"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"}
    records = {"kubernetes/eniconfigs": {"/default": {"spec": {"subnet": "subnet-a"}}}}
    (config,) = cluster(NO_GROUP, env=custom, patch=records).eni_configs_at_work
    assert config.name == "default"
    assert config.group_refusals == 1
    assert [pod.name for pod in config.pods_without_eni] == ["shop/cart-1"]


def test_a_pods_own_event_is_the_resource_controllers():
    event = {
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "cart-1"},
        "reason": "BranchAllocationFailed",
        "message": f"failed to allocate branch ENI to pod: creating network interface, {GROUP}",
        "source": {"component": "vpc-resource-controller", "host": "node-a"},
        "lastTimestamp": "2026-01-02T02:13:10Z",
    }
    found = cluster(refuse=BLIND, patch={"kubernetes/events": {"shop/cart-1.branch": event}})
    assert not found.eni_configs_at_work.elements


def test_discovery_without_a_subnet_names_those_that_were_left_out():
    left_out = "[debug] Subnet subnet-0aa11bb22cc33dd44 has kubernetes.io/role/cni=0 tag, excluding it"
    named = cluster(left_out, NO_SUBNET, refuse=["ec2:DescribeSubnets"]).tagged_subnets
    assert [subnet.id for subnet in named] == ["subnet-0aa11bb22cc33dd44"]
    (unnamed,) = cluster(NO_SUBNET, refuse=["ec2:DescribeSubnets"]).tagged_subnets
    assert unnamed.id == "the tagged subnets of node-a"
    assert unnamed.discovery.refusals == 1
    assert [pod.name for pod in unnamed.discovery.pods] == ["shop/cart-1"]


def test_ekss_refusal_stands_for_subnets_that_cannot_be_read():
    said = (
        "[info] InsufficientFreeAddresses: One or more of the subnets associated with your cluster is short"
    )
    (subnet,) = cluster(said, refuse=["eks:DescribeCluster"]).control_plane_subnets
    assert subnet.id == OWN_SUBNETS
    assert not cluster(refuse=["eks:DescribeCluster"]).control_plane_subnets.elements


def test_rbac_counts_for_enis_only_where_it_keeps_the_daemon_from_them():
    said = '{} "x" is forbidden: User "system:serviceaccount:kube-system:{}" cannot get resource "{}"'
    mine = cluster(said.format("nodes", "aws-node", "nodes")).heard.eniconfig_unreadable
    assert [one.name for one in mine] == ["node-a"]
    assert not cluster(said.format("nodes", "other", "nodes")).heard.eniconfig_unreadable.elements
    assert not cluster(said.format("pods", "aws-node", "pods")).heard.eniconfig_unreadable.elements
