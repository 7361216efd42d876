"""Every signature fires on its example and not on what looks like it."""

import pytest
import yaml

from eksdoctor.errors import UsageError
from eksdoctor.evidence.inputs.event_table import event_row
from eksdoctor.evidence.signatures.catalogue import FILE, Weight, catalogue, read
from eksdoctor.evidence.signatures.match import recognise
from eksdoctor.evidence.text.log_lines import lines

SIGNATURES = catalogue().signatures


def borne(text):
    found = []
    for line in lines([text.encode()]):
        row = event_row(line.message)
        words, reason = (row.message, row.reason) if row else (line.message, "")
        found += [match.signature.id for match in recognise(words, reason)]
    return found


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda one: one.id)
def test_fires_on_its_example(signature):
    assert signature.id in borne(signature.example)


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda one: one.id)
def test_is_silent_on_its_lookalike(signature):
    assert signature.id not in borne(signature.lookalike)


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda one: one.id)
def test_every_way_to_recognise_it_works(signature):
    """A literal or code that no message could bring to fire would be dead weight."""
    for code in signature.codes:
        assert signature.id in borne(f"api error {code}: {signature.says or 'refused'}")
    if signature.pattern is None:
        for literal in signature.literals:
            if not signature.codes:
                assert signature.id in borne(literal)
    for reason in signature.reasons:
        text = signature.literals[0] if signature.literals else "something happened"
        assert signature.id in borne(f"Warning  {reason}  2m  someone  {text}")


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda one: one.id)
def test_is_described(signature):
    assert signature.means.endswith(".")
    assert signature.is_not.endswith(".")
    assert signature.example != signature.lookalike


def test_ids_are_unique():
    ids = [one.id for one in SIGNATURES]
    assert len(ids) == len(set(ids))


def test_every_class_is_used():
    made_of_numbers = {"pool-empty", "cooling"}
    assert {one.testifies for one in SIGNATURES} | made_of_numbers == set(catalogue().classes)


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
def test_words_about_a_code_are_not_the_code(text):
    assert not [one for one in borne(text) if one.startswith("ec2-")]


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
def test_a_code_in_every_rendering(text):
    assert "ec2-throttled" in borne(text)


def test_an_arn_with_a_subnet_is_a_denial_and_nothing_else():
    text = next(one for one in SIGNATURES if one.id == "ec2-denied").example
    roots = [one for one in borne(text) if catalogue()[one].weight is Weight.ROOT]
    assert roots == ["ec2-denied"]


def test_a_signature_of_an_unknown_class_is_refused():
    document = yaml.safe_load(FILE.read_text("utf-8"))
    document["signatures"][0]["class"] = "no-such-class"
    with pytest.raises(UsageError, match="no-such-class"):
        read(yaml.safe_dump(document))


def test_a_signature_without_a_meaning_is_refused():
    document = yaml.safe_load(FILE.read_text("utf-8"))
    del document["signatures"][0]["means"]
    with pytest.raises(UsageError, match="means"):
        read(yaml.safe_dump(document))
