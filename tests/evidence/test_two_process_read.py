"""Two processes read the same observations from a large file as one."""

import gzip
import multiprocessing
import os
import random
import signal
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eksdoctor.errors import UsageError
from eksdoctor.evidence.fast_scan import two_process_read
from eksdoctor.evidence.fast_scan.log_scan import FILTER_FROM_BYTES, LogScan, scan_parts
from eksdoctor.evidence.fast_scan.two_process_read import read_in_two_processes
from tests.bench.log_scan import daemon_log
from tests.evidence.samples import assign_refused, zap
from tests.evidence.test_scan import FOREIGN, LEVELS, MESSAGES, line_of, told

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="one process reads where none can be forked")
PARENT = os.getpid()


@pytest.fixture(autouse=True)
def _every_file_is_large(monkeypatch):
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.two_process_read.MIN_FILE_BYTES", 1)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.can_fork", lambda: True)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.FILTER_FROM_BYTES", 1)


@pytest.fixture(autouse=True)
def _no_process_is_left():
    yield
    assert multiprocessing.active_children() == []


@pytest.fixture
def file(tmp_path):
    return tmp_path / "ipamd.log"


def scanned(data, path=None, step=1 << 16):
    """The observations of a stream, and its extent without skipped lines.

    `numbers_since` is left out: it is as exact as the groups of repeated lines, which end with their block.
    """
    scan = LogScan()
    extent = scan.read([data[at : at + step] for at in range(0, len(data), step)], path=path)
    seen = (extent.size, extent.first, extent.last, extent.has_debug)
    return told(replace(one, numbers_since=None) for one in scan.aggregator.observations()), seen


def is_child():
    return os.getpid() != PARENT


def log(size=16 * FILTER_FROM_BYTES, seed=3):
    return b"".join(daemon_log(size, random.Random(seed)))


@pytest.mark.parametrize("seed", range(3))
def test_the_log_of_a_busy_node(file, seed):
    data = log(seed=seed)
    file.write_bytes(data)
    assert scanned(b"", file) == scanned(data)


def test_a_log_with_skipped_lines(file, monkeypatch):
    data = log(32 * FILTER_FROM_BYTES)
    file.write_bytes(data)
    whole = scanned(data)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.SKIP_FROM_BYTES", 2 * FILTER_FROM_BYTES)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.BLOCK_BYTES", FILTER_FROM_BYTES)
    monkeypatch.setattr("eksdoctor.evidence.text.blocks.CHUNK_BYTES", FILTER_FROM_BYTES)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.two_process_read.CHUNK_BYTES", FILTER_FROM_BYTES)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.LEARNING_LINES", 1000)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.MIN_START_COUNT", 20)
    assert scanned(b"", file) == whole
    assert LogScan().read([], path=file).skipped_lines > 1000


@settings(max_examples=60)
@given(st.data())
def test_any_log(tmp_path_factory, data):
    pieces = []
    for number in range(data.draw(st.integers(1, 16))):
        if data.draw(st.integers(0, 4)) == 0:
            pieces.append(data.draw(FOREIGN))
        else:
            line = line_of(data.draw(MESSAGES), 10 * number, data.draw(LEVELS))
            pieces += [line] * data.draw(st.sampled_from([1, 1, 2, 5]))
    content = b"".join(pieces)
    content = content[: len(content) - data.draw(st.sampled_from([0, 0, 1, 9]))]
    path = tmp_path_factory.mktemp("logs") / "any.log"
    path.write_bytes(content)
    step = data.draw(st.integers(1, 3000))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eksdoctor.evidence.fast_scan.log_scan.BLOCK_BYTES", data.draw(st.integers(1, 3000)))
        patch.setattr("eksdoctor.evidence.fast_scan.two_process_read.CHUNK_BYTES", step)
        (found, seen), (expected, whole) = scanned(content, path, step), scanned(content, None, step)
    assert found == expected
    assert (seen[0], seen[-1]) == (whole[0], whole[-1])  # stamps out of order are seen where blocks end


def test_a_call_with_lines_on_both_sides_of_the_split_counts_once(file):
    lines = [zap(assign_refused(7)).encode() + b"\n"] * 2000
    file.write_bytes(b"".join(lines))
    ((observation,), _) = scanned(b"", file)
    assert observation.count == 1


def test_the_split_keeps_records_whole(file):
    record = zap("panic: no more").encode() + b"\n"
    file.write_bytes(record + b"\tgoroutine 1\n" * 5000 + record * 5)
    with file.open("rb") as opened:
        middle = two_process_read._split_offset(opened)
    assert file.read_bytes()[middle:] == record * 5


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\n" * 9999,
        b"x" * 9999,
        log(FILTER_FROM_BYTES).replace(b"level", b"lvl"),
        gzip.compress(log(FILTER_FROM_BYTES)),
    ],
    ids=["empty", "brace", "blank", "long", "other", "gzip"],
)
def test_a_file_that_cannot_be_split_is_read_from_its_chunks(file, content):
    file.write_bytes(content)
    with file.open("rb") as opened:
        assert two_process_read._split_offset(opened) is None
    assert scanned(content, file) == scanned(content)


@pytest.mark.parametrize("name", ["missing.log", "."])
def test_a_file_that_cannot_be_opened_is_read_from_its_chunks(tmp_path, name):
    data = log(FILTER_FROM_BYTES)
    assert scanned(data, tmp_path / name) == scanned(data)


def test_a_pipe_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert scanned(b"", tmp_path / "pipe")[0] == []


def numbers(*, chunks=(), start=0, killed_at=None, count=20):
    """Parts that are numbers, from 100 in the second half; its process may be killed before one of them."""
    list(chunks)
    first = 100 if start else 0
    for number in range(first, first + count):
        if is_child() and number == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)
        yield number


def read(file, **how):
    file.write_bytes(log(FILTER_FROM_BYTES))
    return list(
        read_in_two_processes(file, (), lambda chunks, start: numbers(chunks=chunks, start=start, **how))
    )


WHOLE = [*range(20), *range(100, 120)]


@pytest.mark.parametrize("killed_at", [None, 100, 107, 119])
def test_parts_of_a_killed_process_are_read_by_the_first(file, killed_at):
    assert read(file, killed_at=killed_at) == WHOLE


def test_a_process_that_fails_prints_nothing(file, capfd):
    def failing(chunks, start):
        for number in numbers(chunks=chunks, start=start):
            if is_child() and number == 110:
                raise MemoryError
            yield number

    file.write_bytes(log(FILTER_FROM_BYTES))
    assert list(read_in_two_processes(file, (), failing)) == WHOLE
    assert capfd.readouterr() == ("", "")


def test_without_a_second_process_the_first_reads_both_halves(file, monkeypatch):
    def refused():
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refused)
    assert read(file) == WHOLE


def test_the_buffer_is_bounded(file, monkeypatch):
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.two_process_read.MAX_BUFFERED_BYTES", 1000)
    held = []
    receive_available = two_process_read._SecondHalf.receive_available

    def noting(second_half):
        receive_available(second_half)
        held.append(second_half._packed_bytes)

    monkeypatch.setattr(two_process_read._SecondHalf, "receive_available", noting)
    file.write_bytes(log(FILTER_FROM_BYTES))
    large = b"x" * 600

    def parts_of(chunks, start):
        yield from ((number, large) for number in numbers(chunks=chunks, start=start, count=2000))

    found = [number for number, _ in read_in_two_processes(file, (), parts_of)]
    assert found == [*range(2000), *range(100, 2100)]
    assert max(held) < 2000


@pytest.mark.parametrize("place", [0, 19, 20, 30])
def test_the_second_process_ends_with_the_generator(file, place):
    file.write_bytes(log(FILTER_FROM_BYTES))
    found = read_in_two_processes(
        file, (), lambda chunks, start: numbers(chunks=chunks, start=start, count=20_000)
    )
    for _ in range(place + 1):
        next(found)
    assert len(multiprocessing.active_children()) <= 1
    found.close()
    assert multiprocessing.active_children() == []


def test_an_interrupted_read_leaves_no_process(file, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    file.write_bytes(log())
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.Aggregator.add_line", interrupted)
    with pytest.raises(KeyboardInterrupt):
        LogScan().read([], path=file)
    assert multiprocessing.active_children() == []


def test_a_read_error_is_a_usage_error(file, monkeypatch):
    def damaged(*_):
        raise OSError(5, "Input/output error")

    file.write_bytes(log(FILTER_FROM_BYTES))
    with file.open("rb") as opened:
        monkeypatch.setattr(os, "pread", damaged)
        with pytest.raises(UsageError, match=r"cannot read .*ipamd.log: Input/output error"):
            next(two_process_read._read_range(opened, 0))


def test_the_same_parts_each_time():
    data = [log()]
    assert list(partial(scan_parts, data)()) == list(scan_parts(data))
