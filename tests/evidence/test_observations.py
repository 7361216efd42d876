"""Observations: counted by request, with cause and outcome."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eksdoctor.evidence.observed.source import Source, SourceKind
from tests.evidence.samples import assign_refused, classes, observe, request, zap

HINT = (
    "Unable to attach IPs/Prefixes for the ENI, subnet doesn't seem to have enough IPs/Prefixes. "
    "Consider using new subnet or carve a reserved range using create-subnet-cidr-reservation"
)
NUMBERS = Path(__file__).with_name("numbers.txt").read_text("utf-8").splitlines()
"""`class | numbers | message`: every format of the pool's size."""
NODE = Source(SourceKind.IPAMD, "ipamd.log", "ip-10-1-2-3")


def stamp(second):
    return f"2025-02-03T04:{second // 60:02d}:{second % 60:02d}.000Z"


def log(*rows):
    """Rows of (second, level, message) as a zap log."""
    return "\n".join(zap(message, at=stamp(second), level=level) for second, level, message in rows)


def failure(number, second):
    """All the lines of one failed call."""
    cause = assign_refused(number)
    return (
        (second, "debug", f"checkAPIErrorAndBroadcastEvent resulted in {cause}"),
        (second, "error", cause),
        (second, "debug", f"containsPrivateIPAddressLimitExceededError encountered {cause}"),
        (
            second,
            "warn",
            f"failed to allocate all available IP addresses on ENI eni-0aa11bb22cc33dd44, err: {cause}",
        ),
    )


def test_one_failed_call_is_counted_once():
    (observation,) = observe(log(*failure(1, 0), *failure(2, 5)))
    assert observation.count == 2
    assert observation.request_ids == (request(1), request(2))
    assert (observation.code, observation.action) == (
        "InsufficientFreeAddressesInSubnet",
        "AssignPrivateIpAddresses",
    )
    assert (observation.eni, observation.evidence_class) == (
        "eni-0aa11bb22cc33dd44",
        "subnet-without-addresses",
    )
    assert observation.duration == timedelta(seconds=5)


def test_the_same_call_in_two_sources_is_one():
    (observation,) = observe(log(*failure(1, 0)), log(*failure(1, 0)))
    assert observation.count == 1


def test_both_sdk_versions_give_the_same_observation():
    one, two = (
        observe(zap(text))[0]
        for text in (
            (
                f"Failed to CreateNetworkInterface InsufficientCidrBlocks: none\n\tstatus code: 400, "
                f"request id: {request(3)} for subnet subnet-0aa11bb22cc33dd44"
            ),
            (
                "Failed to CreateNetworkInterface operation error EC2: CreateNetworkInterface, https "
                f"response error StatusCode: 400, RequestID: {request(3)}, api error "
                "InsufficientCidrBlocks: none for subnet subnet-0aa11bb22cc33dd44"
            ),
        )
    )
    for name in ("evidence_class", "code", "request_ids", "subnet", "action", "count"):
        assert getattr(one, name) == getattr(two, name)
    assert (one.subnet, one.action) == ("subnet-0aa11bb22cc33dd44", "CreateNetworkInterface")


def test_a_generic_observation_quotes_the_line_of_its_cause():
    found = observe(
        log(
            *failure(1, 0),
            (1, "error", HINT),
            (40, "debug", "Returning failure response for AddNetwork: none"),
        )
    )
    by_class = {observation.evidence_class: observation for observation in found}
    assert by_class["subnet-short"].cause == "ec2-insufficient-free-addresses"
    assert "InsufficientFreeAddressesInSubnet: " in by_class["generic"].evidence


@pytest.mark.parametrize("second", [-600, 600])
def test_a_cause_long_before_or_after_is_not_used(second):
    first, then = sorted([(1000, "generic"), (1000 + second, "cause")])
    rows = [
        (
            at,
            "error",
            assign_refused(1) if kind == "cause" else "Returning failure response for AddNetwork: none",
        )
        for at, kind in (first, then)
    ]
    generic = next(one for one in observe(log(*rows)) if one.evidence_class == "generic")
    assert generic.cause == ""


def test_ipamd_backs_off_for_two_minutes_after_exhaustion():
    (observation,) = observe(log(*failure(1, 0)))
    assert observation.backs_off_until == datetime(2025, 2, 3, 4, 2, tzinfo=UTC)
    (throttled,) = observe(zap("failed: RequestLimitExceeded: slow"))
    assert throttled.backs_off_until is None


def test_followed_by_success():
    failed = (0, "info", "Send AddNetworkReply: failed to get Branch ENI resource")
    worked = (1, "info", "Send AddNetworkReply: Success: true IPAddr: [10.1.2.3], resp: ok, err: <nil>")
    other = (300, "warn", "HTTP_TIMEOUT env is not set or set to less than 10 seconds")
    outcome = {
        text: next(one for one in observe(text) if one.evidence_class == "branch-pending").followed_by_success
        for text in (log(failed), log(failed, worked), log(failed, other))
    }
    assert list(outcome.values()) == [None, True, False]


def test_a_success_before_the_failure_does_not_count():
    found = observe(
        log(
            (0, "info", "Send AddNetworkReply: Success: true IPAddr: [10.1.2.3], resp: ok, err: <nil>"),
            (1, "info", "Send AddNetworkReply: failed to get Branch ENI resource"),
        )
    )
    assert found[1].followed_by_success is None


@pytest.mark.parametrize("row", NUMBERS)
def test_numbers(row):
    evidence_class, numbers, text = row.split(" | ")
    (observation,) = observe(zap(text, level="debug"))
    assert observation.evidence_class == evidence_class
    pairs = (pair.split("=") for pair in numbers.split())
    assert observation.numbers == {name: int(number) for name, number in pairs}


def test_the_latest_numbers_are_kept():
    rows = [
        (second, "debug", f"IP stats - total IPs: 27, assigned IPs: {second}, cooldown IPs: 0")
        for second in (3, 9, 5)
    ]
    (observation,) = observe(log(*rows))
    assert (observation.count, observation.numbers["assigned"]) == (3, 9)


def test_a_denied_refresh_of_security_groups_is_its_own_class():
    denied = f"UnauthorizedOperation: You are not authorized.\n\tstatus code: 403, request id: {request(5)}"
    assert classes(zap(f"refreshSGIDs: unable to update the ENI's SG: {denied}")) == ["denied-tolerated"]
    assert classes(zap(f"AllocENI: unable to change the ENI's attribute: {denied}")) == ["denied"]


def test_a_failed_add_in_plugin_log_and_journal_counts_once():
    sandbox = "0123456789abcdef" * 4
    text = (
        f'failed to setup network for sandbox "{sandbox}": plugin type="aws-cni" name="aws-cni" '
        "failed (add): add cmd: failed to assign an IP address to container"
    )
    (observation,) = observe(
        f"Failed to create pod sandbox: {text}", f"Feb  3 04:05:06 host kubelet[1]: {text}"
    )
    assert observation.count == 1


def test_node_and_sources_are_kept():
    (observation,) = observe(log(*failure(1, 0)), source=NODE)
    assert (observation.node, observation.sources) == ("ip-10-1-2-3", (NODE,))


@pytest.mark.parametrize(
    "text",
    [
        (
            'networkPlugin cni failed to set up pod "web-1_shop" network: add cmd: '
            "failed to assign an IP address to container"
        ),
        "Error received from DelNetwork gRPC call for pod web-1 namespace shop container 0a1b2c3d4e5f: rpc",
        'AddNetwork K8S_POD_NAMESPACE:"shop" K8S_POD_NAME:"web-1": wrong client version',
    ],
)
def test_the_pod_is_kept(text):
    assert observe(text)[0].pod == "shop/web-1"
