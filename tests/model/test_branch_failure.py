"""What the resource controller could not do, decoded; and whom the daemon's pool has nothing to do with."""

import pytest

from eksdoctor.engine.cases.patch import NO_ADDRESS, Patch, patched
from eksdoctor.model.branch_enis.controller_failures import Step, reason_of
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.triage.build_report import build_report
from tests.shared import rulebook

BOOK = rulebook()
EXISTS = "cannot create new eni entry already exist, older entry : [0xc0000aaaa0]"
WEBHOOK = 'admission webhook "policy.example" denied the request: no annotations'
LIMIT = {"limits": {"vpc.amazonaws.com/pod-eni": "1"}}


@pytest.mark.parametrize(
    ("step", "words", "why"),
    [
        (Step.ALLOCATION, "creating network interface, InsufficientFreeAddressesInSubnet: x", "subnet"),
        (Step.ALLOCATION, "InvalidParameterValue: There aren't sufficient free Ipv4 addresses", "subnet"),
        (Step.ALLOCATION, "api error InvalidSecurityGroupID.NotFound: sg-1", "group"),
        (Step.ALLOCATION, "SecurityGroupsPerInterfaceLimitExceeded: x", "groups"),
        (Step.ALLOCATION, "UnauthorizedOperation: not authorized, with an explicit deny", "iam"),
        (Step.ALLOCATION, "NetworkInterfaceLimitExceeded: x", "quota"),
        (Step.ALLOCATION, "RequestLimitExceeded: x", "throttled"),
        (Step.ALLOCATION, "associating branch to trunk, UnauthorizedOperation: x", "iam"),
        (Step.ALLOCATION, "associating branch to trunk, timeout", "trunk"),
        (Step.ALLOCATION, EXISTS, "stale"),
        (Step.ALLOCATION, "assigning vlad id, none left", "other"),
        (Step.ALLOCATION, "", "other"),
        (Step.ANNOTATION, WEBHOOK, "admission"),
        (Step.ANNOTATION, 'is forbidden: ValidatingAdmissionPolicy "x" denied request: y', "admission"),
        (Step.ANNOTATION, "is forbidden: unable to validate against any pod security policy", "pod-security"),
        (Step.ANNOTATION, 'User "eks:vpc-resource-controller" cannot patch resource "pods"', "rbac"),
        (Step.ANNOTATION, "etcdserver: request timed out", "other"),
    ],
)
def test_reasons(step, words, why):
    assert reason_of(step, words) == why


def waiting(*events, env=None, **changes):
    bound = {"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-01-02T01:54:00Z"}
    pod = {
        "spec": {"nodeName": "node-a", "containers": [{"name": "main", "resources": LIMIT}]},
        "status": {"phase": "Pending", "conditions": [bound]},
    }
    found = {
        f"shop/cart-1.{index}": {
            "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "cart-1"},
            "reason": reason,
            "message": message,
            "lastTimestamp": f"2026-01-02T02:{10 + index}:00Z",
            "source": {"host": "node-a"},
        }
        for index, (reason, message) in enumerate(events)
    }
    patch = {"kubernetes/pods": {"shop/cart-1": pod}, "kubernetes/events": found, **changes}
    return patched(Patch(patch=patch, env=env or {"ENABLE_POD_ENI": "true"}))


@pytest.mark.parametrize(
    ("events", "step", "why"),
    [
        ([(Step.ANNOTATION, WEBHOOK), (Step.ALLOCATION, EXISTS)], Step.ANNOTATION, "admission"),
        ([(Step.ALLOCATION, EXISTS)], Step.ALLOCATION, "stale"),
        ([(Step.ANNOTATION, WEBHOOK), (Step.ALLOCATION, "QUOTA NetworkInterfaceLimitExceeded")],
         Step.ALLOCATION, "quota"),
        ([(Step.ALLOCATION, "RequestLimitExceeded"), (Step.ANNOTATION, WEBHOOK)],
         Step.ANNOTATION, "admission"),
    ],
)  # fmt: skip
def test_the_last_failure_that_is_a_reason(events, step, why):
    (failure,) = Cluster(waiting(*events)).branches.failures.all()
    assert (failure.step, failure.why) == (step, why)


EMPTY_POOL = {
    "aws/ec2-describe-subnets": {"subnet-a": {"AvailableIpAddressCount": 0}},
    "aws/ec2-describe-network-interfaces": {
        "eni-a1": {"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.10", "Primary": True}]},
        "eni-a2": None,
    },
}


def test_a_pod_that_waits_for_a_branch_eni_does_not_wait_for_the_pool():
    snapshot = waiting(("FailedCreatePodSandBox", NO_ADDRESS), **EMPTY_POOL)
    node = Cluster(snapshot).node_named("node-a")
    assert node.starved_pods.all() == ()
    assert {verdict.cause for verdict in build_report(snapshot, BOOK).verdicts} == {""}


def test_with_security_groups_for_pods_off_it_does():
    off = {"ENABLE_POD_ENI": "false"}
    snapshot = waiting(("FailedCreatePodSandBox", NO_ADDRESS), env=off, **EMPTY_POOL)
    node = Cluster(snapshot).node_named("node-a")
    assert [pod.name for pod in node.starved_pods.all()] == ["shop/cart-1"]
    assert {verdict.cause for verdict in build_report(snapshot, BOOK).verdicts} == {"subnet-exhausted"}
