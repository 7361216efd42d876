"""A large file that two processes read says what it says to one."""

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
from eksdoctor.evidence.fast_scan.log_scan import LONG, Scan, parts
from eksdoctor.evidence.fast_scan.two_process_read import in_halves
from tests.bench.log_scan import daemon_log
from tests.testimony.samples import assign_refused, zap
from tests.testimony.test_scan import FOREIGN, LEVELS, MESSAGES, line_of, told

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="one process reads where none can be forked")
PARENT = os.getpid()


@pytest.fixture(autouse=True)
def _every_file_is_large(monkeypatch):
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.two_process_read.SMALLEST", 1)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.can_fork", lambda: True)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.LONG", 1)


@pytest.fixture(autouse=True)
def _no_process_is_left():
    yield
    assert multiprocessing.active_children() == []


@pytest.fixture
def file(tmp_path):
    return tmp_path / "ipamd.log"


def heard(data, path=None, step=1 << 16):
    """What a stream says, and its extent less what is skimmed.

    Since when the latest numbers hold is known as exactly as what repeats is bundled: by blocks.
    """
    scan = Scan()
    extent = scan.read([data[at : at + step] for at in range(0, len(data), step)], path=path)
    seen = (extent.size, extent.first, extent.last, extent.has_debug)
    return told(replace(one, numbers_since=None) for one in scan.gathering.statements()), seen


def is_child():
    return os.getpid() != PARENT


def log(size=16 * LONG, seed=3):
    return b"".join(daemon_log(size, random.Random(seed)))


@pytest.mark.parametrize("seed", range(3))
def test_the_log_of_a_busy_node(file, seed):
    data = log(seed=seed)
    file.write_bytes(data)
    assert heard(b"", file) == heard(data)


def test_a_skimmed_log(file, monkeypatch):
    data = log(32 * LONG)
    file.write_bytes(data)
    whole = heard(data)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.VERY_LONG", 2 * LONG)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.BLOCK", LONG)
    monkeypatch.setattr("eksdoctor.evidence.text.blocks.STEP", LONG)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.two_process_read.STEP", LONG)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.ENOUGH", 1000)
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.line_skipping.OFTEN", 20)
    assert heard(b"", file) == whole
    assert Scan().read([], path=file).skimmed > 1000


@settings(max_examples=60, deadline=None)
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
        patch.setattr("eksdoctor.evidence.fast_scan.log_scan.BLOCK", data.draw(st.integers(1, 3000)))
        patch.setattr("eksdoctor.evidence.fast_scan.two_process_read.STEP", step)
        (found, seen), (expected, whole) = heard(content, path, step), heard(content, None, step)
    assert found == expected
    assert (seen[0], seen[-1]) == (whole[0], whole[-1])  # stamps out of order are seen where blocks end


def test_a_call_whose_lines_stand_on_both_sides_of_the_cut_is_one(file):
    lines = [zap(assign_refused(7)).encode() + b"\n"] * 2000
    file.write_bytes(b"".join(lines))
    ((statement,), _) = heard(b"", file)
    assert statement.count == 1


def test_what_continues_a_record_is_not_cut_off(file):
    record = zap("panic: no more").encode() + b"\n"
    file.write_bytes(record + b"\tgoroutine 1\n" * 5000 + record * 5)
    with file.open("rb") as opened:
        middle = two_process_read._middle(opened)
    assert file.read_bytes()[middle:] == record * 5


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\n" * 9999, b"x" * 9999, log(LONG).replace(b"level", b"lvl"), gzip.compress(log(LONG))],
    ids=["empty", "brace", "blank", "long", "other", "gzip"],
)  # fmt: skip
def test_what_cannot_be_cut_is_read_from_its_chunks(file, content):
    file.write_bytes(content)
    with file.open("rb") as opened:
        assert two_process_read._middle(opened) is None
    assert heard(content, file) == heard(content)


@pytest.mark.parametrize("name", ["missing.log", "."])
def test_a_file_that_cannot_be_opened_is_read_from_its_chunks(tmp_path, name):
    data = log(LONG)
    assert heard(data, tmp_path / name) == heard(data)


def test_a_pipe_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert heard(b"", tmp_path / "pipe")[0] == []


def numbers(*, chunks=(), start=0, dies=None, count=20):
    """Parts that are numbers, of the second half from 100; its reader may die before one of them."""
    list(chunks)
    first = 100 if start else 0
    for number in range(first, first + count):
        if is_child() and number == dies:
            os.kill(os.getpid(), signal.SIGKILL)
        yield number


def read(file, **how):
    file.write_bytes(log(LONG))
    return list(in_halves(file, (), lambda chunks, start: numbers(chunks=chunks, start=start, **how)))


WHOLE = [*range(20), *range(100, 120)]


@pytest.mark.parametrize("dies", [None, 100, 107, 119])
def test_what_a_killed_reader_left_is_read_all_the_same(file, dies):
    assert read(file, dies=dies) == WHOLE


def test_a_reader_that_fails_says_nothing(file, capfd):
    def failing(chunks, start):
        for number in numbers(chunks=chunks, start=start):
            if is_child() and number == 110:
                raise MemoryError
            yield number

    file.write_bytes(log(LONG))
    assert list(in_halves(file, (), failing)) == WHOLE
    assert capfd.readouterr() == ("", "")


def test_without_a_second_process_one_reads_both(file, monkeypatch):
    def refused():
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refused)
    assert read(file) == WHOLE


def test_what_is_read_ahead_is_bounded(file, monkeypatch):
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.two_process_read.MOST_AHEAD", 1000)
    held = []
    take = two_process_read._Ahead.take

    def noting(ahead):
        take(ahead)
        held.append(ahead._size)

    monkeypatch.setattr(two_process_read._Ahead, "take", noting)
    file.write_bytes(log(LONG))
    large = b"x" * 600

    def parts_of(chunks, start):
        yield from ((number, large) for number in numbers(chunks=chunks, start=start, count=2000))

    found = [number for number, _ in in_halves(file, (), parts_of)]
    assert found == [*range(2000), *range(100, 2100)]
    assert max(held) < 2000


@pytest.mark.parametrize("place", [0, 19, 20, 30])
def test_the_second_process_ends_with_the_reading(file, place):
    file.write_bytes(log(LONG))
    found = in_halves(file, (), lambda chunks, start: numbers(chunks=chunks, start=start, count=20_000))
    for _ in range(place + 1):
        next(found)
    assert len(multiprocessing.active_children()) <= 1
    found.close()
    assert multiprocessing.active_children() == []


def test_a_reading_that_is_broken_off_leaves_no_process(file, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    file.write_bytes(log())
    monkeypatch.setattr("eksdoctor.evidence.fast_scan.log_scan.Gathering.hear", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Scan().read([], path=file)
    assert multiprocessing.active_children() == []


def test_a_file_that_fails_later_is_told_in_words(file, monkeypatch):
    def damaged(*_):
        raise OSError(5, "Input/output error")

    file.write_bytes(log(LONG))
    with file.open("rb") as opened:
        monkeypatch.setattr(os, "pread", damaged)
        with pytest.raises(UsageError, match=r"cannot read .*ipamd.log: Input/output error"):
            next(two_process_read._chunks(opened, 0))


def test_the_same_parts_come_each_time():
    data = [log()]
    assert list(partial(parts, data)()) == list(parts(data))
