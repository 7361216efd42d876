"""What a pod without a branch ENI stays Pending for, node by node; and that it has one cause only."""

import pytest

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.branch_enis.shortage import shortage
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import NotKnown
from eksdoctor.model.pods.scheduler_message import required_answer
from eksdoctor.snapshot.actions import ACTIONS
from eksdoctor.triage.build_report import build_report
from tests.shared import rulebook

BOOK = rulebook()
RESOURCE = "vpc.amazonaws.com/pod-eni"
FULL = {"status": {"allocatable": {RESOURCE: "9"}}}
NO_TRUNK: dict[str, object] = {}
SMALL = {"metadata": {"labels": {"node.kubernetes.io/instance-type": "t3.large"}}}
NEW = {"metadata": {"creationTimestamp": "2026-01-02T02:12:00Z"}}
COMPUTE = "eks.amazonaws.com/compute-type"
FARGATE = {
    "metadata": {"labels": {COMPUTE: "fargate"}},
    "spec": {"taints": [{"key": COMPUTE, "value": "fargate", "effect": "NoSchedule"}]},
}
TAINTED = {"spec": {"taints": [{"key": "dedicated", "value": "batch", "effect": "NoSchedule"}]}}
TAINT = "node(s) had untolerated taint {x: y}"
SELECTOR = "node(s) didn't match Pod's node affinity/selector"

RULES = {
    "disabled": "sgp-pod-eni-disabled",
    "no-trunk": "sgp-trunk-missing",
    "not-advertised": "sgp-pod-eni-not-advertised",
    "budget": "branch-budget-exhausted",
    "unsupported": "sgp-unsupported-instance",
}


def snapshot(first, second, reasons, on, refuse=()):
    pod = {
        "spec": {"containers": [{"name": "main", "resources": {"limits": {RESOURCE: "1"}}}]},
        "status": {"phase": "Pending"},
    }
    answer = {
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "cart-1"},
        "reason": "FailedScheduling",
        "message": f"0/2 nodes are available: {reasons}.",
        "lastTimestamp": "2026-01-02T02:13:30Z",
    }
    patch = {
        "kubernetes/nodes": {"/node-a": first, "/node-b": second},
        "kubernetes/pods": {"shop/cart-1": pod},
        "kubernetes/events": {"shop/cart-1.answer": answer},
    }
    return patched(Patch(patch=patch, env={"ENABLE_POD_ENI": "true" if on else "false"}, refuse=list(refuse)))


ALL, ONE = f"2 Insufficient {RESOURCE}", f"1 Insufficient {RESOURCE}"
TABLE = [
    (NO_TRUNK, NO_TRUNK, ALL, False, "disabled"),
    (SMALL, SMALL, ALL, False, "disabled"),
    (FULL, NO_TRUNK, ALL, False, "disabled"),  # a trunk from before still serves; the other node has none
    (FULL, FULL, ALL, False, "budget"),
    (NO_TRUNK, NO_TRUNK, ALL, True, "no-trunk"),
    (FULL, NO_TRUNK, ALL, True, "no-trunk"),  # a fault comes before a node that gave all it had
    (FULL, FULL, ALL, True, "budget"),
    (FULL, SMALL, ALL, True, "budget"),
    (SMALL, SMALL, ALL, True, "unsupported"),
    (SMALL, FULL | TAINTED, f"{ONE}, 1 {TAINT}", True, "unsupported"),
    (FULL, SMALL | TAINTED, f"{ONE}, 1 {TAINT}", True, "budget"),
    (FULL, FARGATE, f"{ONE}, 1 {TAINT}", True, "budget"),
    (FULL, {"spec": {"unschedulable": True}}, f"{ONE}, 1 node(s) were unschedulable", True, "budget"),
    (FULL, SMALL, f"{ONE}, 1 {SELECTOR}", True, None),  # which of the two has none is not told
    (FULL, FULL, f"{ONE}, 1 {SELECTOR}", True, "budget"),  # whichever it is
    (FULL, SMALL, f"1 Insufficient cpu, {ONE}", True, None),
    (FULL, FULL, f"2 Insufficient cpu, {ALL}", True, None),
    (SMALL, NEW, ALL, True, None),  # the new node may be about to serve
]


@pytest.mark.parametrize(("first", "second", "reasons", "on", "cause"), TABLE)
def test_causes(first, second, reasons, on, cause):
    cluster = Cluster(snapshot(first, second, reasons, on))
    (pod,) = cluster.branches.pods_short
    if cause is None:
        with pytest.raises(NotKnown):
            shortage(cluster, required_answer(pod))
    else:
        assert shortage(cluster, required_answer(pod)) == cause


@pytest.mark.parametrize(("first", "second", "reasons", "on", "cause"), TABLE)
def test_one_verdict(first, second, reasons, on, cause):
    report = build_report(snapshot(first, second, reasons, on), BOOK)
    (verdict,) = report.verdicts
    assert verdict.cause == (RULES[cause] if cause else "")


def test_more_nodes_in_the_answer_than_are_listed_prove_nothing():
    cluster = Cluster(snapshot(FULL, SMALL, f"{ONE}, 5 {SELECTOR}", on=True))
    (pod,) = cluster.branches.pods_short
    with pytest.raises(NotKnown):
        shortage(cluster, required_answer(pod))


@pytest.mark.parametrize("action", sorted(ACTIONS))
@pytest.mark.parametrize("row", TABLE)
def test_hiding_makes_no_other_cause(row, action):
    *case, cause = row
    for verdict in build_report(snapshot(*case, [action]), BOOK).verdicts:
        assert verdict.cause in ("", RULES.get(cause, ""))
