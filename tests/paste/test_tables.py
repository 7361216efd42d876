"""Tables of pods, as kubectl and k9s draw them."""

from datetime import UTC, datetime, timedelta

import pytest

from eksdoctor.paste import pod_listing
from eksdoctor.paste.pasted_text import NODE

AT = datetime(2026, 7, 1, tzinfo=UTC)


def read(text):
    return list(pod_listing.pods(text, AT))


def waiting(text):
    return [
        (pod["metadata"]["namespace"], pod["metadata"]["name"], pod["spec"]["nodeName"]) for pod in read(text)
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cart-1   0/1   ContainerCreating   0   5m", ("default", "cart-1", NODE)),
        ("pod/cart-1   0/1   ContainerCreating   0   5m", ("default", "cart-1", NODE)),
        ("shop   cart-1   0/1   ContainerCreating   0   5m", ("shop", "cart-1", NODE)),
        ("│ shop   cart-1   ●   0/1   0 ContainerCreating  n/a  │", ("shop", "cart-1", NODE)),
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


def test_it_has_waited_as_long_as_its_age():
    (pod,) = read("cart-1   0/1   ContainerCreating   0   5m")
    assert pod["status"]["conditions"][0]["lastTransitionTime"] == AT - timedelta(minutes=5)


def test_how_the_daemon_does():
    (pod,) = read("kube-system  aws-node-7wxyz  1/2  CrashLoopBackOff  14 (2m10s ago)  52m")
    (container,) = pod["status"]["containerStatuses"]
    assert container["state"] == {"waiting": {"reason": "CrashLoopBackOff"}}
    assert container["restartCount"] == 14
    assert container["ready"] is False


def test_of_many_rows_the_first():
    assert len(read("p-1 0/1 ContainerCreating 0 5m\n" * 1000)) == pod_listing.MOST_ROWS
