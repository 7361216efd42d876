"""What lines together say: counted by request, with cause and sequel."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eksdoctor.evidence.observed.source import Kind, Source
from tests.testimony.samples import assign_refused, classes, request, said, zap

HINT = (
    "Unable to attach IPs/Prefixes for the ENI, subnet doesn't seem to have enough IPs/Prefixes. "
    "Consider using new subnet or carve a reserved range using create-subnet-cidr-reservation"
)
NUMBERS = Path(__file__).with_name("numbers.txt").read_text("utf-8").splitlines()
"""`class | numbers | message`, every wording of the pool's numbers."""
NODE = Source(Kind.IPAMD, "ipamd.log", "ip-10-1-2-3")


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
    (statement,) = said(log(*failure(1, 0), *failure(2, 5)))
    assert statement.count == 2
    assert statement.requests == (request(1), request(2))
    assert (statement.code, statement.action) == (
        "InsufficientFreeAddressesInSubnet",
        "AssignPrivateIpAddresses",
    )
    assert (statement.eni, statement.testifies) == ("eni-0aa11bb22cc33dd44", "subnet-without-addresses")
    assert statement.lasted == timedelta(seconds=5)


def test_the_same_call_in_two_sources_is_one():
    (statement,) = said(log(*failure(1, 0)), log(*failure(1, 0)))
    assert statement.count == 1


def test_both_sdks_say_the_same():
    one, two = (
        said(zap(text))[0]
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
    for name in ("testifies", "code", "requests", "subnet", "action", "count"):
        assert getattr(one, name) == getattr(two, name)
    assert (one.subnet, one.action) == ("subnet-0aa11bb22cc33dd44", "CreateNetworkInterface")


def test_a_generic_line_is_shown_by_the_line_above_that_has_the_cause():
    found = said(
        log(
            *failure(1, 0),
            (1, "error", HINT),
            (40, "debug", "Returning failure response for AddNetwork: none"),
        )
    )
    by_class = {statement.testifies: statement for statement in found}
    assert by_class["subnet-short"].cause == "ec2-insufficient-free-addresses"
    assert "InsufficientFreeAddressesInSubnet: " in by_class["generic"].evidence


@pytest.mark.parametrize("second", [-600, 600])
def test_a_cause_long_before_or_after_explains_nothing(second):
    first, then = sorted([(1000, "generic"), (1000 + second, "cause")])
    rows = [
        (
            at,
            "error",
            assign_refused(1) if kind == "cause" else "Returning failure response for AddNetwork: none",
        )
        for at, kind in (first, then)
    ]
    generic = next(one for one in said(log(*rows)) if one.testifies == "generic")
    assert generic.cause == ""


def test_after_exhaustion_the_daemon_is_silent_for_two_minutes():
    (statement,) = said(log(*failure(1, 0)))
    assert statement.silent_until == datetime(2025, 2, 3, 4, 2, tzinfo=UTC)
    (throttled,) = said(zap("failed: RequestLimitExceeded: slow"))
    assert throttled.silent_until is None


def test_followed_by_success():
    failed = (0, "info", "Send AddNetworkReply: failed to get Branch ENI resource")
    worked = (1, "info", "Send AddNetworkReply: Success: true IPAddr: [10.1.2.3], resp: ok, err: <nil>")
    other = (300, "warn", "HTTP_TIMEOUT env is not set or set to less than 10 seconds")
    sequel = {
        text: next(one for one in said(text) if one.testifies == "branch-pending").followed_by_success
        for text in (log(failed), log(failed, worked), log(failed, other))
    }
    assert list(sequel.values()) == [None, True, False]


def test_a_success_before_the_failure_is_none():
    found = said(
        log(
            (0, "info", "Send AddNetworkReply: Success: true IPAddr: [10.1.2.3], resp: ok, err: <nil>"),
            (1, "info", "Send AddNetworkReply: failed to get Branch ENI resource"),
        )
    )
    assert found[1].followed_by_success is None


@pytest.mark.parametrize("row", NUMBERS)
def test_numbers(row):
    testifies, numbers, text = row.split(" | ")
    (statement,) = said(zap(text, level="debug"))
    assert statement.testifies == testifies
    pairs = (pair.split("=") for pair in numbers.split())
    assert statement.numbers == {name: int(number) for name, number in pairs}


def test_the_latest_numbers_are_kept():
    rows = [
        (second, "debug", f"IP stats - total IPs: 27, assigned IPs: {second}, cooldown IPs: 0")
        for second in (3, 9, 5)
    ]
    (statement,) = said(log(*rows))
    assert (statement.count, statement.numbers["assigned"]) == (3, 9)


def test_a_denied_refresh_of_security_groups_is_its_own_class():
    denied = f"UnauthorizedOperation: You are not authorized.\n\tstatus code: 403, request id: {request(5)}"
    assert classes(zap(f"refreshSGIDs: unable to update the ENI's SG: {denied}")) == ["denied-tolerated"]
    assert classes(zap(f"AllocENI: unable to change the ENI's attribute: {denied}")) == ["denied"]


def test_the_same_refused_pod_in_plugin_log_and_journal_is_one():
    sandbox = "0123456789abcdef" * 4
    text = (
        f'failed to setup network for sandbox "{sandbox}": plugin type="aws-cni" name="aws-cni" '
        "failed (add): add cmd: failed to assign an IP address to container"
    )
    (statement,) = said(f"Failed to create pod sandbox: {text}", f"Feb  3 04:05:06 host kubelet[1]: {text}")
    assert statement.count == 1


def test_node_and_sources_are_kept():
    (statement,) = said(log(*failure(1, 0)), source=NODE)
    assert (statement.node, statement.sources) == ("ip-10-1-2-3", (NODE,))


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
    assert said(text)[0].pod == "shop/web-1"
