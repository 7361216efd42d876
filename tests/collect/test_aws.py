"""The AWS collectors: what each failure becomes, ids that are gone, chunks and pages."""

import os
from datetime import UTC, datetime

import pytest
from botocore import exceptions
from botocore.parsers import ResponseParserError

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.aws.errors import refused_by_aws
from eksdoctor.collect.aws.pages import decode_page, read_pages
from eksdoctor.collect.aws.parameters import parameter_sets
from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.dispatch import connect
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.snapshot.records.aws import (
    DESCRIBE_ADDON,
    DESCRIBE_CLUSTER,
    DESCRIBE_INSTANCE_TYPES,
    DESCRIBE_SUBNETS,
    GET_CALLER_IDENTITY,
    GET_SUBNET_CIDR_RESERVATIONS,
)
from eksdoctor.snapshot.records.identity import GET_ROLE
from eksdoctor.snapshot.records.launch_template import DESCRIBE_LAUNCH_TEMPLATE_VERSIONS
from eksdoctor.snapshot.records.quotas import GET_SERVICE_QUOTA
from eksdoctor.snapshot.request import Request
from eksdoctor.snapshot.snapshot import Target
from tests.collect.kubeconfigs import exec_user, kubeconfig
from tests.collect.server import Reply, serving
from tests.process import PATIENCE

CALLER = Request.of(GET_CALLER_IDENTITY)


def client_error(code, message="words", operation="DescribeSubnets"):
    return exceptions.ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize(
    ("error", "reason", "grant"),
    [
        (client_error("UnauthorizedOperation"), "forbidden", "ec2:DescribeSubnets"),
        (client_error("AccessDenied"), "forbidden", "ec2:DescribeSubnets"),
        (client_error("AccessDeniedException"), "forbidden", "ec2:DescribeSubnets"),
        (client_error("ExpiredToken"), "unauthenticated", "aws sts get-caller-identity --profile prod"),
        (client_error("ExpiredTokenException"), "unauthenticated", "--profile prod"),
        (client_error("InvalidClientTokenId"), "unauthenticated", "--profile prod"),
        (client_error("UnrecognizedClientException"), "unauthenticated", "--profile prod"),
        (client_error("AuthFailure"), "unauthenticated", "--profile prod"),
        (client_error("RequestLimitExceeded"), "throttled", ""),
        (client_error("ThrottlingException"), "throttled", ""),
        (client_error("404", "Not Found"), "failed", ""),
        (exceptions.NoCredentialsError(), "unauthenticated", "--profile prod"),
        (
            exceptions.PartialCredentialsError(provider="env", cred_var="x"),
            "unauthenticated",
            "--profile prod",
        ),
        (
            exceptions.CredentialRetrievalError(provider="p", error_msg="e"),
            "unauthenticated",
            "--profile prod",
        ),
        (exceptions.UnauthorizedSSOTokenError(), "unauthenticated", "aws sso login --profile prod"),
        (exceptions.SSOTokenLoadError(error_msg="x"), "unauthenticated", "aws sso login --profile prod"),
        (
            exceptions.TokenRetrievalError(provider="sso", error_msg="x"),
            "unauthenticated",
            "aws sso login --profile prod",
        ),
        (exceptions.ProfileNotFound(profile="prod"), "unauthenticated", "aws configure list-profiles"),
        (exceptions.EndpointConnectionError(endpoint_url="https://x"), "unreachable", "network path"),
        (exceptions.ConnectTimeoutError(endpoint_url="https://x"), "unreachable", "network path"),
        (exceptions.SSLError(endpoint_url="https://x", error="e"), "unreachable", "network path"),
        (exceptions.ProxyConnectionError(proxy_url="https://x"), "unreachable", "network path"),
        (exceptions.ReadTimeoutError(endpoint_url="https://x"), "timeout", ""),
        (ResponseParserError("not xml"), "undecodable", ""),
        (exceptions.ParamValidationError(report="r"), "failed", ""),
        (RuntimeError("odd"), "failed", ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_failure_becomes_its_refusal(error, reason, grant):
    refusal = refused_by_aws(error, "ec2:DescribeSubnets", "prod").refusal
    assert refusal.reason == reason
    assert grant in refusal.grant
    assert bool(refusal.grant) == bool(grant)
    assert refusal.message


def test_an_encoded_authorization_message_is_left_out():
    error = client_error(
        "UnauthorizedOperation", "You may not. Encoded authorization failure message: " + "x" * 900
    )
    assert refused_by_aws(error, "p", "").refusal.message == "UnauthorizedOperation: You may not."


class Calls:
    """An API call that plays back pages and errors."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.parameters = []

    def __call__(self, **parameters):
        self.parameters.append(parameters)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


def asked(calls, request, seconds=PATIENCE):
    return read_pages(Account(Target(region="eu-west-1")), calls, request, Deadline.after(seconds))


def types(*names):
    return {"InstanceTypes": [{"InstanceType": name} for name in names]}


def test_unknown_instance_types_are_asked_no_more():
    calls = Calls(
        client_error(
            "InvalidInstanceType", "The following supplied instance types do not exist: [x9.nope, y1.no]"
        ),
        types("m5.large", "x9.nope-flex"),
    )
    names = ("m5.large", "x9.nope", "x9.nope-flex", "y1.no")
    answer = asked(calls, Request.of(DESCRIBE_INSTANCE_TYPES, InstanceTypes=names))
    assert calls.parameters[1] == {"InstanceTypes": ["m5.large", "x9.nope-flex"]}
    assert [kind.instance_type for kind in answer.documents] == ["m5.large", "x9.nope-flex"]
    assert (answer.refusal, answer.absent) == (None, False)


def test_four_times_unknown_is_a_failure():
    errors = [client_error("InvalidInstanceType", f"do not exist: [t{number}.no]") for number in range(4)]
    names = tuple(f"t{number}.no" for number in range(9))
    with pytest.raises(Exception, match=r"t3\.no"):
        asked(Calls(*errors), Request.of(DESCRIBE_INSTANCE_TYPES, InstanceTypes=names))


def test_a_subnet_that_is_gone_is_known_absent_and_hides_no_other():
    gone = client_error("InvalidSubnetID.NotFound", "The subnet ID 'subnet-b' does not exist")
    assert asked(Calls(gone), Request.of(DESCRIBE_SUBNETS, SubnetIds=("subnet-b",))).absent
    calls = Calls(gone, {"Subnets": [{"SubnetId": "subnet-a"}]})
    answer = asked(calls, Request.of(DESCRIBE_SUBNETS, SubnetIds=("subnet-a", "subnet-b")))
    assert answer.documents == ({"SubnetId": "subnet-a"},)
    assert not answer.absent
    assert asked(Calls(gone), Request.of(GET_SUBNET_CIDR_RESERVATIONS, SubnetId="subnet-b")).absent


@pytest.mark.parametrize(
    ("operation", "message", "absent"),
    [
        ("DescribeCluster", "No cluster found for name: pay.", True),
        ("DescribeAddon", "No addon: vpc-cni found in cluster: pay", True),
        ("DescribeAddon", "No cluster found for name: pay.", False),
    ],
)
def test_an_addon_is_absent_only_where_its_cluster_is_known(operation, message, absent):
    calls = Calls(client_error("ResourceNotFoundException", message, operation))
    request = Request.of(DESCRIBE_ADDON, clusterName="pay", addonName="vpc-cni")
    if absent:
        assert asked(calls, request).absent
    else:
        with pytest.raises(Exception, match="No cluster found"):
            asked(calls, request)


def test_a_refusal_keeps_the_pages_that_came_before_it():
    calls = Calls(
        {"Subnets": [{"SubnetId": "subnet-a"}], "NextToken": "t"}, client_error("RequestLimitExceeded")
    )
    with pytest.raises(Exception, match="RequestLimitExceeded") as caught:
        asked(calls, Request.of(DESCRIBE_SUBNETS, filter__vpc_id="vpc-1"))
    assert caught.value.documents == ({"SubnetId": "subnet-a"},)
    assert calls.parameters == [
        {"Filters": [{"Name": "vpc-id", "Values": ["vpc-1"]}]},
        {"Filters": [{"Name": "vpc-id", "Values": ["vpc-1"]}], "NextToken": "t"},
    ]


def test_a_page_past_the_deadline_is_not_asked_for():
    calls = Calls()
    with pytest.raises(Exception, match="not within 0 s"):
        asked(calls, Request.of(DESCRIBE_SUBNETS), seconds=0)
    assert calls.parameters == []


@pytest.mark.parametrize(
    ("name", "count", "sizes"),
    [("InstanceTypes", 250, [100, 100, 50]), ("filter:subnet-id", 201, [200, 1]), ("SubnetIds", 201, [201])],
)
def test_lists_are_split_where_the_service_takes_no_more(name, count, sizes):
    values = tuple(f"v{number}" for number in range(count))
    sets = parameter_sets(Request(DESCRIBE_SUBNETS, ((name, values),)))
    parts = [each["Filters"][0]["Values"] if "Filters" in each else each[name] for each in sets]
    assert [len(part) for part in parts] == sizes
    assert [value for part in parts for value in part] == list(values)


def test_whole_kinds_are_kept_as_json_and_bad_records_counted():
    page = {
        "cluster": {"name": "pay", "createdAt": datetime(2025, 1, 2, tzinfo=UTC), "tomorrow": {"field": 1}}
    }
    (document,), lost = decode_page(DESCRIBE_CLUSTER.kind, page)
    assert document == {"name": "pay", "createdAt": "2025-01-02T00:00:00Z", "tomorrow": {"field": 1}}
    assert lost == 0
    assert decode_page(DESCRIBE_SUBNETS.kind, {"Subnets": [{"SubnetId": "a"}, {"SubnetId": 7}, "x"]}) == (
        [{"SubnetId": "a"}],
        2,
    )
    caller, _ = decode_page(
        GET_CALLER_IDENTITY.kind, {"Account": "1", "Arn": "a", "ResponseMetadata": {"RequestId": "r"}}
    )
    assert caller == [{"Account": "1", "Arn": "a"}]


def connection(tmp_path, **options):
    config = options.pop("config", {})
    chosen = ConnectionOptions(kubeconfig=kubeconfig(tmp_path / "config", **config), **options)
    return connect(chosen)


def test_without_a_region_every_request_says_how_to_give_one(tmp_path):
    refusal = connection(tmp_path).answer(CALLER, Deadline.after(PATIENCE)).refusal
    assert "no AWS region" in refusal.message
    assert "--region" in refusal.grant
    assert refusal.reason == "unreachable", "nobody was asked, so nobody answered"


def test_a_region_that_is_none_says_how_regions_look(tmp_path):
    refusal = connection(tmp_path, region="../x y").answer(CALLER, Deadline.after(PATIENCE)).refusal
    assert refusal.reason == "unreachable"
    assert "--region eu-west-1" in refusal.grant


def test_a_role_that_is_none_says_how_roles_look(tmp_path):
    refusal = (
        connection(tmp_path, region="eu-west-1", role_arn="x")
        .answer(CALLER, Deadline.after(PATIENCE))
        .refusal
    )
    assert "--role-arn arn:aws:iam::" in refusal.grant


def test_an_unknown_profile_is_a_refusal_with_advice(tmp_path):
    refusal = (
        connection(tmp_path, region="eu-west-1", profile="nobody")
        .answer(CALLER, Deadline.after(PATIENCE))
        .refusal
    )
    assert (refusal.reason, "nobody" in refusal.message) == ("unauthenticated", True)
    assert "list-profiles" in refusal.grant


def test_no_credentials_are_a_refusal_with_advice(tmp_path, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    refusal = connection(tmp_path, region="eu-west-1").answer(CALLER, Deadline.after(PATIENCE)).refusal
    assert refusal.reason == "unauthenticated"
    assert "aws sts get-caller-identity" in refusal.grant


def test_a_profile_that_wants_an_mfa_code_does_not_prompt(tmp_path, nobody_at_home):
    (nobody_at_home / "aws-config").write_text(
        "[profile mfa]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = base\n"
        "mfa_serial = arn:aws:iam::111122223333:mfa/ann\nregion = eu-west-1\n"
    )
    (nobody_at_home / "aws-credentials").write_text(
        "[base]\naws_access_key_id = a\naws_secret_access_key = b\n"
    )
    refusal = connection(tmp_path, profile="mfa").answer(CALLER, Deadline.after(PATIENCE)).refusal
    assert refusal.reason == "unauthenticated"
    assert "MFA" in refusal.message


IDENTITY = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/Alice</Arn><UserId>U</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
ROLE = b"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
DENIED = b"""<ErrorResponse><Error>
<Code>AccessDenied</Code><Message>may not assume</Message></Error></ErrorResponse>"""


def test_the_role_of_the_kubeconfig_is_taken_on_first(tmp_path):
    plugin = exec_user(
        "aws", "--region", "eu-west-1", "eks", "get-token", "--role-arn", "arn:aws:iam::1:role/r"
    )
    config = {"user": plugin}
    with serving() as server:
        server.on("/", Reply(200, ROLE), Reply(200, IDENTITY))
        found = connection(tmp_path, aws_endpoint=server.url, config=config)
        answer = found.answer(CALLER, Deadline.after(PATIENCE))
    assert answer.documents[0]["Arn"] == "arn:aws:iam::123456789012:user/Alice"
    assert "ASIAROLE" in server.asked[1].headers["authorization"]


def test_a_role_that_may_not_be_assumed_is_named(tmp_path):
    with serving() as server:
        server.on("/", Reply(403, DENIED))
        found = connection(
            tmp_path, aws_endpoint=server.url, region="eu-west-1", role_arn="arn:aws:iam::1:role/r"
        )
        refusal = found.answer(CALLER, Deadline.after(PATIENCE)).refusal
    assert (refusal.reason, refusal.grant) == ("forbidden", "sts:AssumeRole on arn:aws:iam::1:role/r")


def test_a_dead_endpoint_is_tried_for_one_request_only(tmp_path):
    found = connection(tmp_path, aws_endpoint="http://127.0.0.1:1", region="eu-west-1")
    first = found.answer(CALLER, Deadline.after(PATIENCE))
    second = found.answer(CALLER, Deadline.after(PATIENCE))
    assert (first.refusal.reason, second.refusal) == ("unreachable", first.refusal)
    assert "127.0.0.1" in first.refusal.message


def test_garbage_from_an_endpoint_is_undecodable(tmp_path):
    with serving() as server:
        server.on("/", Reply(200, b"not xml"))
        found = connection(tmp_path, aws_endpoint=server.url, region="eu-west-1")
        assert found.answer(CALLER, Deadline.after(PATIENCE)).refusal.reason == "undecodable"


def test_the_endpoint_of_a_test_never_reaches_the_environment(tmp_path):
    connection(tmp_path, aws_endpoint="http://127.0.0.1:1", region="eu-west-1").answer(
        CALLER, Deadline.after(PATIENCE)
    )
    assert not [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]


@pytest.mark.parametrize(
    ("code", "request_sent"),
    [
        ("NoSuchEntity", Request.of(GET_ROLE, RoleName="gone")),
        ("NoSuchResourceException", Request.of(GET_SERVICE_QUOTA, ServiceCode="vpc", QuotaCode="L-0")),
        (
            "InvalidLaunchTemplateId.NotFound",
            Request.of(DESCRIBE_LAUNCH_TEMPLATE_VERSIONS, LaunchTemplateId="lt-0", Versions=("4",)),
        ),
        (
            "InvalidLaunchTemplateId.VersionNotFound",
            Request.of(DESCRIBE_LAUNCH_TEMPLATE_VERSIONS, LaunchTemplateId="lt-0", Versions=("4",)),
        ),
    ],
)
def test_not_found_in_the_words_of_each_service_is_known_absent(code, request_sent):
    answer = asked(Calls(client_error(code, "it does not exist", "GetRole")), request_sent)
    assert (answer.absent, answer.refusal) == (True, None)


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1", "ap-south-2"])
def test_iam_is_asked_at_its_one_endpoint_from_any_region(region):
    client = Account(Target(region=region)).client("iam", Deadline.after(PATIENCE))
    assert client.meta.endpoint_url == "https://iam.amazonaws.com"


def test_the_quota_is_asked_for_once_because_a_round_waits_for_it():
    account = Account(Target(region="eu-west-1"))
    tries = {
        service: account.client(service, Deadline.after(PATIENCE)).meta.config.retries["total_max_attempts"]
        for service in ("ec2", "iam", "service-quotas")
    }
    assert tries == {"ec2": 3, "iam": 3, "service-quotas": 1}
