"""The fast path through a large log gives the same observations as the slow path."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eksdoctor.evidence.fast_scan.log_scan import FILTER_FROM_BYTES, LogScan
from eksdoctor.evidence.observed.aggregate import aggregate_lines
from eksdoctor.evidence.signatures.catalogue import catalogue
from eksdoctor.evidence.signatures.classes import Weight
from eksdoctor.evidence.text.log_lines import parse_lines
from tests.bench.log_scan import daemon_log
from tests.evidence.samples import assign_refused, request, zap

BEGIN = datetime(2025, 2, 3, tzinfo=UTC)
NAMES = ["0a1b2c3d4e5f6071", "10.1.2.3", "10.1.2.4", "127.0.0.1:50051", 'K8S_POD_NAME:"web-5d8c-xk2lp"']
ODD = ["\n\t", "\\n", "\\", '"', "µs", "\u00a0", "\u2028", "\0", "\x1b[31m"]
FRAGMENTS = [
    *(one.example for one in catalogue()),
    *(text for one in catalogue() for text in (*one.literals, *one.codes)),
    *NAMES, *ODD, " ", ": ", f"request id: {request(1)}", f"RequestID: {request(2)}", "Warning", "Normal",
    "Received DelNetwork for Sandbox ",
]  # fmt: skip
MESSAGES = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=3).map("".join)
LEVELS = st.sampled_from(["debug", "info", "warn", "error", "dpanic"])
STAMP = '"ts":"2025-02-03T04:05:06.789Z"'
FOREIGN = st.sampled_from(
    [
        "",
        "{",
        "}",
        "x" * 60,
        "panic: no more\n\tgoroutine 1",
        '{"level":"error"',
        '\t"msg":"split"}',
        '"msg":"Failed to get pod ENI config"}',
        "2025-02-03T04:05:06Z [ERROR] Failed",
        f'{{"level":"info",{STAMP}}}',
        f'{{"level":"error",{STAMP},"msg":"error while\0\0retrieving eniconfig"}}',
        f'{{"level":"error",{STAMP},"msg":"cut short',
        f'{{"level":"error",{STAMP},"msg":"Failed","error":"api error Throttling: slow"}}',
        '{"level":"info","ts":1738555506.789,"msg":"IP stats - total IPs: 9, assigned IPs: 9"}',
    ]
).map(lambda text: f"{text}\n".encode())


@pytest.fixture(autouse=True)
def _every_size_is_large(monkeypatch):
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.FILTER_FROM_BYTES", 1)


def told(observations):
    """The observations without noise, which only short texts report."""
    kept = [one for one in observations if one.signature.weight is not Weight.NOISE]
    return sorted((replace(one, evidence="") for one in kept), key=repr)


def by_scan(data, step=1 << 16):
    scan = LogScan()
    extent = scan.read(data[at : at + step] for at in range(0, len(data), step))
    return scan.aggregator.observations(), extent


def line_of(message, number, level="debug", caller="a/b.go:1"):
    return (
        zap(message, f"{BEGIN + timedelta(seconds=number):%Y-%m-%dT%H:%M:%S}.000Z", level, caller).encode()
        + b"\n"
    )


@settings(max_examples=300)
@given(st.data())
def test_fast_and_slow_path_agree_on_any_log(data):
    pieces = []
    for number in range(data.draw(st.integers(1, 12))):
        if data.draw(st.integers(0, 5)) == 0:
            pieces.append(data.draw(FOREIGN))
        else:
            line = line_of(data.draw(MESSAGES), 10 * number, data.draw(LEVELS))
            pieces += [line] * data.draw(st.sampled_from([1, 1, 2, 5]))
    log = b"".join(pieces)
    log = log[: len(log) - data.draw(st.sampled_from([0, 0, 1, 9]))]
    size, step = data.draw(st.integers(1, 3000)), data.draw(st.integers(1, 3000))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eksdoctor.evidence.fast_scan.log_scan.BLOCK_BYTES", size)
        found, _ = by_scan(log, step)
    assert told(found) == told(aggregate_lines(parse_lines([log])))


def test_the_log_of_a_busy_node():
    data = b"".join(daemon_log(8 * FILTER_FROM_BYTES, random.Random(7)))
    fast, extent = by_scan(data)
    assert told(fast) == told(aggregate_lines(parse_lines([data])))
    assert extent.size == len(data)
    assert extent.has_debug
    assert not extent.skipped_lines
    assert len(Counter(one.evidence_class for one in fast)) > 4


def test_a_very_long_log_has_skipped_lines_in_its_extent(monkeypatch):
    data = b"".join(daemon_log(12 * FILTER_FROM_BYTES, random.Random(11)))
    whole = told(by_scan(data)[0])
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.SKIP_FROM_BYTES", 2 * FILTER_FROM_BYTES)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.BLOCK_BYTES", FILTER_FROM_BYTES)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.LEARNING_LINES", 1000)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.MIN_START_COUNT", 20)
    with_skipped, extent = by_scan(data)
    assert extent.skipped_lines > 1000
    assert told(with_skipped) == whole


def test_the_first_and_last_lines_of_a_log_bound_it():
    data = b"".join(daemon_log(4 * FILTER_FROM_BYTES, random.Random(3)))
    _, extent = by_scan(data)
    at = [line.at for line in parse_lines([data])]
    assert (extent.first, extent.last) == (at[0], at[-1])


def test_a_line_in_another_format_is_read_anywhere():
    data = b"".join(daemon_log(4 * FILTER_FROM_BYTES, random.Random(5)))
    middle = data.find(b"\n", 2 * FILTER_FROM_BYTES) + 1
    foreign = (
        b'time="2025-02-03T04:05:06Z" level=error msg="IP_COOLDOWN_PERIOD MUST be a valid positive integer"\n'
    )
    found, _ = by_scan(data[:middle] + foreign + data[middle:])
    assert "env-refused" in {one.evidence_class for one in found}


def test_a_record_over_a_block_boundary_is_whole():
    pretty = ("{\n" + zap(assign_refused(4))[1:-1].replace('","', '",\n"') + "\n}\n") * 2000
    found, _ = by_scan(pretty.encode(), step=1000)
    (observation,) = found
    assert observation.count == 1


def test_a_long_log_of_2019():
    rows = (
        f"2019-09-06T06:{at // 60 % 60:02d}:{at % 60:02d}.662Z [DEBUG]        IP pool stats: total = 20, "
        f"used = {at % 20}, c.maxIPsPerENI = 10\n"
        for at in range(3600)
    )
    (observation,) = by_scan("".join(rows).encode())[0]
    assert (observation.count, observation.numbers["total"]) == (3600, 20)


def test_an_attempt_with_several_lines_in_one_block_counts_once():
    line = line_of(
        'sandbox "0a1b2c3d4e5f": add cmd: failed to assign an IP address to container',
        1,
    )
    data = line * 9 + line_of("on", 2)
    assert told(by_scan(data)[0]) == told(aggregate_lines(parse_lines([data])))
