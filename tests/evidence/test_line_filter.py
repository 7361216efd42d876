"""Lines that the filter drops match no signature but noise, and repeated lines are grouped."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eksdoctor.evidence.fast_scan.line_dedup import TIMESTAMP_END, RelevanceCache, relevant_texts
from eksdoctor.evidence.fast_scan.line_filter import LineFilter
from eksdoctor.evidence.fast_scan.line_skipping import LineSkipper
from eksdoctor.evidence.signatures.catalogue import catalogue
from eksdoctor.evidence.signatures.classes import Weight
from eksdoctor.evidence.signatures.match import match_message
from eksdoctor.evidence.text.log_lines import parse_lines
from tests.evidence.samples import assign_refused, request, zap

COUNTED = [one for one in catalogue() if one.weight is not Weight.NOISE]
IN_LOGS = [one for one in COUNTED if one.codes or one.literals]
AFTER = zap("on").encode() + b"\n"


def filtered(*messages, level="debug", line_filter=None):
    line_filter = line_filter or LineFilter()
    block = [zap(message, level=level).encode() + b"\n" for message in messages]
    assert line_filter.filter_block([*block, AFTER])
    return line_filter.take_groups()


@pytest.mark.parametrize("level", ["debug", "info", "warn", "error"])
@pytest.mark.parametrize("signature", IN_LOGS, ids=lambda one: one.id)
def test_the_example_of_every_signature_passes(signature, level):
    (line, *_) = parse_lines([signature.example.encode()])
    assert len(filtered(line.message, level=level)) == 1


@pytest.mark.parametrize("signature", IN_LOGS, ids=lambda one: one.id)
def test_every_signature_text_passes_in_any_position(signature):
    for text in signature.codes or signature.literals:
        for message in (text.upper(), f'error "{text}" of 10.1.2.3', text.replace(" ", "\n\t"), f"é {text}"):
            assert len(filtered(message)) == 1


def test_skeletons_have_at_least_four_letters():
    assert min(map(len, relevant_texts(catalogue()))) >= 4


def test_texts_that_differ_in_numbers_and_ids_share_one_cache_entry():
    cache = RelevanceCache()
    for number in range(50):
        text = (
            zap(f"Received DelNetwork for Sandbox {number:064x} at 10.1.2.{number}").encode()[TIMESTAMP_END:]
            + b"\n"
        )
        assert cache.are_relevant([text]) == [False]
    assert len(cache) == 1


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_a_dropped_line_matches_only_noise(text):
    if not filtered(text):
        (line,) = parse_lines([zap(text).encode()])
        assert all(match.signature.weight is Weight.NOISE for match in match_message(line.message))


def test_repeated_lines_are_one_group():
    stats = "IP stats - total IPs: 9, assigned IPs: 2, cooldown IPs: 0"
    line_filter = LineFilter()
    for _ in range(3):
        (group,) = filtered(*[stats] * 100, line_filter=line_filter)
        assert group.count == 100


def test_other_numbers_are_another_group():
    found = filtered(
        *(f"IP stats - total IPs: 9, assigned IPs: {number}, cooldown IPs: 0" for number in range(5))
    )
    assert [group.count for group in found] == [1] * 5


def test_successes_of_several_pods_are_one_group():
    line = [
        f"Send AddNetworkReply: Success: true IPAddr: [10.1.2.{n}], resp: ok, err: <nil>" for n in range(20)
    ]
    (group,) = filtered(*line)
    assert group.count == 20


def test_failed_requests_are_not_grouped():
    assert len(filtered(*(assign_refused(number) for number in range(5)))) == 5


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
def test_a_block_with_other_lines_is_not_filtered(block):
    line_filter = LineFilter()
    assert not line_filter.filter_block(block)
    assert (line_filter.take_groups(), line_filter.take_last_line()) == ([], [])


def test_memory_is_bounded():
    line_filter = LineFilter()
    for block in range(40):
        filtered(
            *(f"IP stats - total IPs: {block * 500 + n}" for n in range(500) for _ in range(4)),
            line_filter=line_filter,
        )
    assert len(line_filter._known_texts) <= 4096
    assert len(line_filter._relevance) <= 8192


# ---- very long logs ---------------------------------------------------------------------------------------


def trained(monkeypatch, irrelevant, relevant=(), level="debug"):
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.LEARNING_LINES", len(irrelevant))
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.MIN_START_COUNT", 3)
    skipper = LineSkipper()
    skipper.learn(
        [zap(one, level=level).encode() for one in irrelevant], [zap(one).encode() for one in relevant]
    )
    return skipper


PLAIN = "Received DelNetwork for Sandbox "


def test_a_frequent_irrelevant_beginning_is_skipped(monkeypatch):
    skipper = trained(monkeypatch, [f"{PLAIN}{number:064x}" for number in range(9)])
    assert skipper.lines_to_read([zap(f"{PLAIN}abc").encode(), AFTER]) == [AFTER]
    assert skipper.skipped == 1


@pytest.mark.parametrize(
    ("irrelevant", "relevant", "level"),
    [
        ([PLAIN] * 2, [], "debug"),
        ([PLAIN] * 9, [f"{PLAIN}: api error Throttling: slow"], "debug"),
        ([PLAIN] * 9, [], "warn"),
        (["containsPrivateIPAddressLimitExceededError encountered <nil>"] * 9, [], "debug"),
        (["Unable to read the file"] * 9, [], "debug"),
    ],
)
def test_lines_that_are_not_skipped(monkeypatch, irrelevant, relevant, level):
    skipper = trained(monkeypatch, [*irrelevant, *["Reconciled"] * 9], relevant, level)
    line = zap(irrelevant[0], level=level).encode()
    assert skipper.lines_to_read([line]) == [line]


def test_a_beginning_shared_with_a_known_relevant_line_is_not_skipped(monkeypatch):
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.LEARNING_LINES", 100)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.MIN_START_COUNT", 10)
    start = "IPAM of this node, of which a long text tells what it does, says: "
    line_filter = LineFilter(may_skip=True)
    for _ in range(3):
        found = filtered(
            *[f"{start} on"] * 60, *[f"{start} api error Throttling: slow"] * 9, line_filter=line_filter
        )
        assert [group.count for group in found] == [9]
    assert line_filter.skipper.is_trained


def test_noise_about_failures_is_skipped(monkeypatch):
    scan = "Get free IP from prefix failed no free IP available in the prefix - 10.1.2.3/ffffffff"
    assert trained(monkeypatch, [scan] * 9).lines_to_read([zap(scan, level="debug").encode()]) == []


def test_an_ec2_error_is_never_skipped(monkeypatch):
    skipper = trained(monkeypatch, [PLAIN] * 9)
    line = zap(assign_refused(1)).encode()
    assert request(1).encode() in line
    assert skipper.lines_to_read([line]) == [line]
