"""Launches that EC2 refused for want of addresses, and the pods that have no node for it."""

from dataclasses import replace

import pytest

from eksdoctor.collection_plan.next_requests import next_requests
from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts import requests
from eksdoctor.model.node_groups.launch_refusal import refusals_of
from eksdoctor.model.pods.trouble import Trouble
from eksdoctor.snapshot.records import aws
from eksdoctor.snapshot.snapshot import Outcome

NODE_CLASS = {"status": {"subnets": [{"id": "subnet-a", "zone": "eu-west-1a"}]}}
NO_CPU = "0/2 nodes are available: 2 Insufficient cpu."
WAITING = {"shop/job-1": {"spec": {"containers": [{"name": "main"}]}, "status": {"phase": "Pending"}}}


def refused(subnet):
    return {
        "involvedObject": {"kind": "NodeClaim", "name": "general-x7k2p"},
        "reason": "InsufficientCapacityError",
        "message": f"InsufficientFreeAddressesInSubnet: There are not enough free addresses in {subnet}",
        "lastTimestamp": "2026-01-02T02:13:10Z",
    }


def unscheduled(message):
    about = {"kind": "Pod", "namespace": "shop", "name": "job-1"}
    return {"involvedObject": about, "reason": "FailedScheduling", "message": message}


def cluster(message=NO_CPU, claim=None, classes=("default",), refuse=()):
    events = {"shop/job-1.unbound": unscheduled(message)}
    if claim is not None:
        events["default/claim"] = claim
    patch = {
        "kubernetes/ec2nodeclasses": {f"/{name}": NODE_CLASS for name in classes},
        "kubernetes/pods": WAITING,
        "kubernetes/events": events,
    }
    return Cluster(patched(Patch(patch=patch, refuse=list(refuse))))


def pod(found):
    return next(one for one in found.pods if one.short_name == "job-1")


@pytest.mark.parametrize(
    ("message", "claim", "trouble"),
    [
        (NO_CPU, None, Trouble.NONE),
        (NO_CPU, refused("subnet-a"), Trouble.UNBOUND),
        ("0/2 nodes are available: persistentvolumeclaim not found.", refused("subnet-a"), Trouble.NONE),
        ("0/2 nodes are available: 2 Too many pods.", None, Trouble.UNBOUND),
        ("2 Insufficient memory, 1 Insufficient vpc.amazonaws.com/PrivateIPv4Address", None, Trouble.UNBOUND),
    ],
)
def test_a_pod_without_room_is_in_trouble_once_a_launch_was_refused(message, claim, trouble):
    assert pod(cluster(message, claim)).trouble == trouble


def test_a_refusal_belongs_to_the_class_of_its_subnet():
    (launcher,) = cluster(claim=refused("subnet-a")).launching.launchers
    assert [one.subnet for one in launcher.refusals] == ["subnet-a"]
    (launcher,) = cluster(claim=refused("subnet-zz")).launching.launchers
    assert len(launcher.refusals) == 0
    (launcher,) = cluster(claim=refused("some subnet")).launching.launchers
    assert launcher.times_refused == 1
    both = cluster(claim=refused("some subnet"), classes=("default", "gpu")).launching.launchers
    assert [len(launcher.refusals) for launcher in both] == [0, 0], "of which class it was is not said"


@pytest.mark.parametrize(
    ("code", "message", "counts"),
    [
        ("InsufficientFreeAddresses", "One or more of the subnets …", True),
        ("AsgInstanceLaunchFailures", "There are not enough free addresses in subnet 'subnet-a'", True),
        ("AsgInstanceLaunchFailures", "insufficient capacity", False),
        ("Ec2SubnetNotFound", "subnet-a", False),
    ],
)
def test_which_issues_of_a_node_group_are_of_addresses(code, message, counts):
    health = aws.NodegroupHealth(issues=(aws.AddonIssue(code, message),))
    group = aws.Nodegroup("general", health=health)
    assert bool(list(refusals_of(group))) is counts


def test_a_triage_asks_for_the_health_of_node_groups_while_a_pod_lacks_a_node():
    names = {"aws/eks-list-nodegroups": {"general": "general"}}
    events = {"kubernetes/events": {"shop/job-1.unbound": unscheduled(NO_CPU)}}
    for patch, asked in (
        ({**names, **events, "kubernetes/pods": WAITING}, True),
        (names, False),
    ):
        seen = patched(Patch(patch=patch))
        known = {request: Outcome() for request in (requests.NODES, requests.cluster("example"))}
        triage = replace(seen, outcomes=known, purpose="triage")
        assert (requests.nodegroup("example", "general") in next_requests(triage)) is asked
