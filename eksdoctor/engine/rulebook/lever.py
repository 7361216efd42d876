"""An option (`lever` in rule files): a cluster-wide setting that fixes several findings, shown once."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from eksdoctor.engine.language.condition import Condition
from eksdoctor.engine.language.prose import Template, compile_prose
from eksdoctor.engine.rulebook.compile import BASE, compiled_conditions, fix_part, loop_of, read_strictly
from eksdoctor.engine.rulebook.rule import EvidenceText, FixPart, FixText, Loop, conditions
from eksdoctor.errors import UsageError


class LeverText(msgspec.Struct, forbid_unknown_fields=True):
    """An option file as written."""

    id: str
    name: str
    title: str
    changes: str
    ways: list[FixText]
    gains: list[EvidenceText] = []


@dataclass(frozen=True, slots=True)
class GainPart:
    """The effect of an option on one subnet or node."""

    says: Template
    loop: Loop | None
    when: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class LeverRule:
    """A compiled option; the first of its `ways` whose `when` holds is shown.

    `name` is the title without values, used if one of them is unknown.
    """

    id: str
    name: str
    title: Template
    changes: Template
    gains: tuple[GainPart, ...]
    ways: tuple[FixPart, ...]


def read_lever(path: Path) -> LeverRule:
    """The option in a file; raises UsageError naming the file."""
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
