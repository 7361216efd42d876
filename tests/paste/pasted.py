"""Pastes of our own, with the answers that an expert would accept, and the way to ask for one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import yaml

from eksdoctor.paste.build_snapshot import assemble
from eksdoctor.paste.pasted_text import Page
from eksdoctor.triage.decode.decode import decoded
from tests.shared import rulebook

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Paste:
    name: str
    texts: tuple[str, ...]
    says: tuple[str, ...]
    at_most: str


@cache
def pastes():
    return tuple(
        Paste(
            entry["name"],
            tuple(entry["files"] if "files" in entry else [entry["text"]]),
            tuple(entry["says"]),
            entry.get("at_most", "confirmed"),
        )
        for file in sorted(Path(__file__).with_name("pastes").glob("*.yaml"))
        for entry in yaml.safe_load(file.read_text("utf-8"))
    )


def snapshot(*texts, now=NOW):
    return assemble([Page(f"{number}.txt", text) for number, text in enumerate(texts)], (), now)


def decode(*texts):
    return decoded(snapshot(*texts), rulebook())


def answers(found):
    """The state; the cause as well, when there is one: either may be what an expert accepts."""
    return {found.cause} if found.state == "explained" else {str(found.state), found.cause}
