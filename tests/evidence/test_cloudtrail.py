"""CloudTrail events: the same failure as in ipamd's log, and call rates."""

import json
from datetime import UTC, datetime

import pytest

from eksdoctor.evidence.inputs.cloudtrail_call import MAX_EVENT_BYTES, call_of_event, encode_call, parse_call
from eksdoctor.evidence.inputs.cloudtrail_events import (
    CNI_PROGRAM,
    CONTROLLER_PROGRAM,
    add_call,
    call_observations,
    call_rates,
    calls_of_records,
    pasted_calls,
    program_name,
)
from eksdoctor.evidence.observed.aggregate import Aggregator
from eksdoctor.evidence.observed.source import SourceKind
from eksdoctor.evidence.text.log_lines import parse_lines
from eksdoctor.snapshot.records.cloudtrail import TrailEvent
from tests.evidence.samples import assign_refused, request, zap

AGENT = f"aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24 md/GOOS#linux api/ec2#1.2 {CNI_PROGRAM}"
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
    return call_of_event(REFUSED | more)


def test_a_failed_call():
    (observation,) = call_observations([call_of_event(REFUSED)])
    assert (observation.evidence_class, observation.code) == ("subnet-without-addresses", NO_ADDRESSES)
    assert (observation.action, observation.eni, observation.count) == ("AssignPrivateIpAddresses", ENI, 1)
    assert observation.first == datetime(2025, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert observation.sources[0].kind is SourceKind.CLOUDTRAIL
    assert observation.followed_by_success is None


def test_ipamd_line_and_cloudtrail_event_count_as_one_failure():
    aggregator = Aggregator()
    for line in parse_lines([zap(assign_refused(1)).encode()]):
        aggregator.add_line(line)
    add_call(aggregator, call_of_event(REFUSED), "node-a")
    (observation,) = aggregator.observations()
    assert (observation.count, observation.request_ids) == (1, (request(1),))


def test_node_of_names_the_calling_node():
    by_instance = {INSTANCE: "node-a"}
    (observation,) = call_observations(
        [call_of_event(REFUSED)], lambda call: by_instance.get(call.from_instance, "")
    )
    assert observation.node == "node-a"


@pytest.mark.parametrize(
    ("code", "evidence_class"),
    [
        ("Client.RequestLimitExceeded", "throttled"),
        ("Server.RequestLimitExceeded", "throttled"),
        ("Client.UnauthorizedOperation", "denied"),
        ("Client.AttachmentLimitExceeded", "attachment-refused"),
        ("Client.InsufficientCidrBlocks", "subnet-without-prefix"),
    ],
)
def test_codes_as_cloudtrail_spells_them(code, evidence_class):
    (observation,) = call_observations([changed(errorCode=code, errorMessage="no")])
    assert observation.evidence_class == evidence_class


@pytest.mark.parametrize("code", [None, "", "Client.DryRunOperation", 7])
def test_a_successful_call_gives_no_observation(code):
    assert call_observations([changed(errorCode=code)]) == ()


def test_a_later_failure_of_another_call_does_not_exclude_a_success():
    later = changed(
        eventTime="2025-02-03T04:45:06Z",
        requestID=request(2),
        requestParameters={"networkInterfaceId": OTHER_ENI},
    )
    assert {one.followed_by_success for one in call_observations([call_of_event(REFUSED), later])} == {None}


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
    (observation,) = call_observations([call])
    assert (observation.subnet, observation.code) == (SUBNET, NO_ADDRESSES)
    assert len(call.subnets) == 2
    assert call_rates([call])[0].failed == 1
    assert parse_call(encode_call(call)) == call


def test_an_error_of_several_subnets_names_none():
    call = changed(
        eventName="RunInstances",
        requestParameters={"a": [{"subnetId": SUBNET}, {"subnetId": OTHER_SUBNET}]},
    )
    assert call_observations([call])[0].subnet == ""


def test_branch_enis_have_their_own_keys():
    asked = {
        "AssociateTrunkInterfaceRequest": {
            "BranchInterfaceId": ENI,
            "TrunkInterfaceId": OTHER_ENI,
        }
    }
    assert changed(requestParameters=asked).enis == (ENI, OTHER_ENI)


def test_the_description_of_an_eni_names_its_instance():
    asked = {"subnetId": SUBNET, "description": f"aws-K8S-{INSTANCE}"}
    assert changed(requestParameters=asked).instances == (INSTANCE,)


def test_an_encoded_call_reads_back_the_same_and_holds_nothing_else():
    event = REFUSED | {"sourceIPAddress": "192.0.2.77", "tlsDetails": {}, "userName": "jane"}
    event["userIdentity"] |= {"userName": "jane"}
    call = call_of_event(event)
    assert parse_call(encode_call(call)) == call
    assert "192.0.2.77" not in encode_call(call)
    assert "jane" not in encode_call(call)


def test_a_person_s_session_is_not_kept():
    who = {
        "arn": "arn:aws:sts::111122223333:assumed-role/Admin/jane@example.com",
        "principalId": "AROA:jane@example.com",
    }
    call = changed(userIdentity=who)
    assert (call.caller, call.from_instance) == ("arn:aws:sts::111122223333:assumed-role/Admin", "")
    assert "jane" not in encode_call(call)
    assert parse_call(encode_call(call)) == call


def test_encoded_authorization_messages_are_left_out():
    assert changed(errorMessage="No. Encoded authorization failure message: " + "x" * 900).message == "No."


def record(event, at=None):
    return TrailEvent("1", cloud_trail_event=json.dumps(event), event_time=at)


def test_records_and_their_own_time():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert calls_of_records([record(REFUSED), record({"a": 1}), TrailEvent("2")]) == (call_of_event(REFUSED),)
    assert calls_of_records([record(REFUSED, at)])[0].at == at


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
    assert pasted_calls(json.dumps(document, indent=2).encode()) == (call_of_event(REFUSED),)


def test_pasted_with_three_fields_only():
    (call,) = pasted_calls(
        b'{"eventName": "AttachNetworkInterface", "errorCode": "Client.RequestLimitExceeded"}'
    )
    assert call_observations([call])[0].evidence_class == "throttled"


@pytest.mark.parametrize(
    "document",
    [b"", b"{", b"[]", b"{}", b'{"Events": []}', b'{"items": [{"metadata": {}}]}', b"\xff", b"[" * 99999],
)  # fmt: skip
def test_other_documents_give_no_calls(document):
    assert pasted_calls(document) is None


def test_call_rates_by_program_and_role():
    found = [
        *[changed(errorCode="Client.RequestLimitExceeded")] * 3,
        changed(errorCode=None),
        changed(userAgent="karpenter.sh-1.0.0", errorCode=None, eventTime=""),
    ]
    cni, karpenter = call_rates(found)
    assert (cni.program, cni.caller, cni.calls, cni.failed, cni.throttled) == (
        CNI_PROGRAM,
        ROLE,
        4,
        3,
        3,
    )
    assert cni.failed_share == 0.75
    assert cni.first == cni.last == datetime(2025, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert (karpenter.program, karpenter.calls, karpenter.failed_share, karpenter.first) == (
        "karpenter.sh",
        1,
        0,
        None,
    )
    assert call_rates([]) == ()


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("aws-sdk-go/1.33.14 (go1.13.15; linux; amd64) amazon-vpc-cni-k8s", CNI_PROGRAM),
        (f"aws-sdk-go-v2/1.2 ua/2.1 os/linux {CONTROLLER_PROGRAM}/v1.6", CONTROLLER_PROGRAM),
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
    assert program_name(agent) == name


ODD = [
    {"userIdentity": 7}, {"userIdentity": {"sessionContext": []}}, {"requestParameters": [[]] * 5},
    {"requestParameters": {"subnetId": ["x", 7, None, {"subnetId": SUBNET}]}}, {"eventTime": "soon"},
    {"eventTime": 99}, {"errorCode": "\x1b[2J" * 99}, {"errorMessage": "x" * 10**6}, {"requestID": {}},
    {"responseElements": {"errorSet": 7}, "errorCode": None}, {"userAgent": None},
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_malformed_events_do_not_raise(odd):
    call = changed(**odd)
    call_observations([call])
    call_rates([call])
    assert parse_call(encode_call(call)) == call


def test_huge_events_are_read_in_part():
    deep = {"subnetId": SUBNET}
    for _ in range(50_000):
        deep = {"a": deep}
    assert changed(requestParameters=deep).subnets == ()
    wide = {"all": [{"subnetId": f"subnet-{number:017x}"} for number in range(100_000)]}
    assert len(changed(requestParameters=wide).subnets) == 32
    assert parse_call("x" * (MAX_EVENT_BYTES + 1)) is None
    assert parse_call("[" * 100_000) is None
