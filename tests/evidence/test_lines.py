"""Every log format, intact or broken, gives the same line."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eksdoctor.evidence.text.blocks import MAX_LINE_BYTES, read_blocks
from eksdoctor.evidence.text.log_lines import MAX_MESSAGE_CHARACTERS, parse_lines
from tests.evidence.samples import one, zap

AT = datetime(2025, 2, 3, 4, 5, 6, 789000, UTC)
NEAR = datetime(2025, 2, 3, 12, tzinfo=UTC)
SAID = "Failed to get pod ENI config"
FORMATS = {
    "zap": f'{{"level":"error","ts":"2025-02-03T04:05:06.789Z","caller":"a/b.go:1","msg":"{SAID}"}}',
    "zap with an offset": f'{{"level":"error","ts":"2025-02-03T06:05:06.789+0200","msg":"{SAID}"}}',
    "zap with an epoch": f'{{"level":"error","ts":1738555506.789,"msg":"{SAID}"}}',
    "keys in another order": f'{{"msg":"{SAID}","ts":"2025-02-03T04:05:06.789Z","level":"error"}}',
    "no brace": f'"level":"error","ts":"2025-02-03T04:05:06.789Z","caller":"a/b.go:1","msg":"{SAID}"}}',
    "no end": f'{{"level":"error","ts":"2025-02-03T04:05:06.789Z","caller":"a/b.go:1","msg":"{SAID}',
    "indented": f'    {{"level":"error","ts":"2025-02-03T04:05:06.789Z","msg":"{SAID}"}}',
    "seelog": f"2025-02-03T04:05:06.789Z [ERROR] {SAID}",
    "seelog of 2019": f"2025-02-03T04:05:06.789Z [ERROR]\t\t{SAID}",
    "logrus": f'time="2025-02-03T04:05:06.789Z" level=error msg="{SAID}"',
    "kubectl logs --prefix": (
        f'[pod/aws-node-1/aws-node] {{"level":"error","ts":"2025-02-03T04:05:06.789Z","msg":"{SAID}"}}'
    ),
    "kubectl logs --timestamps": f"2025-02-03T04:05:06.789000001Z [ERROR] {SAID}",
    "cri": f"2025-02-03T04:05:06.789000001Z stderr F [ERROR] {SAID}",
    "docker": json.dumps(
        {"log": f"[ERROR] {SAID}\n", "stream": "stderr", "time": "2025-02-03T04:05:06.789000001Z"}
    ),
    "coloured": f"\x1b[31m2025-02-03T04:05:06.789Z [ERROR] {SAID}\x1b[0m",
    "windows ends": f"2025-02-03T04:05:06.789Z [ERROR] {SAID}\r",
    "framed": f"│ 2025-02-03T04:05:06.789Z [ERROR] {SAID}",
    "pretty": f'{{\n  "level": "error",\n  "ts": "2025-02-03T04:05:06.789Z",\n  "msg": "{SAID}"\n}}',
    "hand-wrapped": f'{{"level":"error","ts":"2025-02-03T04:05:06.789Z",\n"msg":"{SAID}"}}',
}


@pytest.mark.parametrize("text", FORMATS.values(), ids=FORMATS)
def test_format(text):
    line = one(text)
    assert (line.at, line.level, line.message) == (AT, "error", SAID)


@pytest.mark.parametrize(
    "text",
    [
        f"Feb  3 04:05:06 ip-10-1-2-3.ec2.internal kubelet[7]: E0203 04:05:06.789000      7 pod.go:1] {SAID}",
        f"2025-02-03T04:05:06+0000 ip-10-1-2-3.ec2.internal kubelet[7]: E0203 04:05:06.7 7 pod.go:1] {SAID}",
    ],
)
def test_journald(text):
    (line,) = parse_lines([text.encode()], captured_at=NEAR)
    assert line.at.replace(microsecond=0) == AT.replace(microsecond=0)
    assert (line.level, line.message, line.source.node) == ("error", SAID, "ip-10-1-2-3.ec2.internal")


def test_a_timestamp_without_year_needs_the_capture_time():
    text = b"Feb  3 04:05:06 host kubelet[77]: text"
    assert next(parse_lines([text])).at is None
    assert next(parse_lines([text], captured_at=datetime(2025, 1, 5, tzinfo=UTC))).at.year == 2024


def test_the_last_day_of_a_leap_february():
    (line,) = parse_lines([b"E0229 01:02:03.4 7 a.go:1] x"], captured_at=datetime(2025, 2, 1, tzinfo=UTC))
    assert line.at == datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC)


def test_the_second_line_of_an_error_is_part_of_its_record():
    text = b"2025-02-03T04:05:06Z [ERROR] Failed\n\tstatus code: 400, request id: abc\n"
    first, second = parse_lines([text, b"2025-02-03T04:05:07Z [INFO] on"])
    assert first.message == "Failed status code: 400, request id: abc"
    assert second.message == "on"


def test_an_escaped_continuation_reads_the_same():
    assert one(zap("Failed\n\tstatus code: 400")).message == "Failed status code: 400"


@pytest.mark.parametrize("width", [72, 80, 100, 132])
def test_wrapped_by_a_terminal(width):
    text = zap(f"Unassign: Failed to find sandbox {'0123456789abcdef' * 6}/unknown, done", level="warn")
    wrapped = "\n".join(text[at : at + width] for at in range(0, len(text), width))
    line = one(wrapped)
    assert line.level == "warn"
    assert f"{'0123456789abcdef' * 6}/unknown" in line.message


def test_a_line_wrapped_at_a_space_is_read_with_and_without_it():
    line = one('{"level":"error","msg":"DataStore has\nno available IP addresses"}')
    assert "has no available" in (line.with_spaces or line.message)


def test_records_between_broken_ones_are_found():
    texts = [FORMATS["no end"], "...", FORMATS["zap"], "", FORMATS["no brace"], FORMATS["pretty"]]
    found = [line.message for line in parse_lines(["\n".join(texts).encode()])]
    assert found == [SAID, "...", SAID, SAID, SAID]


def test_json_that_is_no_log_line_stays_one_line():
    document = json.dumps({"Statement": [{"Action": ["ec2:DescribeTags"]}]}, indent=2)
    assert "ec2:DescribeTags" in one(document).message


def test_the_error_beside_the_message_is_read():
    assert one('{"level":"error","msg":"Failed","error":"no route"}').message == "Failed: no route"


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_gzip_in_any_pieces_and_several_members(size):
    packed = gzip.compress(b"first\n") + gzip.compress(b"second\n")
    pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
    assert [line.message for line in parse_lines(pieces)] == ["first", "second"]


def test_damaged_gzip_gives_what_came_before():
    packed = gzip.compress(b"first\n" * 5000)
    found = [line.message for line in parse_lines([packed[: len(packed) * 3 // 4]])]
    assert found[0] == "first"
    assert all("first".startswith(message) for message in found)


def test_a_gzip_bomb_ends():
    bomb = gzip.compress(b"\0" * (32 << 20))
    assert sum(block.size for block in read_blocks([bomb], limit=1 << 20)) <= 3 << 20


def test_a_line_without_end_is_cut():
    (line,) = parse_lines([b"x" * (MAX_LINE_BYTES * 3)])
    assert len(line.message) <= MAX_MESSAGE_CHARACTERS


def test_what_follows_a_line_without_end_is_read():
    pieces = [b"y" * MAX_LINE_BYTES] * 3 + [b"\nafter\n"]
    assert [line.message for line in parse_lines(pieces)][-1] == "after"
    assert sum(len(line) for block in read_blocks(pieces) for line in block.lines) <= 2 * MAX_LINE_BYTES


@pytest.mark.parametrize("step", [5, 999, 1 << 17])
def test_no_block_cuts_a_line(step):
    data = b"".join(b"%d %s\n" % (number, b"x" * (number % 300)) for number in range(20_000))
    found = list(read_blocks((data[at : at + step] for at in range(0, len(data), step)), size=1 << 18))
    assert [line for block in found for line in block.lines] == data.splitlines(keepends=True)
    assert sum(block.size for block in found) == len(data)
    assert len(found) > 2


@given(
    st.lists(st.sampled_from([b"a\n", b"\n", b"long", b"x" * 9, b"\r\n", b"", b"b" * 40 + b"\n"])),
    st.integers(1, 30),
)
def test_lines_are_the_same_in_any_chunks(pieces, size):
    found = list(read_blocks(pieces, size))
    assert [line for block in found for line in block.lines] == b"".join(pieces).splitlines(keepends=True)
    assert sum(block.size for block in found) == sum(map(len, pieces))


def test_chunks_may_end_anywhere():
    data = "\n".join(FORMATS.values()).encode()
    whole = list(parse_lines([data]))
    assert list(parse_lines(data[at : at + 3] for at in range(0, len(data), 3))) == whole
