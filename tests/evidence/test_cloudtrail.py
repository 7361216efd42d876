"""CloudTrail's events: the same failure as in the daemon's log, and who calls how often."""

import json
from datetime import UTC, datetime

import pytest

from eksdoctor.evidence.inputs.cloudtrail_call import MOST_BYTES, call_of, kept, trail_call
from eksdoctor.evidence.inputs.cloudtrail_events import (
    CNI_AGENT,
    CONTROLLER_AGENT,
    agent_name,
    call_rates,
    calls,
    hear_call,
    pasted,
    statements,
)
from eksdoctor.evidence.observed.aggregate import Gathering
from eksdoctor.evidence.observed.source import Kind
from eksdoctor.evidence.text.log_lines import lines
from eksdoctor.snapshot.records.cloudtrail import TrailEvent
from tests.testimony.samples import assign_refused, request, zap

AGENT = f"aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24 md/GOOS#linux api/ec2#1.2 {CNI_AGENT}"
ROLE = "arn:aws:iam::111122223333:role/node"
ENI, SUBNET, INSTANCE = "eni-0aa11bb22cc33dd44", "subnet-0aa11bb22cc33dd44", "i-0aa11bb22cc33dd44"
OTHER_ENI, OTHER_SUBNET = "eni-0bb11bb22cc33dd44", "subnet-0cc11bb22cc33dd44"
NO_ADDRESSES = "InsufficientFreeAddressesInSubnet"
REFUSED = {
    "eventID": "e-1",
    "eventName": "AssignPrivateIpAddresses",
    "eventSource": "ec2.amazonaws.com",
    "eventTime": "2025-02-03T04:05:06Z",
    "errorCode": f"Client.{NO_ADDRESSES}",
    "errorMessage": "The specified subnet does not have enough free addresses to satisfy the request.",
    "userAgent": AGENT,
    "requestID": request(1),
    "userIdentity": {
        "principalId": f"AROAEXAMPLE:{INSTANCE}",
        "arn": f"arn:aws:sts::111122223333:assumed-role/node/{INSTANCE}",
        "sessionContext": {"sessionIssuer": {"arn": ROLE}},
    },
    "requestParameters": {"networkInterfaceId": ENI, "secondaryPrivateIpAddressCount": 14},
}


def changed(**more):
    return call_of(REFUSED | more)


def test_a_refused_call():
    (statement,) = statements([call_of(REFUSED)])
    assert (statement.testifies, statement.code) == ("subnet-without-addresses", NO_ADDRESSES)
    assert (statement.action, statement.eni, statement.count) == ("AssignPrivateIpAddresses", ENI, 1)
    assert statement.first == datetime(2025, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert statement.sources[0].kind is Kind.CLOUDTRAIL
    assert statement.followed_by_success is None


def test_the_daemon_s_own_line_and_the_trail_are_one_failure():
    gathering = Gathering()
    for line in lines([zap(assign_refused(1)).encode()]):
        gathering.hear(line)
    hear_call(gathering, call_of(REFUSED), "node-a")
    (statement,) = gathering.statements()
    assert (statement.count, statement.requests) == (1, (request(1),))


def test_the_node_that_called_is_named_by_who_knows():
    by_instance = {INSTANCE: "node-a"}
    (statement,) = statements([call_of(REFUSED)], lambda call: by_instance.get(call.from_instance, ""))
    assert statement.node == "node-a"


@pytest.mark.parametrize(
    ("code", "testifies"),
    [
        ("Client.RequestLimitExceeded", "throttled"),
        ("Server.RequestLimitExceeded", "throttled"),
        ("Client.UnauthorizedOperation", "denied"),
        ("Client.AttachmentLimitExceeded", "attachment-refused"),
        ("Client.InsufficientCidrBlocks", "subnet-without-prefix"),
    ],
)
def test_codes_as_cloudtrail_spells_them(code, testifies):
    (statement,) = statements([changed(errorCode=code, errorMessage="no")])
    assert statement.testifies == testifies


@pytest.mark.parametrize("code", [None, "", "Client.DryRunOperation", 7])
def test_what_succeeds_says_nothing(code):
    assert statements([changed(errorCode=code)]) == ()


def test_a_later_failure_elsewhere_is_no_sign_that_nothing_succeeded_here():
    later = changed(
        eventTime="2025-02-03T04:45:06Z",
        requestID=request(2),
        requestParameters={"networkInterfaceId": OTHER_ENI},
    )
    assert {one.followed_by_success for one in statements([call_of(REFUSED), later])} == {None}


def test_a_fleet_that_got_nothing_although_its_call_succeeded():
    failed = {
        "errorCode": NO_ADDRESSES,
        "errorMessage": "no",
        "launchTemplateAndOverrides": {"SubnetId": SUBNET},
    }
    call = changed(
        eventName="CreateFleet", errorCode=None, errorMessage=None,
        requestParameters={"Overrides": [{"SubnetId": SUBNET}, {"SubnetId": OTHER_SUBNET}]},
        responseElements={"CreateFleetResponse": {"errorSet": {"item": failed}}},
    )  # fmt: skip
    (statement,) = statements([call])
    assert (statement.subnet, statement.code) == (SUBNET, NO_ADDRESSES)
    assert len(call.subnets) == 2
    assert call_rates([call])[0].failed == 1
    assert trail_call(kept(call)) == call


def test_of_several_subnets_none_is_blamed():
    call = changed(
        eventName="RunInstances",
        requestParameters={"a": [{"subnetId": SUBNET}, {"subnetId": OTHER_SUBNET}]},
    )
    assert statements([call])[0].subnet == ""


def test_branch_interfaces_are_named_by_their_own_keys():
    asked = {
        "AssociateTrunkInterfaceRequest": {
            "BranchInterfaceId": ENI,
            "TrunkInterfaceId": OTHER_ENI,
        }
    }
    assert changed(requestParameters=asked).interfaces == (ENI, OTHER_ENI)


def test_an_interface_s_description_names_its_instance():
    asked = {"subnetId": SUBNET, "description": f"aws-K8S-{INSTANCE}"}
    assert changed(requestParameters=asked).instances == (INSTANCE,)


def test_what_is_kept_reads_back_the_same_and_is_nothing_else():
    event = REFUSED | {"sourceIPAddress": "192.0.2.77", "tlsDetails": {}, "userName": "jane"}
    event["userIdentity"] |= {"userName": "jane"}
    call = call_of(event)
    assert trail_call(kept(call)) == call
    assert "192.0.2.77" not in kept(call)
    assert "jane" not in kept(call)


def test_a_person_s_session_is_not_kept():
    who = {
        "arn": "arn:aws:sts::111122223333:assumed-role/Admin/jane@example.com",
        "principalId": "AROA:jane@example.com",
    }
    call = changed(userIdentity=who)
    assert (call.caller, call.from_instance) == ("arn:aws:sts::111122223333:assumed-role/Admin", "")
    assert "jane" not in kept(call)
    assert trail_call(kept(call)) == call


def test_encoded_authorization_messages_are_left_out():
    assert changed(errorMessage="No. Encoded authorization failure message: " + "x" * 900).message == "No."


def record(event, at=None):
    return TrailEvent("1", cloud_trail_event=json.dumps(event), event_time=at)


def test_records_and_their_own_time():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert calls([record(REFUSED), record({"a": 1}), TrailEvent("2")]) == (call_of(REFUSED),)
    assert calls([record(REFUSED, at)])[0].at == at


@pytest.mark.parametrize(
    "document",
    [
        {"Events": [{"EventTime": "2025-02-03T04:05:06+00:00", "CloudTrailEvent": json.dumps(REFUSED)}]},
        {"Events": [{"EventTime": 1738555506.0, "CloudTrailEvent": json.dumps(REFUSED)}], "NextToken": "x"},
        {"Records": [REFUSED]},
        [REFUSED],
        REFUSED,
    ],
    ids=["command line", "command line, version 1", "a trail's file", "a list", "one event"],
)  # fmt: skip
def test_pasted(document):
    assert pasted(json.dumps(document, indent=2).encode()) == (call_of(REFUSED),)


def test_pasted_with_three_fields_only():
    (call,) = pasted(b'{"eventName": "AttachNetworkInterface", "errorCode": "Client.RequestLimitExceeded"}')
    assert statements([call])[0].testifies == "throttled"


@pytest.mark.parametrize(
    "document",
    [b"", b"{", b"[]", b"{}", b'{"Events": []}', b'{"items": [{"metadata": {}}]}', b"\xff", b"[" * 99999],
)  # fmt: skip
def test_what_is_no_trail(document):
    assert pasted(document) is None


def test_who_calls_how_often():
    found = [
        *[changed(errorCode="Client.RequestLimitExceeded")] * 3,
        changed(errorCode=None),
        changed(userAgent="karpenter.sh-1.0.0", errorCode=None, eventTime=""),
    ]
    daemon, karpenter = call_rates(found)
    assert (daemon.agent, daemon.caller, daemon.calls, daemon.failed, daemon.throttled) == (
        CNI_AGENT,
        ROLE,
        4,
        3,
        3,
    )
    assert daemon.failed_share == 0.75
    assert daemon.first == daemon.last == datetime(2025, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert (karpenter.agent, karpenter.calls, karpenter.failed_share, karpenter.first) == (
        "karpenter.sh",
        1,
        0,
        None,
    )
    assert call_rates([]) == ()


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("aws-sdk-go/1.33.14 (go1.13.15; linux; amd64) amazon-vpc-cni-k8s", CNI_AGENT),
        (f"aws-sdk-go-v2/1.2 ua/2.1 os/linux {CONTROLLER_AGENT}/v1.6", CONTROLLER_AGENT),
        ("aws-sdk-go-v2/1.30 ua/2.1 os/linux karpenter.sh-1.0.1", "karpenter.sh"),
        ("autoscaling.amazonaws.com", "autoscaling.amazonaws.com"),
        ("APN/1.0 HashiCorp/1.0 Terraform/1.5.7", "Terraform"),
        ("[aws-cli/2.15.0 Python/3.11]", "aws-cli"),
        ("Boto3/1.28", "Boto3"),
        ("", "unknown"),
        ("\x1b[2J", "unknown"),
    ],
)  # fmt: skip
def test_programs_by_their_user_agent(agent, name):
    assert agent_name(agent) == name


ODD = [
    {"userIdentity": 7}, {"userIdentity": {"sessionContext": []}}, {"requestParameters": [[]] * 5},
    {"requestParameters": {"subnetId": ["x", 7, None, {"subnetId": SUBNET}]}}, {"eventTime": "soon"},
    {"eventTime": 99}, {"errorCode": "\x1b[2J" * 99}, {"errorMessage": "x" * 10**6}, {"requestID": {}},
    {"responseElements": {"errorSet": 7}, "errorCode": None}, {"userAgent": None},
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_odd_events_break_nothing(odd):
    call = changed(**odd)
    statements([call])
    call_rates([call])
    assert trail_call(kept(call)) == call


def test_huge_events_are_not_walked_to_their_end():
    deep = {"subnetId": SUBNET}
    for _ in range(50_000):
        deep = {"a": deep}
    assert changed(requestParameters=deep).subnets == ()
    wide = {"all": [{"subnetId": f"subnet-{number:017x}"} for number in range(100_000)]}
    assert len(changed(requestParameters=wide).subnets) == 32
    assert trail_call("x" * (MOST_BYTES + 1)) is None
    assert trail_call("[" * 100_000) is None
