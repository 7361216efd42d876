"""What standard error says while the collectors work."""

import io
import sys
from datetime import UTC, datetime

import pytest

from eksdoctor.cli.progress import Progress
from eksdoctor.snapshot.records.kubernetes import LIST_NODES
from eksdoctor.snapshot.request import Answer, Request
from eksdoctor.snapshot.snapshot import Snapshot

SNAPSHOT = Snapshot(at=datetime(2026, 1, 1, tzinfo=UTC))


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(monkeypatch, stream, quiet):
    monkeypatch.setattr(sys, "stderr", stream)
    with Progress(lambda _: "41 pods\x1b[2J wait", quiet=quiet) as progress:
        progress.round_started(1, [Request.of(LIST_NODES)])
        progress.answered(Answer(Request.of(LIST_NODES)))
        progress.round_finished(1, SNAPSHOT)
        progress.round_started(2, [Request.of(LIST_NODES)])
        progress.round_finished(2, SNAPSHOT)
    return stream.getvalue()


def test_a_terminal_sees_rounds_and_a_first_sentence(monkeypatch):
    text = shown(monkeypatch, Terminal(), quiet=False)
    assert text.count("So far: 41 pods wait\n") == 1
    assert "round 1: 1 of 1 API calls answered" in text
    assert text.endswith("\r\x1b[2K")


@pytest.mark.parametrize(("stream", "quiet"), [(io.StringIO(), False), (Terminal(), True)])
def test_nobody_else_is_shown(monkeypatch, stream, quiet):
    assert shown(monkeypatch, stream, quiet) == ""
