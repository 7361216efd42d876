"""Events as objects and as pasted rows say the same."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from eksdoctor.evidence.inputs.event_table import event_row
from eksdoctor.evidence.inputs.kubernetes_events import seen_at, statements
from eksdoctor.snapshot.records.kubernetes import Event
from tests.testimony.samples import classes, said

SANDBOX = "fedcba9876543210" * 4
CONTAINERD = (
    "Failed to create pod sandbox: rpc error: code = Unknown desc = "
    f'failed to setup network for sandbox "{SANDBOX}": plugin type="aws-cni" name="aws-cni" '
    "failed (add): add cmd: failed to assign an IP address to container"
)
DOCKERSHIM = (
    "Failed create pod sandbox: rpc error: code = Unknown desc = NetworkPlugin cni failed to set up pod "
    '"web-1_shop" network: add cmd: failed to assign an IP address to container'
)
NEAR = datetime(2025, 2, 3, 12, tzinfo=UTC)


def event(reason, message, **more):
    document = {
        "metadata": {"name": more.pop("name", "web-1.17"), "namespace": "shop"},
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "web-1"},
        "reason": reason,
        "message": message,
        "type": "Warning",
        "firstTimestamp": "2025-02-03T11:00:00Z",
        "lastTimestamp": "2025-02-03T11:38:00Z",
        "count": 175,
        **more,
    }
    return msgspec.convert(document, Event, strict=False)


@pytest.mark.parametrize("message", [CONTAINERD, DOCKERSHIM, f"(combined from similar events): {CONTAINERD}"])
def test_a_refused_pod(message):
    (statement,) = statements([event("FailedCreatePodSandBox", message)])
    assert (statement.testifies, statement.count, statement.pod) == ("generic", 175, "shop/web-1")
    assert statement.lasted == timedelta(minutes=38)
    assert statement.first == datetime(2025, 2, 3, 11, tzinfo=UTC)


def test_the_same_event_twice_is_one():
    one = event("FailedCreatePodSandBox", DOCKERSHIM)
    assert statements([one, one])[0].count == 175


def test_a_later_state_of_an_event_replaces_the_earlier():
    (statement,) = statements(
        [event("FailedMount", "no such secret", count=3), event("FailedMount", "no such secret", count=5)]
    )
    assert statement.count == 5


def test_two_events_add_up():
    (statement,) = statements(
        [event("FailedMount", "no such secret", name="a"), event("FailedMount", "no such secret", name="b")]
    )
    assert statement.count == 350


def test_the_newer_form_of_events():
    newer = event(
        "FailedScheduling", "0/3 nodes are available: 3 Too many pods.",
        firstTimestamp=None, lastTimestamp=None, count=None,
        eventTime="2025-02-03T11:00:00Z", series={"count": 9, "lastObservedTime": "2025-02-03T11:30:00Z"},
    )  # fmt: skip
    assert seen_at(newer).count == 9
    assert seen_at(newer).lasted == timedelta(minutes=30)
    assert statements([newer])[0].numbers == {"nodes": 3}


def test_an_event_of_a_node_names_it():
    about = {"kind": "Node", "name": "ip-10-1-2-3.ec2.internal"}
    message = (
        "Failed to create trunk interface: Error Code: UnauthorizedOperation: Please verify the cluster role"
    )
    found = statements([event("TrunkENICreationFailed", message, involvedObject=about)])
    assert {one.testifies for one in found} == {"trunk-missing", "denied"}
    assert {one.node for one in found} == {"ip-10-1-2-3.ec2.internal"}


COMBINED = f"(combined from similar events): {CONTAINERD}"
SEEN = "2m47s (x175 over 38m)"
ROWS = {
    "describe": f"  Warning  FailedCreatePodSandBox  {SEEN}  kubelet  {COMBINED}",
    "describe, old": f"  Warning  FailedCreatePodSandBox  {SEEN}  kubelet, ip-10-1-2-3  {CONTAINERD}",
    "single blanks": f"Warning FailedCreatePodSandBox {SEEN} kubelet {CONTAINERD}",
    "kubectl events": f"{SEEN}   Warning   FailedCreatePodSandBox   Pod/web-1   {CONTAINERD}",
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_pasted(row):
    (statement,) = said(row, near=NEAR)
    assert (statement.testifies, statement.count) == ("generic", 175)
    assert statement.last == NEAR - timedelta(minutes=2, seconds=47)
    assert statement.lasted == timedelta(minutes=38)


def test_pasted_without_a_capture_time_still_tells_how_long():
    (statement,) = said(ROWS["describe"])
    assert (statement.first, statement.lasted) == (None, timedelta(minutes=38))


@pytest.mark.parametrize(
    ("row", "pod"),
    [
        ("53s         Warning   FailedScheduling    pod/web-1    0/4 nodes: 2 Too many pods.", "web-1"),
        ("shop   53s   Warning   FailedScheduling   pod/web-1   0/4 nodes: 4 Too many pods.", "shop/web-1"),
    ],
)  # fmt: skip
def test_pasted_from_get_events(row, pod):
    (statement,) = said(row)
    assert (statement.testifies, statement.pod, statement.count) == ("max-pods-reached", pod, 1)


def test_ages_that_are_invalid():
    row = event_row(
        "Warning BranchAllocationFailed <invalid> (x5 over <invalid>) vpc-resource-controller failed to"
    )
    assert (row.count, row.age, row.lasted, row.message) == (5, None, None, "failed to")


@pytest.mark.parametrize(
    "text", ["Warning: something is wrong", "Normal life goes on", "A Warning Sign in prose", ""]
)
def test_what_is_no_row(text):
    assert event_row(text) is None


def test_a_table_of_events():
    text = f"""Events:
  Type     Reason                  Age                 From                     Message
  ----     ------                  ----                ----                     -------
  Normal   Scheduled               <invalid>           default-scheduler        Successfully assigned shop/web-1 to node
  Normal   SecurityGroupRequested  8s (x6 over 20s)    vpc-resource-controller  Pod will get the following Security Groups [sg-0aa11bb22cc33dd44]
  Warning  BranchAllocationFailed  8s (x5 over 20s)    vpc-resource-controller  failed to allocate branch ENI to pod: cannot create new eni entry already exist, older entry : [0xc0001]
{ROWS["describe"]}
"""  # noqa: E501
    assert sorted(classes(text)) == ["benign", "branch-entry-exists", "generic"]


def test_other_plugins_and_volumes_are_told_apart():
    other = CONTAINERD.replace('type="aws-cni" name="aws-cni"', 'type="calico"')
    assert classes(other.partition("add cmd")[0]) == ["other-plugin"]
    assert classes(
        'Warning  FailedMount  5m  kubelet  MountVolume.SetUp failed for volume "a": timed out'
    ) == ["volume"]
