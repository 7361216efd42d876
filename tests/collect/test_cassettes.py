"""What each collector sends, and what it makes of an answer: one cassette per action.

The answers follow the services' documented examples; the head of each cassette names the page.
Method, path, query and body must match; the host need not. `tests.collect.recordings` lists its keys.
"""

import base64
import contextlib
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import vcr
import yaml
from vcr.errors import CannotOverwriteExistingCassetteException

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.dispatch import connect
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.evidence.inputs.cloudtrail_call import parse_call
from eksdoctor.model.facts import requests
from eksdoctor.snapshot.actions import ACTIONS
from eksdoctor.snapshot.declaration import READ_PREFIXES
from eksdoctor.snapshot.records.aws import (
    DESCRIBE_NETWORK_INTERFACES,
    DESCRIBE_VPCS,
)
from eksdoctor.snapshot.records.kubernetes import (
    LIST_DAEMON_SETS,
    LIST_PODS,
)
from eksdoctor.snapshot.request import Request
from tests.collect.kubeconfigs import kubeconfig
from tests.collect.recordings import CASSETTES, file_of, recordings
from tests.process import PATIENCE

ROLE = "arn:aws:iam::111122223333:role"

RECORDINGS = recordings()


@pytest.fixture(autouse=True)
def at_a_fixed_time(monkeypatch):
    """A look-up in CloudTrail goes back from now."""
    monkeypatch.setattr(
        "eksdoctor.collect.aws.services.cloudtrail._now", lambda: datetime(2024, 3, 14, 15, 40, tzinfo=UTC)
    )


def recorded(request):
    recorder = vcr.VCR(record_mode="none", match_on=["method", "path", "query", "body"])
    return recorder.use_cassette(str(file_of(request.action)))


def connection(tmp_path):
    path = kubeconfig(tmp_path / "config", server="https://kubernetes.example")
    options = ConnectionOptions(kubeconfig=path, region="eu-west-1")
    return connect(options)


def replay(tmp_path, request):
    with recorded(request) as cassette:
        return connection(tmp_path).answer(request, Deadline.after(PATIENCE)), cassette


def value_at(document, path):
    """The value at a path; a key that has dots of its own is found as the longest that fits."""
    steps = path.split(".")[1:]
    while steps:
        if isinstance(document, list | tuple):
            document, steps = document[int(steps[0])], steps[1:]
            continue
        if document is None:
            return None
        keys = [".".join(steps[:length]) for length in range(len(steps), 0, -1)]
        key = next((key for key in keys if key in document), steps[0])
        document, steps = document.get(key), steps[key.count(".") + 1 :]
    return document


def test_every_action_has_its_cassette_and_names_its_source():
    """`python -m tests.collect.new_cassette ACTION` writes the skeleton of a missing one."""
    assert {file_of(action).name for action in ACTIONS.values()} == {
        path.name for path in CASSETTES.glob("*.yaml")
    }
    for path in CASSETTES.glob("*.yaml"):
        head = [line for line in path.read_text().splitlines() if line.startswith("#")]
        assert "https://" in " ".join(head), path.name


@pytest.mark.parametrize("name", RECORDINGS)
def test_requests_are_as_recorded_and_answers_are_understood(tmp_path, name):
    recording = RECORDINGS[name]
    answer, cassette = replay(tmp_path, recording.request)
    assert (answer.refusal, answer.absent, answer.dropped) == (None, False, 0)
    played = {index for index, count in cassette.play_counts.items() if count}
    assert len(played) == len(cassette) - len(recording.absent)
    assert len(answer.documents) == recording.records
    shape = msgspec.to_builtins(answer.documents[0])
    assert recording.values
    assert {path: value_at(shape, path) for path in recording.values} == recording.values


@pytest.mark.parametrize(
    "request_sent", [one for each in RECORDINGS.values() for one in each.absent], ids=str
)
def test_what_is_not_there_is_known_absent(tmp_path, request_sent):
    answer, _ = replay(tmp_path, request_sent)
    assert (answer.absent, answer.refusal) == (True, None)


def test_prefixes_of_the_second_page_are_read(tmp_path):
    answer, _ = replay(
        tmp_path, Request.of(DESCRIBE_NETWORK_INTERFACES, filter__subnet_id=("subnet-b61f49f0",))
    )
    assert [prefix.ipv4_prefix for prefix in answer.documents[1].ipv4_prefixes] == ["10.0.0.208/28"]
    assert answer.pages == 2


@pytest.mark.parametrize(
    "request_sent",
    [
        Request.of(LIST_DAEMON_SETS, namespace="kube-system"),
        requests.AWS_NODE_REVISIONS,
        requests.EC2_NODE_CLASSES,
        requests.MUTATING_WEBHOOKS,
    ],
    ids=str,
)
def test_what_must_not_be_kept_is_not(tmp_path, request_sent):
    """Environment of others, user data, certificates: each of these cassettes holds a password."""
    secrets = ("hunter2", base64.b64encode(b"hunter2").decode())
    assert any(secret in file_of(request_sent.action).read_text() for secret in secrets)
    answer, _ = replay(tmp_path, request_sent)
    kept = msgspec.json.encode(answer.documents).decode()
    assert answer.documents
    assert not [secret for secret in secrets if secret in kept]


def test_of_a_launch_template_nothing_but_the_setting_is_kept(tmp_path):
    answer, _ = replay(tmp_path, requests.launch_template_version("lt-068f72b72934aff71", "2"))
    assert list(msgspec.to_builtins(answer.documents)) == [
        {
            "LaunchTemplateId": "lt-068f72b72934aff71",
            "VersionNumber": 2,
            "ImageId": True,
            "UserData": "read",
            "MaxPods": 58,
        }
    ]


def test_of_a_trail_s_event_only_the_call_is_kept(tmp_path):
    asked = requests.calls_named("CreateNetworkInterface", timedelta(hours=1))
    answer, _ = replay(tmp_path, asked)
    kept = msgspec.json.encode(answer.documents).decode()
    for secret in ("jane.doe", "192.0.2.77", "ASIAIOSFODNN7EXAMPLE", "sg-0123456789abcdef0", "tlsDetails"):
        assert secret in file_of(asked.action).read_text()
        assert secret not in kept
    refused, made = (parse_call(event.cloud_trail_event) for event in answer.documents)
    assert (refused.error, refused.subnets) == (
        "InsufficientFreeAddressesInSubnet",
        ("subnet-0123456789abcdef0",),
    )
    assert refused.instances == (refused.from_instance,) == ("i-1234567890abcdef0",)
    assert refused.caller == f"{ROLE}/my-node-role"
    assert made.caller == "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin"
    assert not answer.sampled


def test_a_second_page_of_policies_is_read(tmp_path):
    answer, _ = replay(tmp_path, requests.attached_policies("ReadOnlyRole"))
    assert [policy.policy_name for policy in answer.documents] == ["ReadOnlyAccess", "AmazonEKS_CNI_Policy"]


@pytest.mark.parametrize(
    "other",
    [
        Request.of(DESCRIBE_NETWORK_INTERFACES, filter__subnet_id=("subnet-other",)),
        Request.of(LIST_PODS, namespace="my-namespace", fieldSelector="status.phase=Running"),
        Request.of(DESCRIBE_VPCS, VpcIds=("vpc-other",)),
    ],
    ids=str,
)
def test_another_request_does_not_match(tmp_path, other):
    with recorded(other) as cassette:
        with contextlib.suppress(CannotOverwriteExistingCassetteException):
            assert connection(tmp_path).answer(other, Deadline.after(PATIENCE)).refusal is not None
        assert cassette.play_count == 0


def test_nothing_recorded_changes_anything():
    for path in CASSETTES.glob("*.yaml"):
        for interaction in yaml.safe_load(path.read_text())["interactions"]:
            sent = interaction["request"]
            action = (sent["body"] or "").partition("Action=")[2].partition("&")[0]
            action = action or "".join(sent["headers"].get("X-Amz-Target", [])).rpartition(".")[2]
            assert sent["method"] == "GET" or action.startswith(READ_PREFIXES), path.name
            assert "/secrets" not in sent["uri"]
            assert "authorization" not in {name.lower() for name in sent["headers"]}
