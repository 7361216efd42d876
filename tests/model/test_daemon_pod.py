"""The aws-node pod of a node, from what the API server and the kubelet report."""

from datetime import timedelta

import pytest

from eksdoctor.engine.cases.patch import AT, Patch, patched
from eksdoctor.model.aws_node.crash_loop import loop_of
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.pods.waits_for_aws_node import says_nobody_answers
from eksdoctor.snapshot.records.kubernetes import (
    ContainerState,
    ContainerStatus,
    RunningState,
    TerminatedState,
    WaitingState,
)
from eksdoctor.triage.build_report import build_report
from tests.shared import rulebook

BOOK = rulebook()
REFUSED = (
    "add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable "
    'desc = connection error: desc = "transport: Error while dialing: '
    'dial tcp 127.0.0.1:50051: connect: connection refused"'
)
CRASHED = {
    "name": "aws-node",
    "restartCount": 9,
    "state": {"waiting": {"reason": "CrashLoopBackOff"}},
    "lastState": {"terminated": {"reason": "Error", "exitCode": 1, "finishedAt": "2026-01-02T02:12:00Z"}},
}


def snapshot(*statuses, pods=None, said=REFUSED, **more):
    status = {"containerStatuses": list(statuses)} if statuses else {}
    changed = {"kubernetes/pods": pods or {"kube-system/aws-node-a": {"status": status}}}
    if said:
        changed["kubernetes/events"] = {"shop/cart-1.sandbox": {"message": said}}
    starving = {"shop/cart-1": "node-a"} if said else {}
    return patched(Patch(patch={**changed, **more}, starve=starving))


def daemon(*statuses, **more):
    return Cluster(snapshot(*statuses, **more)).node_named("node-a").daemon


@pytest.mark.parametrize(
    ("message", "answers_nobody"),
    [
        (REFUSED, True),
        (
            'dial unix /var/run/aws-node/ipamd.sock: connect: no such file or directory"',
            True,
        ),
        ("add cmd: Error received from AddNetwork gRPC call: rpc error: code = DeadlineExceeded", True),
        ("NetworkReady=false reason:NetworkPluginNotReady message: cni plugin not initialized", True),
        ("add cmd: failed to assign an IP address to container", False),
        ("dial tcp 127.0.0.1:50052: connect: connection refused", False),
        ("dial unix /var/run/aws-node/npa.sock: connect: no such file or directory", False),
        ("wrong client version", False),
        ("", False),
    ],
)
def test_only_a_daemon_that_does_not_answer_is_silent(message, answers_nobody):
    assert says_nobody_answers(message) is answers_nobody


@pytest.mark.parametrize(
    ("state", "last", "restarts", "loops"),
    [
        (ContainerState(waiting=WaitingState("CrashLoopBackOff")), None, 5, True),
        (ContainerState(waiting=WaitingState("CrashLoopBackOff")), None, 1, False),
        (ContainerState(waiting=WaitingState("ImagePullBackOff")), None, 5, False),
        (ContainerState(running=RunningState(AT)), timedelta(minutes=2), 5, True),
        (ContainerState(running=RunningState(AT)), timedelta(minutes=40), 5, False),
        (ContainerState(running=RunningState(AT)), None, 5, False),
        (None, timedelta(minutes=2), 5, False),
    ],
)
def test_a_container_that_ends_again_and_again(state, last, restarts, loops):
    end = None if last is None else TerminatedState("Error", 1, "", None, AT - last)
    before = None if end is None else ContainerState(terminated=end)
    status = ContainerStatus("aws-node", ready=False, restart_count=restarts, state=state, last_state=before)
    assert (loop_of(status, AT) is not None) is loops


def test_what_it_ended_of():
    killed = TerminatedState("OOMKilled", 137, "", None, AT)
    status = ContainerStatus(
        "aws-node", restart_count=3, state=ContainerState(terminated=killed), last_state=ContainerState()
    )
    assert loop_of(status, AT).words == "it exceeded its memory limit (OOMKilled)"
    spoke = TerminatedState("Error", 1, "x" * 900 + " the reason", None, AT)
    end = loop_of(ContainerStatus("aws-node", restart_count=3, state=ContainerState(terminated=spoke)), AT)
    assert end.words == "exit code 1"
    assert end.message.endswith("the reason")
    assert len(end.message) == 400


def test_a_snapshot_without_states_says_nothing_of_a_daemon_that_restarted():
    old = daemon({"name": "aws-node", "restartCount": 4}, said="")
    assert isinstance(old.is_crash_looping, Unknown)
    assert isinstance(old.is_not_ready, Unknown)
    assert isinstance(old.is_missing, Unknown)
    steady = daemon({"name": "aws-node", "ready": True}, said="")
    assert steady.is_crash_looping is False
    assert steady.is_missing is False


def test_of_several_pods_the_one_that_stays_counts():
    going = {"metadata": {"deletionTimestamp": "2026-01-02T02:13:00Z"}}
    fresh = {
        "metadata": {"labels": {"k8s-app": "aws-node"}, "creationTimestamp": "2026-01-02T02:13:10Z"},
        "spec": {"nodeName": "node-a", "hostNetwork": True},
    }
    pods = {"kube-system/aws-node-a": going, "kube-system/aws-node-new": fresh}
    assert daemon(pods=pods, said="").name == "aws-node-new"


def test_a_pod_of_another_name_space_is_no_daemon():
    pods = {
        "kube-system/aws-node-a": None,
        "shop/aws-node-x": {"metadata": {"labels": {"k8s-app": "aws-node"}}, "spec": {"nodeName": "node-a"}},
    }
    assert daemon(pods=pods, said="").is_missing is True


def test_labels_of_their_own_hide_the_pods():
    template = {"template": {"metadata": {"labels": {"app": "cni"}}}}
    sets = {"kubernetes/daemonsets": {"kube-system/aws-node": {"spec": template}}}
    found = daemon(pods={"kube-system/aws-node-a": None}, said="", **sets)
    assert isinstance(found.is_missing, Unknown)


@pytest.mark.parametrize(
    ("statuses", "pods", "cause"),
    [
        ((CRASHED,), None, "aws-node-crash-looping"),
        ((), {"kube-system/aws-node-a": None}, "aws-node-missing-on-node"),
    ],
)
def test_who_holds_a_pod_that_nobody_answers(statuses, pods, cause):
    report = build_report(snapshot(*statuses, pods=pods), BOOK)
    assert cause in {verdict.cause for verdict in report.verdicts}


def test_without_its_ready_condition_since_when_is_unknown():
    found = daemon(CRASHED)
    assert found.ready_since is not None
    assert isinstance(found.not_ready_since, Unknown)
