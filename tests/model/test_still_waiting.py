"""Which pods a daemon's words are about: those that still wait, for an address or for the daemon itself."""

import pytest

from eksdoctor.engine.cases.patch import IPAMD_LOG, Patch, patched
from eksdoctor.model.entities.cluster import Cluster

THROTTLED = (
    "Failed to allocate a private IP/Prefix addresses on ENI eni-a1: operation error EC2: {action}, "
    "https response error StatusCode: 503, RequestID: 0f0e0d0c-1111-4222-8333-444455556604, "
    "api error RequestLimitExceeded: Request limit exceeded."
)
NOBODY_ANSWERS = (
    'Failed to create pod sandbox: plugin type="aws-cni" name="aws-cni" failed (add): add cmd: '
    "Error received from AddNetwork gRPC call: dial tcp 127.0.0.1:50051: connect: connection refused"
)
NOT_READY = {
    "status": {"containerStatuses": [{"name": "aws-node", "ready": False, "state": {"running": {}}}]}
}


def cluster(**changes):
    return Cluster(patched(Patch(starve={"shop/cart-1": "node-a"}, **changes)))


def line(at, message, level="error"):
    return (
        f'{{"level":"{level}","ts":"2026-01-02T{at}.000Z","caller":"ipamd/ipamd.go:1","msg":"{message}"}}\n'
    )


def log(*lines):
    words = {"kind": "ipamd", "node": "node-a", "name": IPAMD_LOG, "text": "".join(lines)}
    return {"nodes/words": {"node-a": words}}


def names(pods):
    return [pod.name for pod in pods]


@pytest.mark.parametrize(("end", "pods"), [("01:38:00", ["shop/cart-1"]), ("02:13:00", [])])
def test_a_log_that_goes_on_without_it_is_quiet_after_a_quarter_of_an_hour(end, pods):
    said = line("01:24:00", THROTTLED.format(action="AssignPrivateIpAddresses"))
    (throttled,) = cluster(patch=log(said, line(end, "IP pool is not too low", "debug"))).heard.throttled
    assert names(throttled.pods) == pods


@pytest.mark.parametrize(
    ("action", "pods"), [("AssignPrivateIpAddresses", ["shop/cart-1"]), ("DeleteNetworkInterface", [])]
)
def test_no_pod_waits_for_a_call_that_gives_something_back(action, pods):
    (throttled,) = cluster(say={"node-a": [THROTTLED.format(action=action)]}).heard.throttled
    assert names(throttled.pods_kept_waiting) == pods


@pytest.mark.parametrize(
    ("words", "pods"), [("Initialization failure: ipamd init: ", ["shop/cart-1"]), ("", [])]
)
def test_the_words_of_a_start_that_failed_are_about_the_pods_that_wait_for_the_daemon(words, pods):
    changes = {
        "kubernetes/pods": {"kube-system/aws-node-a": NOT_READY},
        "kubernetes/events": {"shop/cart-1.sandbox": {"message": NOBODY_ANSWERS}},
    }
    said = f"{words}failed to set up host network: can't initialize iptables: exit status 4"
    found = cluster(patch=changes, say={"node-a": [said]})
    assert [names(one.pods) for one in found.heard.host_network] == [pods]


def test_a_pod_waits_for_an_address_no_more_once_nobody_answers():
    later = {
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "cart-1"},
        "reason": "FailedCreatePodSandBox",
        "message": NOBODY_ANSWERS,
        "lastTimestamp": "2026-01-02T02:13:55Z",
    }
    assert names(cluster().node_named("node-a").starved_pods) == ["shop/cart-1"]
    found = cluster(patch={"kubernetes/events": {"shop/cart-1.later": later}})
    assert names(found.node_named("node-a").starved_pods) == []


@pytest.mark.parametrize(
    ("env", "needed"),
    [
        ({}, False),
        ({"ANNOTATE_POD_IP": "true"}, True),
        ({"ENABLE_POD_ENI": "true"}, True),
        ({"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"}, True),
    ],
)
def test_what_makes_the_daemon_need_the_api_server(env, needed):
    assert cluster(env=env).cni.needs_api_server is needed


def test_a_node_of_auto_mode_is_not_served_by_aws_node():
    labels = {"metadata": {"labels": {"eks.amazonaws.com/compute-type": "auto"}}}
    found = cluster(patch={"kubernetes/nodes": {"/node-a": labels}})
    assert found.node_named("node-a").is_served_by_vpc_cni is False
