"""A lever: a cluster-wide setting that several findings name as their fix, printed once."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from eksdoctor.engine.language.condition import Condition
from eksdoctor.engine.language.prose import Template, compile_prose
from eksdoctor.engine.rulebook.compile import BASE, compiled_conditions, fix_part, loop_of, read_strictly
from eksdoctor.engine.rulebook.rule import EvidenceText, FixPart, FixText, Loop, conditions
from eksdoctor.errors import UsageError


class LeverText(msgspec.Struct, forbid_unknown_fields=True):
    """A lever file as written."""

    id: str
    name: str
    title: str
    changes: str
    ways: list[FixText]
    gains: list[EvidenceText] = []


@dataclass(frozen=True, slots=True)
class GainPart:
    """What pulling a lever gives one subnet or node."""

    says: Template
    loop: Loop | None
    when: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class LeverRule:
    """A compiled lever; the first of its `ways` whose `when` holds is printed.

    `name` is the title without values, for when one of them is not known.
    """

    id: str
    name: str
    title: Template
    changes: Template
    gains: tuple[GainPart, ...]
    ways: tuple[FixPart, ...]


def read_lever(path: Path) -> LeverRule:
    """The lever in a file; raises UsageError naming the file."""
    text = read_strictly(path, LeverText)
    try:
        _check_name(text, path)
        gains = []
        for part in text.gains:
            loop, scope = loop_of(part.for_, BASE)
            when = compiled_conditions(conditions(part.when), scope)
            gains.append(GainPart(compile_prose(part.says, scope), loop, when))
        return LeverRule(
            text.id,
            text.name,
            compile_prose(text.title, BASE),
            compile_prose(text.changes, BASE),
            tuple(gains),
            tuple(fix_part(part, BASE) for part in text.ways),
        )
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", error.advice) from error


def _check_name(text: LeverText, path: Path) -> None:
    if text.id != path.stem:
        raise UsageError(f"id {text.id!r} is not the file name", f"Name the file {text.id}.yaml.")
