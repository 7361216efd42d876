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


def told(monkeypatch, stream, voice):
    monkeypatch.setattr(sys, "stderr", stream)
    with Progress(voice, lambda _: "41 pods\x1b[2J wait") as progress:
        progress.round_started(1, [Request.of(LIST_NODES)])
        progress.answered(Answer(Request.of(LIST_NODES)))
        progress.round_finished(1, SNAPSHOT)
        progress.round_started(2, [Request.of(LIST_NODES)])
        progress.round_finished(2, SNAPSHOT)
    return stream.getvalue()


def test_a_terminal_sees_rounds_and_a_first_sentence(monkeypatch):
    said = told(monkeypatch, Terminal(), "spoken")
    assert said.count("So far: 41 pods wait\n") == 1
    assert "round 1: 1 of 1 answers" in said
    assert said.endswith("\r\x1b[2K")


@pytest.mark.parametrize(("stream", "voice"), [(io.StringIO(), "spoken"), (Terminal(), "quiet")])
def test_nobody_else_is_told(monkeypatch, stream, voice):
    assert told(monkeypatch, stream, voice) == ""
