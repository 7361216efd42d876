"""What is left out of the daemon's log can bear no signature, and what repeats is read once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eksdoctor.evidence.fast_scan.line_dedup import STAMPED, Verdicts, texts
from eksdoctor.evidence.fast_scan.line_filter import Sieve
from eksdoctor.evidence.fast_scan.line_skipping import Skim
from eksdoctor.evidence.signatures.catalogue import Weight, catalogue
from eksdoctor.evidence.signatures.match import recognise
from eksdoctor.evidence.text.log_lines import lines
from tests.testimony.samples import assign_refused, request, zap

TOLD = [one for one in catalogue() if one.weight is not Weight.CHATTER]
IN_LOGS = [one for one in TOLD if one.codes or one.literals]
AFTER = zap("on").encode() + b"\n"


def sifted(*messages, level="debug", sieve=None):
    sieve = sieve or Sieve()
    block = [zap(message, level=level).encode() + b"\n" for message in messages]
    assert sieve.sift([*block, AFTER])
    return sieve.take()


@pytest.mark.parametrize("level", ["debug", "info", "warn", "error"])
@pytest.mark.parametrize("signature", IN_LOGS, ids=lambda one: one.id)
def test_the_example_of_every_signature_is_left(signature, level):
    (said, *_) = lines([signature.example.encode()])
    assert len(sifted(said.message, level=level)) == 1


@pytest.mark.parametrize("signature", IN_LOGS, ids=lambda one: one.id)
def test_every_text_is_left_wherever_it_stands(signature):
    for text in signature.codes or signature.literals:
        for message in (text.upper(), f'said "{text}" of 10.1.2.3', text.replace(" ", "\n\t"), f"é {text}"):
            assert len(sifted(message)) == 1


def test_texts_are_long_enough_to_tell_something():
    assert min(map(len, texts(catalogue()))) >= 4


def test_words_with_numbers_and_ids_have_one_verdict():
    verdicts = Verdicts()
    for number in range(50):
        words = (
            zap(f"Received DelNetwork for Sandbox {number:064x} at 10.1.2.{number}").encode()[STAMPED:]
            + b"\n"
        )
        assert verdicts.on([words]) == [False]
    assert len(verdicts) == 1


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_what_is_left_out_bears_nothing(text):
    if not sifted(text):
        (said,) = lines([zap(text).encode()])
        assert all(match.signature.weight is Weight.CHATTER for match in recognise(said.message))


def test_what_repeats_is_one_bundle():
    stats = "IP stats - total IPs: 9, assigned IPs: 2, cooldown IPs: 0"
    sieve = Sieve()
    for _ in range(3):
        (bundle,) = sifted(*[stats] * 100, sieve=sieve)
        assert bundle.count == 100


def test_other_numbers_are_another_bundle():
    found = sifted(
        *(f"IP stats - total IPs: 9, assigned IPs: {number}, cooldown IPs: 0" for number in range(5))
    )
    assert [bundle.count for bundle in found] == [1] * 5


def test_successes_of_several_pods_are_one_bundle():
    said = [
        f"Send AddNetworkReply: Success: true IPAddr: [10.1.2.{n}], resp: ok, err: <nil>" for n in range(20)
    ]
    (bundle,) = sifted(*said)
    assert bundle.count == 20


def test_refused_requests_stay_apart():
    assert len(sifted(*(assign_refused(number) for number in range(5)))) == 5


@pytest.mark.parametrize(
    "block",
    [
        [b"not the daemon's\n"],
        [b"\n"],
        [b'{"level":"info"}\n'],
        [AFTER, b"\tcontinued\n", AFTER],
        [b'{"msg":"a"}\n', AFTER],
    ],
)
def test_a_block_of_anything_else_is_not_taken(block):
    sieve = Sieve()
    assert not sieve.sift(block)
    assert (sieve.take(), sieve.take_tail()) == ([], [])


def test_what_is_held_is_bounded():
    sieve = Sieve()
    for block in range(40):
        sifted(
            *(f"IP stats - total IPs: {block * 500 + n}" for n in range(500) for _ in range(4)), sieve=sieve
        )
    assert len(sieve._known) <= 4096
    assert len(sieve._verdicts) <= 8192


# ---- very long logs ---------------------------------------------------------------------------------------


def skim_of(monkeypatch, idle, telling=(), level="debug"):
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.ENOUGH", len(idle))
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.OFTEN", 3)
    skim = Skim()
    skim.hear([zap(one, level=level).encode() for one in idle], [zap(one).encode() for one in telling])
    return skim


PLAIN = "Received DelNetwork for Sandbox "


def test_an_opening_often_idle_is_passed_over(monkeypatch):
    skim = skim_of(monkeypatch, [f"{PLAIN}{number:064x}" for number in range(9)])
    assert skim.doubted([zap(f"{PLAIN}abc").encode(), AFTER]) == [AFTER]
    assert skim.passed == 1


@pytest.mark.parametrize(
    ("idle", "telling", "level"),
    [
        ([PLAIN] * 2, [], "debug"),
        ([PLAIN] * 9, [f"{PLAIN}: api error Throttling: slow"], "debug"),
        ([PLAIN] * 9, [], "warn"),
        (["containsPrivateIPAddressLimitExceededError encountered <nil>"] * 9, [], "debug"),
        (["Unable to read the file"] * 9, [], "debug"),
    ],
)
def test_what_is_not_passed_over(monkeypatch, idle, telling, level):
    skim = skim_of(monkeypatch, [*idle, *["Reconciled"] * 9], telling, level)
    line = zap(idle[0], level=level).encode()
    assert skim.doubted([line]) == [line]


def test_an_opening_that_also_begins_what_is_known_as_telling_is_not_trusted(monkeypatch):
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.ENOUGH", 100)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.OFTEN", 10)
    opening = "IPAM of this node, of which a long text tells what it does, says: "
    sieve = Sieve(skims=True)
    for _ in range(3):
        found = sifted(*[f"{opening} on"] * 60, *[f"{opening} api error Throttling: slow"] * 9, sieve=sieve)
        assert [bundle.count for bundle in found] == [9]
    assert sieve.skim.settled


def test_chatter_about_failure_is_passed_over(monkeypatch):
    scan = "Get free IP from prefix failed no free IP available in the prefix - 10.1.2.3/ffffffff"
    assert skim_of(monkeypatch, [scan] * 9).doubted([zap(scan, level="debug").encode()]) == []


def test_a_refusal_is_read_however_long_the_log(monkeypatch):
    skim = skim_of(monkeypatch, [PLAIN] * 9)
    line = zap(assign_refused(1)).encode()
    assert request(1).encode() in line
    assert skim.doubted([line]) == [line]
