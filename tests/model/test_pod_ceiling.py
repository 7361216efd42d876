"""Pods that find no node: whether room under max-pods is all that a node lacks, and on whose nodes."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from eksdoctor.collection_plan.next_requests import next_requests
from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.pods.scheduler_message import SchedulerAnswer
from eksdoctor.model.pods.unschedulable_pod import RefusedPod
from eksdoctor.snapshot.records.aws import LIST_NODEGROUPS
from eksdoctor.snapshot.records.kubernetes import TABULATE_PODS, PodRow
from eksdoctor.snapshot.request import Refusal
from eksdoctor.snapshot.snapshot import Outcome

PODS = "kubernetes/pods"
PREFIXES = {"ENABLE_PREFIX_DELEGATION": "true"}
FULL = {"status": {"allocatable": {"pods": "3"}}}
GROUP = {"metadata": {"labels": {"eks.amazonaws.com/nodegroup": "web"}}}
LEFT_OUT = "preemption: 0/5 nodes are available: 5 No preemption victims found for incoming pod."


def names(items):
    return [str(one) for one in items]


def waiting(*messages, nodes=None, env=None, refuse=(), pods=None):
    """A pod that no node takes; each message is a minute newer than the one before."""
    events = {
        f"shop/cart-1.{minute}": {
            "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "cart-1"},
            "reason": "FailedScheduling",
            "type": "Warning",
            "message": message,
            "lastTimestamp": f"2026-01-02T02:{minute:02}:00Z",
        }
        for minute, message in enumerate(messages)
    }
    pod = {"shop/cart-1": {"spec": {"containers": [{"name": "main"}]}, "status": {"phase": "Pending"}}}
    patch = {PODS: pod | (pods or {}), "kubernetes/events": events, "kubernetes/nodes": nodes or {}}
    return patched(Patch(patch, env or {}, refuse=list(refuse)))


def ceiling(*messages, **facts):
    return Cluster(waiting(*messages, **facts)).pod_ceiling


@pytest.mark.parametrize(
    ("message", "full", "least", "most"),
    [
        ("0/5 nodes are available: 5 Too many pods.", 5, 5, 5),
        ("0/5 nodes are available: 2 Insufficient cpu, 3 Too many pods.", 3, 3, 3),
        (f"0/5 nodes are available: 2 Insufficient cpu, 3 Too many pods. {LEFT_OUT}", 3, 3, 3),
        (f"0/5 nodes are available: 5 Too many pods. no new claims to deallocate, {LEFT_OUT}", 5, 5, 5),
        ("0/5 nodes are available: 3 Insufficient cpu, 3 Too many pods.", 3, 2, 2),
        ("0/5 nodes are available: 5 Insufficient cpu, 5 Too many pods.", 5, 0, 0),
        ("0/5 nodes are available: 3 Insufficient cpu, 3 Insufficient memory, 3 Too many pods.", 3, 0, 2),
        ("0/5 nodes are available: 2 node(s) had untolerated taint {a: b}, 3 Too many pods.", 3, 3, 3),
        ("0/5 nodes are available: 4 node(s) didn't match Pod's node affinity, 1 Too many pods.", 1, 1, 1),
        ("0/5 nodes are available: 1 Too many pods.", 1, 1, 1),  # the others were not looked at
        ("0/5 nodes are available: 1 Insufficient cpu, 1 Too many pods.", 1, 0, 1),  # one node, perhaps
        ("0/5 nodes are available: 5 Insufficient cpu.", 0, 0, 0),
        ("0/0 nodes are available: .", 0, 0, 0),
    ],
)  # fmt: skip
def test_nodes_that_lack_nothing_but_room_for_a_pod(message, full, least, most):
    refused = RefusedPod(SimpleNamespace(name="shop/cart-1"), SchedulerAnswer.parse(message))
    found = (refused.full_nodes, refused.nodes_short_of_pods_alone, refused.most_short_of_pods_alone)
    assert found == (full, least, most)


def test_the_answer_reads_as_it_was_given():
    message = "0/5 nodes are available: 2 Insufficient cpu, 3 Too many pods"
    assert str(SchedulerAnswer.parse(f"{message}. {LEFT_OUT}")) == message
    assert SchedulerAnswer.parse(f"{message}.").is_whole
    assert not SchedulerAnswer.parse(f"{message}, 1 node(s) ...").is_whole
    assert SchedulerAnswer.parse(f"{message}. {LEFT_OUT} 0/5 ...").is_whole


def test_the_latest_answer_counts():
    full = {"/node-a": FULL}
    older, newer = "0/2 nodes are available: 2 Too many pods.", "0/2 nodes are available: 2 Insufficient cpu."
    assert names(ceiling(older, newer, nodes=full).pods_kept_out) == []
    assert names(ceiling(newer, older, nodes=full).pods_kept_out) == ["shop/cart-1"]


def test_full_nodes_of_others_may_be_the_ones_that_are_meant():
    windows = {"status": FULL["status"] | {"nodeInfo": {"operatingSystem": "windows"}}}
    one, both = (
        "0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods.",
        "0/2 nodes are available: 2 Too many pods.",
    )
    nodes = {"/node-a": windows, "/node-b": FULL}
    found = ceiling(one, nodes=nodes).pods_kept_out
    assert (found.elements, "do not show which nodes" in str(found.missing)) == ((), True)
    assert names(ceiling(both, nodes=nodes).pods_kept_out) == ["shop/cart-1"]
    empty = {"/node-a": {"status": {"nodeInfo": {"operatingSystem": "windows"}}}, "/node-b": FULL}
    assert names(ceiling(one, nodes=empty).pods_kept_out) == ["shop/cart-1"]


def test_a_fargate_node_is_closed_by_its_taint_before_pods_are_counted():
    labels = {"metadata": {"labels": {"eks.amazonaws.com/compute-type": "fargate"}}}
    fargate = {"/fargate-1": labels | {"status": {"allocatable": {"pods": "0"}}}}
    message = "0/3 nodes are available: 1 Insufficient cpu, 1 Too many pods, 1 node(s) had taint {a: b}."
    found = ceiling(message, nodes=fargate | {"/node-a": FULL})
    assert names(found.pods_kept_out) == ["shop/cart-1"]
    assert names(found.full_nodes) == ["node-a"]


def test_only_a_node_that_should_admit_more_is_below_its_capacity():
    message = "0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods."
    found = ceiling(message, nodes={"/node-a": FULL}, env=PREFIXES)
    assert names(found.pods_kept_out_below_capacity) == ["shop/cart-1"]
    assert names(ceiling(message, nodes={"/node-a": FULL}).pods_kept_out_below_capacity) == []


def test_the_kinds_of_full_nodes_and_what_to_do():
    both = "0/2 nodes are available: 2 Too many pods."
    found = ceiling(both, nodes={"/node-a": FULL, "/node-b": FULL}, env=PREFIXES)
    assert [change.max_pods for change in found.raises] == [110, 110]  # each of a group of its own
    assert names(found.kinds_at_best) == []
    assert found.could_gain_from_prefixes is False
    pods = {f"shop/w{n}": {"spec": {"nodeName": "node-a"}, "status": {"phase": "Running"}} for n in range(26)}
    best = ceiling("0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods.", pods=pods)
    assert (names(best.raises), [kind.node.name for kind in best.kinds_at_best]) == ([], ["node-a"])
    assert best.could_gain_from_prefixes is True


def rows(*cells):
    return tuple(PodRow(cell) for cell in cells)


def counted(table, limit="3"):
    """A cluster whose pods per node stand in the pod table alone."""
    nodes = {"/node-a": {"status": {"allocatable": {"pods": limit}}}}
    snapshot = waiting("0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods.", nodes=nodes)
    refusal = Outcome(Refusal("forbidden", "hidden", "list pods"))
    outcomes = {
        requests.NODES: Outcome(), requests.pending_pods(): Outcome(), requests.warnings(): Outcome(),
        requests.DAEMON_SETS: Outcome(),
        requests.POD_ROWS: refusal if table is None else Outcome(),
    }  # fmt: skip
    records = snapshot.records | {TABULATE_PODS.kind.file: table or ()}
    return Cluster(replace(snapshot, outcomes=outcomes, records=records))


RUNNING = ("Running", "10.0.0.11", "node-a")


@pytest.mark.parametrize(
    ("more", "is_full"),
    [
        (("ContainerCreating", "<none>", "node-a"), True),
        (("Terminating", "10.0.0.12", "node-a"), True),
        (("Completed", "10.0.0.12", "node-a"), False),
        (("Running", "10.0.1.12", "node-b"), False),
        (("Pending", "<none>", "<none>"), False),
        (("Error", "10.0.0.12", "node-a"), None),
        (("OutOfpods", "<none>", "node-a"), None),
        (("Init:Error", "10.0.0.12", "node-a"), None),
    ],
)
def test_pods_are_counted_from_the_table(more, is_full):
    cluster = counted(rows(RUNNING, RUNNING, more))
    found = cluster.pod_ceiling.is_full(cluster.node_named("node-a"))
    assert found is is_full or (is_full is None and isinstance(found, Unknown))


def test_without_the_table_the_scheduler_is_believed_and_no_node_is_named():
    found = counted(None).pod_ceiling
    assert names(found.pods_kept_out) == ["shop/cart-1"]
    assert found.full_nodes.elements == ()
    assert {reason.grant for reason in found.full_nodes.missing.reasons} == {"list pods"}


def test_a_triage_asks_whose_the_full_nodes_are():
    cluster = counted(rows(RUNNING, RUNNING, RUNNING))
    assert names(cluster.pod_ceiling.nodes_to_look_at) == ["node-a"]
    snapshot = waiting(
        "0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods.", nodes={"/node-a": FULL | GROUP}
    )
    records = snapshot.records | {
        LIST_NODEGROUPS.kind.file: (*(f"other-{number:02}" for number in range(90)), "web"),
        TABULATE_PODS.kind.file: rows(RUNNING, RUNNING, RUNNING),
    }
    asked = next_requests(
        replace(snapshot, purpose="triage", outcomes=dict(cluster.snapshot.outcomes), records=records)
    )
    assert requests.nodegroup("example", "web") in asked
    assert requests.nodegroup("example", "other-89") not in asked
