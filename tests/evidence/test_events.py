"""Events as objects and as pasted rows give the same observations."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from eksdoctor.evidence.inputs.event_table import parse_event_row
from eksdoctor.evidence.inputs.kubernetes_events import event_observations, event_times
from eksdoctor.snapshot.records.kubernetes import Event
from tests.evidence.samples import classes, observe

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
def test_a_pod_whose_sandbox_failed(message):
    (observation,) = event_observations([event("FailedCreatePodSandBox", message)])
    assert (observation.evidence_class, observation.count, observation.pod) == ("generic", 175, "shop/web-1")
    assert observation.duration == timedelta(minutes=38)
    assert observation.first == datetime(2025, 2, 3, 11, tzinfo=UTC)


def test_an_event_that_is_added_twice_counts_once():
    one = event("FailedCreatePodSandBox", DOCKERSHIM)
    assert event_observations([one, one])[0].count == 175


def test_the_later_version_of_an_event_replaces_the_earlier():
    (observation,) = event_observations(
        [event("FailedMount", "no such secret", count=3), event("FailedMount", "no such secret", count=5)]
    )
    assert observation.count == 5


def test_two_events_add_up():
    (observation,) = event_observations(
        [event("FailedMount", "no such secret", name="a"), event("FailedMount", "no such secret", name="b")]
    )
    assert observation.count == 350


def test_the_newer_form_of_events():
    newer = event(
        "FailedScheduling", "0/3 nodes are available: 3 Too many pods.",
        firstTimestamp=None, lastTimestamp=None, count=None,
        eventTime="2025-02-03T11:00:00Z", series={"count": 9, "lastObservedTime": "2025-02-03T11:30:00Z"},
    )  # fmt: skip
    assert event_times(newer).count == 9
    assert event_times(newer).duration == timedelta(minutes=30)
    assert event_observations([newer])[0].numbers == {"nodes": 3}


def test_an_event_of_a_node_names_it():
    about = {"kind": "Node", "name": "ip-10-1-2-3.ec2.internal"}
    message = (
        "Failed to create trunk interface: Error Code: UnauthorizedOperation: Please verify the cluster role"
    )
    found = event_observations([event("TrunkENICreationFailed", message, involvedObject=about)])
    assert {one.evidence_class for one in found} == {"trunk-missing", "denied"}
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
    (observation,) = observe(row, captured_at=NEAR)
    assert (observation.evidence_class, observation.count) == ("generic", 175)
    assert observation.last == NEAR - timedelta(minutes=2, seconds=47)
    assert observation.duration == timedelta(minutes=38)


def test_a_row_without_capture_time_has_a_duration():
    (observation,) = observe(ROWS["describe"])
    assert (observation.first, observation.duration) == (None, timedelta(minutes=38))


@pytest.mark.parametrize(
    ("row", "pod"),
    [
        ("53s         Warning   FailedScheduling    pod/web-1    0/4 nodes: 2 Too many pods.", "web-1"),
        ("shop   53s   Warning   FailedScheduling   pod/web-1   0/4 nodes: 4 Too many pods.", "shop/web-1"),
    ],
)  # fmt: skip
def test_pasted_from_get_events(row, pod):
    (observation,) = observe(row)
    assert (observation.evidence_class, observation.pod, observation.count) == ("max-pods-reached", pod, 1)


def test_ages_that_are_invalid():
    row = parse_event_row(
        "Warning BranchAllocationFailed <invalid> (x5 over <invalid>) vpc-resource-controller failed to"
    )
    assert (row.count, row.age, row.duration, row.message) == (5, None, None, "failed to")


@pytest.mark.parametrize(
    "text", ["Warning: something is wrong", "Normal life goes on", "A Warning Sign in prose", ""]
)
def test_other_text_is_no_row(text):
    assert parse_event_row(text) is None


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


def test_other_plugins_and_volumes_have_their_own_classes():
    other = CONTAINERD.replace('type="aws-cni" name="aws-cni"', 'type="calico"')
    assert classes(other.partition("add cmd")[0]) == ["other-plugin"]
    assert classes(
        'Warning  FailedMount  5m  kubelet  MountVolume.SetUp failed for volume "a": timed out'
    ) == ["volume"]
