"""Every signature matches its example and not its lookalike."""

import pytest

from eksdoctor.evidence.inputs.event_table import parse_event_row
from eksdoctor.evidence.signatures.catalogue import catalogue
from eksdoctor.evidence.signatures.classes import Weight
from eksdoctor.evidence.signatures.match import match_message
from eksdoctor.evidence.text.log_lines import parse_lines

SIGNATURES = catalogue().signatures


def matched(text):
    found = []
    for line in parse_lines([text.encode()]):
        row = parse_event_row(line.message)
        message, reason = (row.message, row.reason) if row else (line.message, "")
        found += [match.signature.id for match in match_message(message, reason)]
    return found


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda one: one.id)
def test_matches_its_example(signature):
    assert signature.id in matched(signature.example)


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda one: one.id)
def test_does_not_match_its_lookalike(signature):
    assert signature.id not in matched(signature.lookalike)


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda one: one.id)
def test_every_code_literal_and_reason_matches(signature):
    for code in signature.codes:
        assert signature.id in matched(f"api error {code}: {signature.requires or 'refused'}")
    if signature.pattern is None:
        for literal in signature.literals:
            if not signature.codes:
                assert signature.id in matched(literal)
    for reason in signature.reasons:
        text = signature.literals[0] if signature.literals else "something happened"
        assert signature.id in matched(f"Warning  {reason}  2m  someone  {text}")


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda one: one.id)
def test_is_described(signature):
    assert signature.means.endswith(".")
    assert signature.is_not.endswith(".")
    assert signature.example != signature.lookalike


def test_only_successes_end_something():
    for one in SIGNATURES:
        assert bool(one.ends) == (one.weight is Weight.SUCCESS)


@pytest.mark.parametrize(
    "text",
    [
        "containsInsufficientCIDRsOrSubnetIPs encountered <nil>",
        "containsPrivateIPAddressLimitExceededError encountered <nil>",
        "Recently we had InsufficientCidr error hence will wait for 2m0s before retrying",
        "AssignPrivateIpAddresses returned PrivateIpAddressLimitExceeded. This can happen if it differs",
        "Get free IP from prefix failed no free IP available in the prefix - 10.9.8.7/ffffffff",
        "grep -iE 'InsufficientFreeAddressesInSubnet|InsufficientCidrBlocks' ipamd.log",
        "insufficientfreeaddressesinsubnet: in lower case it is no code",
    ],
)
def test_a_text_about_a_code_is_not_the_code(text):
    assert not [one for one in matched(text) if one.startswith("ec2-")]


@pytest.mark.parametrize(
    "text",
    [
        "RequestLimitExceeded: Request limit exceeded.",
        'error="failed: RequestLimitExceeded: Request limit exceeded."',
        "api error RequestLimitExceeded: Request limit exceeded.",
        '"errorCode": "Client.RequestLimitExceeded"',
        "Client.RequestLimitExceeded",
        "Failed to create trunk interface: Error Code: RequestLimitExceeded",
    ],
)
def test_a_code_in_every_format(text):
    assert "ec2-throttled" in matched(text)


def test_a_denial_with_the_arn_of_a_subnet_is_only_a_denial():
    text = next(one for one in SIGNATURES if one.id == "ec2-denied").example
    causes = [one for one in matched(text) if catalogue()[one].weight is Weight.CAUSE]
    assert causes == ["ec2-denied"]
