"""What a snapshot was refused, its lab refuses in kind; and faults done to the connection."""

import contextlib
import http.client
import json
import threading
from datetime import UTC, datetime, timedelta
from time import monotonic
from urllib.parse import urlencode, urlsplit

import pytest

from eksdoctor.snapshot import archive
from eksdoctor.snapshot.records.aws import (
    DESCRIBE_ADDON,
    DESCRIBE_NETWORK_INTERFACES,
    DESCRIBE_NODEGROUP,
    DESCRIBE_SUBNETS,
    DESCRIBE_VPCS,
)
from eksdoctor.snapshot.records.kubernetes import (
    GET_CONFIG_MAP,
    LIST_ENI_CONFIGS,
    LIST_EVENTS,
    LIST_NODES,
    LIST_PODS,
)
from eksdoctor.snapshot.request import Refusal, Request
from eksdoctor.snapshot.snapshot import Outcome
from tests.lab import Fault, Lab, moved
from tests.lab.example import AT, CLUSTER, REGION, snapshot
from tests.process import PATIENCE

SCOPE = "AWS4-HMAC-SHA256 Credential=AKIALAB/20251012/{}/{}/aws4_request, Signature=0"
NODES = Request.of(LIST_NODES)


def kubernetes(lab, path, timeout=PATIENCE, **query):
    """Status, headers and body from a lab that speaks plain HTTP."""
    connection = http.client.HTTPConnection(urlsplit(lab.kubernetes_endpoint).netloc, timeout=timeout)
    try:
        connection.request("GET", f"{path}?{urlencode(query)}")
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def ec2(lab, action, **parameters):
    """Status and body of an EC2 call."""
    connection = http.client.HTTPConnection(urlsplit(lab.aws_endpoint).netloc, timeout=PATIENCE)
    body = urlencode({"Action": action, "Version": "2016-11-15", **parameters})
    try:
        connection.request("POST", "/", body, {"Authorization": SCOPE.format(REGION, "ec2")})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def eks(lab, path):
    """Status, error type and message of an EKS call."""
    connection = http.client.HTTPConnection(urlsplit(lab.aws_endpoint).netloc, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Authorization": SCOPE.format(REGION, "eks")})
        answer = connection.getresponse()
        return answer.status, answer.headers["x-amzn-ErrorType"], json.loads(answer.read())
    finally:
        connection.close()


def lab_of(outcomes, **options):
    return Lab(snapshot(outcomes), kubernetes="http", **options)


def refusal(reason, words="", count=0):
    return Outcome(refusal=Refusal(reason, words), count=count)


@pytest.mark.parametrize(
    ("reason", "words", "status", "message"),
    [
        (
            "forbidden",
            'nodes is forbidden: User "eve" cannot list',
            403,
            'nodes is forbidden: User "eve" cannot list',
        ),
        ("unauthenticated", "Unauthorized", 401, "Unauthorized"),
        ("throttled", "later", 429, "later"),
        ("failed", "HTTP 503: etcdserver: no leader", 503, "etcdserver: no leader"),
        ("failed", "something else", 500, "something else"),
    ],
)
def test_a_kubernetes_refusal_is_replayed(reason, words, status, message):
    with lab_of({NODES: refusal(reason, words)}) as lab:
        answer = kubernetes(lab, "/api/v1/nodes", limit="500")
        assert (answer[0], json.loads(answer[2])["message"]) == (status, message)
        assert answer[1]["Retry-After"] == ("0" if status == 429 else None)
        assert kubernetes(lab, "/api/v1/pods")[0] == 200, "nothing else is refused"


def test_an_aws_refusal_is_replayed_with_its_code():
    vpcs = Request.of(DESCRIBE_VPCS, VpcIds=("vpc-1",))
    addon = Request.of(DESCRIBE_ADDON, clusterName=CLUSTER, addonName="vpc-cni")
    outcomes = {
        vpcs: refusal("failed", "InternalError: An internal error has occurred"),
        addon: refusal("forbidden", "AccessDeniedException: User: bob is not authorized"),
    }
    with lab_of(outcomes) as lab:
        status, text = ec2(lab, "DescribeVpcs", **{"VpcId.1": "vpc-1"})
        assert (status, "<Code>InternalError</Code><Message>An internal error" in text) == (500, True)
        assert ec2(lab, "DescribeVpcs")[0] == 200, "another question of the same action"
        path = f"/clusters/{CLUSTER}/addons/vpc-cni"
        words = {"message": "User: bob is not authorized"}
        assert eks(lab, path) == (403, "AccessDeniedException", words)


def test_a_lacking_permission_is_lacking_for_new_questions_too():
    pending = Request.of(LIST_PODS, fieldSelector="status.phase=Pending")
    subnets = Request.of(DESCRIBE_SUBNETS, SubnetIds=("subnet-a",))
    with lab_of({pending: refusal("forbidden", "no"), subnets: refusal("forbidden", "no")}) as lab:
        assert kubernetes(lab, "/api/v1/pods")[0] == 403
        assert kubernetes(lab, "/api/v1/namespaces/shop/pods")[0] == 200, "another scope"
        assert ec2(lab, "DescribeSubnets")[0] == 403


def test_a_refused_question_is_refused_in_parts():
    wanted = tuple(f"subnet-{number}" for number in range(300))
    whole = Request.of(DESCRIBE_NETWORK_INTERFACES, filter__subnet_id=wanted)
    with lab_of({whole: refusal("failed", "InternalError: no")}) as lab:
        part = {f"Filter.1.Value.{place + 1}": name for place, name in enumerate(wanted[:200])}
        asked = {
            "Filter.1.Name": "subnet-id",
            **part,
            "MaxResults": "1000",
            "IncludeManagedResources": "true",
        }
        assert ec2(lab, "DescribeNetworkInterfaces", **asked)[0] == 500
        other = {"Filter.1.Name": "subnet-id", "Filter.1.Value.1": "subnet-a"}
        assert ec2(lab, "DescribeNetworkInterfaces", **other)[0] == 200


def test_pages_before_a_refusal_come_before_it():
    with lab_of({NODES: refusal("forbidden", "expired midway", count=4)}) as lab:
        first = json.loads(kubernetes(lab, "/api/v1/nodes", limit="3")[2])
        second = json.loads(
            kubernetes(lab, "/api/v1/nodes", limit="3", **{"continue": first["metadata"]["continue"]})[2]
        )
        assert [len(first["items"]), len(second["items"])] == [3, 1]
        third = kubernetes(lab, "/api/v1/nodes", limit="3", **{"continue": second["metadata"]["continue"]})
        assert third[0] == 403


def test_what_was_absent_is_not_found():
    outcomes = {
        Request.of(LIST_ENI_CONFIGS): Outcome(absent=True),
        Request.of(GET_CONFIG_MAP, namespace="kube-system", name="gone"): Outcome(absent=True),
        Request.of(DESCRIBE_NODEGROUP, clusterName=CLUSTER, nodegroupName="group-0"): Outcome(absent=True),
        Request.of(DESCRIBE_SUBNETS, SubnetIds=("subnet-a",)): Outcome(absent=True),
    }
    with lab_of(outcomes) as lab:
        configs = kubernetes(lab, "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs")
        assert (configs[0], configs[2]) == (404, b"404 page not found\n")
        map_ = kubernetes(lab, "/api/v1/namespaces/kube-system/configmaps/gone")
        assert (map_[0], json.loads(map_[2])["reason"]) == (404, "NotFound")
        assert eks(lab, f"/clusters/{CLUSTER}/node-groups/group-0")[:2] == (404, "ResourceNotFoundException")
        assert "InvalidSubnetID.NotFound" in ec2(lab, "DescribeSubnets", **{"SubnetId.1": "subnet-a"})[1]


def test_objects_that_were_dropped_are_served_broken():
    subnets = Request.of(DESCRIBE_SUBNETS, SubnetIds=("subnet-a",))
    with lab_of({NODES: Outcome(count=7, dropped=2), subnets: Outcome(count=1, dropped=1)}) as lab:
        items = json.loads(kubernetes(lab, "/api/v1/nodes")[2])["items"]
        assert [isinstance(item["metadata"], dict) for item in items] == [True] * 7 + [False] * 2
        text = ec2(lab, "DescribeSubnets", **{"SubnetId.1": "subnet-a"})[1]
        assert (text.count("<subnetId>"), text.count("undecodable")) == (1, 1)


def test_what_the_user_interrupted_is_answered():
    with lab_of({NODES: refusal("interrupted")}) as lab:
        assert kubernetes(lab, "/api/v1/nodes")[0] == 200


def test_a_timeout_holds_until_the_client_leaves():
    with lab_of({NODES: refusal("timeout")}) as lab:
        with pytest.raises(TimeoutError):
            kubernetes(lab, "/api/v1/nodes", timeout=0.2)
        assert kubernetes(lab, "/api/v1/pods")[0] == 200
        assert [one.action for one in lab.requests] == ["list-nodes", "list-pods"]


def test_a_held_request_does_not_hold_the_lab():
    with lab_of({}, faults={"list-nodes": Fault.hang()}) as lab:
        waiting = threading.Thread(target=_be_hung_up_on, args=(lab,))
        waiting.start()
        while not lab.requests:
            waiting.join(0.01)
        assert waiting.is_alive()
    waiting.join(PATIENCE)
    assert not waiting.is_alive()


def test_unreachable_truncated_and_garbage():
    nodes, events = refusal("unreachable"), refusal("undecodable")
    outcomes = {NODES: nodes, Request.of(LIST_EVENTS): events}
    with lab_of(outcomes, faults={"list-pods": Fault.truncated()}) as lab:
        with pytest.raises(http.client.RemoteDisconnected):
            kubernetes(lab, "/api/v1/nodes")
        with pytest.raises(http.client.IncompleteRead):
            kubernetes(lab, "/api/v1/pods")
        with pytest.raises(UnicodeDecodeError):
            json.loads(kubernetes(lab, "/api/v1/events")[2])


def test_latency_and_slowness_delay_the_right_answer():
    with lab_of({}, latency=0.05, faults={"list-nodes": Fault.slow(0.1)}) as lab:
        begun = monotonic()
        assert len(json.loads(kubernetes(lab, "/api/v1/nodes")[2])["items"]) == 7
        assert monotonic() - begun >= 0.15, "a lower bound, which no busy machine can break"


def test_requests_under_way_are_counted():
    with lab_of({}, faults={"*": Fault.hang()}) as lab:
        threads = [threading.Thread(target=_be_hung_up_on, args=(lab,)) for _ in range(5)]
        for thread in threads:
            thread.start()
        while len(lab.requests) < 5:
            threads[0].join(0.01)
        assert lab.most_in_flight == 5
        lab.forget()
        assert (lab.requests, lab.most_in_flight) == ([], 5), "they are under way still"
    for thread in threads:
        thread.join()


def _be_hung_up_on(lab):
    with contextlib.suppress(OSError, http.client.HTTPException):
        kubernetes(lab, "/api/v1/nodes", timeout=PATIENCE)


def test_a_written_snapshot_is_served_as_the_one_in_memory(tmp_path):
    outcomes = {NODES: Outcome(count=7), Request.of(LIST_EVENTS): refusal("forbidden", "no")}
    again = archive.read(archive.write(snapshot(outcomes), tmp_path / "x.eksdoctor.tar.gz"))
    with Lab(again, kubernetes="http") as lab, lab_of(outcomes) as other:
        for path in ("/api/v1/nodes", "/api/v1/pods", "/api/v1/events", "/apis/apps/v1/daemonsets"):
            served, expected = kubernetes(lab, path), kubernetes(other, path)
            assert (served[0], json.loads(served[2])) == (expected[0], json.loads(expected[2]))
        assert ec2(lab, "DescribeSubnets") == ec2(other, "DescribeSubnets")


def test_an_incident_moved_in_time_keeps_its_distances():
    to = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    later = moved(snapshot(), to)
    assert later.at == to
    assert later.of(LIST_EVENTS.kind)[0].last_timestamp == to - timedelta(minutes=2)
    assert later.of(DESCRIBE_NETWORK_INTERFACES.kind)[0].attachment.attach_time == to - timedelta(hours=5)
    created = later.records["aws/eks-describe-cluster"][0]["createdAt"]
    assert to - datetime.fromisoformat(created) == AT - datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert moved(later, AT).records["kubernetes/pods"] == snapshot().records["kubernetes/pods"]
