"""Tables of pods, as kubectl and k9s draw them."""

from datetime import UTC, datetime, timedelta

import pytest

from eksdoctor.paste import pod_listing
from eksdoctor.paste.pasted_text import PLACEHOLDER_NODE

AT = datetime(2026, 7, 1, tzinfo=UTC)


def read(text):
    return list(pod_listing.parse_pods(text, AT))


def waiting(text):
    return [
        (pod["metadata"]["namespace"], pod["metadata"]["name"], pod["spec"]["nodeName"]) for pod in read(text)
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cart-1   0/1   ContainerCreating   0   5m", ("default", "cart-1", PLACEHOLDER_NODE)),
        ("pod/cart-1   0/1   ContainerCreating   0   5m", ("default", "cart-1", PLACEHOLDER_NODE)),
        ("shop   cart-1   0/1   ContainerCreating   0   5m", ("shop", "cart-1", PLACEHOLDER_NODE)),
        ("│ shop   cart-1   ●   0/1   0 ContainerCreating  n/a  │", ("shop", "cart-1", PLACEHOLDER_NODE)),
        (
            "cart-1  0/1  ContainerCreating  0  5m  <none>  ip-10-0-0-1.ec2.internal  <none>  <none>",
            ("default", "cart-1", "ip-10-0-0-1.ec2.internal"),
        ),
    ],
)
def test_a_pod_that_waits(text, shown):
    assert waiting(text) == [shown]


@pytest.mark.parametrize(
    "text",
    [
        "cart-1   1/1   Running   0   5m",
        "0/5 nodes are available: 5 Too many pods.",
        "default-scheduler 0/5 nodes are available",
        "cart-1   0/1   ContainerCreating",
        "NAME     READY   STATUS   RESTARTS   AGE",
        "a 0/1 ContainerCreating 0 " + "5m " * 1000,
    ],
)
def test_no_pod_that_waits(text):
    assert read(text) == []


def test_a_pod_has_waited_for_its_age():
    (pod,) = read("cart-1   0/1   ContainerCreating   0   5m")
    assert pod["status"]["conditions"][0]["lastTransitionTime"] == AT - timedelta(minutes=5)


def test_the_state_of_an_aws_node_pod():
    (pod,) = read("kube-system  aws-node-7wxyz  1/2  CrashLoopBackOff  14 (2m10s ago)  52m")
    (container,) = pod["status"]["containerStatuses"]
    assert container["state"] == {"waiting": {"reason": "CrashLoopBackOff"}}
    assert container["restartCount"] == 14
    assert container["ready"] is False


def test_at_most_max_rows():
    assert len(read("p-1 0/1 ContainerCreating 0 5m\n" * 1000)) == pod_listing.MAX_ROWS
