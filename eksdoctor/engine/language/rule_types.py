"""The model's types as rules see them: which facts an object has, and of what type."""

import sys
import types
import typing
from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum
from functools import cache

from eksdoctor.errors import EksDoctorError, UsageError
from eksdoctor.model.facts import fact
from eksdoctor.model.facts.fact import Items, Unknown
from eksdoctor.model.facts.subject import Subject, registered_names

Scope = Mapping[str, object]  # name → type


def attribute(owner: object, name: str, path: str) -> object:
    """The type of `name` on a value of type `owner`; raises UsageError with a suggestion when it has none."""
    inner = without_unknown(owner)
    if typing.get_origin(inner) is Items:
        raise UsageError(f"{path} is a collection and has no {name}", "Compare or iterate it, or add a fact.")
    if not isinstance(inner, type):
        raise UsageError(f"{path} has no {name}")
    if issubclass(inner, Mapping):
        raise UsageError(f"{path} is a mapping and has no {name}", "Add a fact that looks the key up.")
    found = facts_of(inner)  # type: ignore[arg-type]  # classes hash
    if name not in found:
        raise UsageError(f"{path} has no fact {name}", suggestion(name, found))
    return found[name]


def suggestion(name: str, known: typing.Iterable[str], otherwise: str = "") -> str:
    """`Did you mean …?`, else `otherwise`, else the list of known names."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f"Did you mean {close[0]}?"
    return otherwise or f"Use one of: {', '.join(names[:40])}."


def without_unknown(hint: object) -> object:
    """A fact's own type, less Unknown."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        rest = [part for part in typing.get_args(hint) if part is not Unknown]
        if len(rest) == 1:
            return rest[0]
    return hint


def element(hint: object) -> object | None:
    """The element type of a collection, None when it is none."""
    inner = without_unknown(hint)
    if typing.get_origin(inner) in (Items, tuple, list):
        first: object = typing.get_args(inner)[0]
        return first
    return None


def is_enum(hint: object) -> bool:
    """Whether values of the type are one of a list of words."""
    inner = without_unknown(hint)
    return isinstance(inner, type) and issubclass(inner, StrEnum)


def describe(hint: object) -> str:
    """The name of a type."""
    inner = without_unknown(hint)
    return getattr(inner, "__name__", str(inner))


@cache
def facts_of(owner: type) -> dict[str, object]:
    """The facts of a type by name, with their types: its own, and those that its parts add."""
    found: dict[str, object] = {}
    for base in reversed(owner.__mro__[:-1]):
        for name, hint in getattr(base, "__annotations__", {}).items():
            if not name.startswith("_"):
                found[name] = _resolved(hint, base)
        for name, member in vars(base).items():
            formula = _formula(member)
            if formula is not None and not name.startswith("_"):
                hints = getattr(formula, "__annotations__", {})
                if "return" in hints:
                    found[name] = _resolved(hints["return"], base)
    return found | _parts(owner)


def _parts(owner: type) -> dict[str, object]:
    """What the parts of a subject add: the part itself under its name, or each fact of an inline part."""
    if not issubclass(owner, Subject):
        return {}
    added: dict[str, object] = {}
    for name, entry in registered_names(owner).items():
        if not entry.is_inline:
            added[name] = entry.part
        elif name in (facts := facts_of(entry.part)):  # type: ignore[arg-type]  # classes hash
            added[name] = facts[name]
    return added


def sentence_of(owner: type, name: str) -> str:
    """The first line of a fact's docstring; empty when it has none."""
    entry = registered_names(owner).get(name) if issubclass(owner, Subject) else None
    if entry is not None and not entry.is_inline:
        return _first_line(entry.part.__doc__)
    holder = entry.part if entry is not None else owner
    member = next((vars(base)[name] for base in holder.__mro__ if name in vars(base)), None)
    return _first_line(getattr(_formula(member), "__doc__", None))


def _first_line(docstring: str | None) -> str:
    return (docstring or "").strip().partition("\n")[0]


def _formula(member: object) -> object:
    if isinstance(member, fact.fact):
        return member.formula
    if isinstance(member, property):
        return member.fget
    return getattr(member, "func", None) if type(member).__name__ == "cached_property" else None


def _resolved(hint: object, owner: type) -> object:
    if not isinstance(hint, str) and not _holds_text(hint):
        return hint
    holder = types.FunctionType((lambda: None).__code__, {})
    holder.__annotations__ = {"return": hint}
    try:
        return typing.get_type_hints(holder, vars(sys.modules[owner.__module__]))["return"]
    except NameError as error:
        raise EksDoctorError(
            f"{owner.__module__}.{owner.__qualname__}: {error}, which a fact there returns",
            "Import the type in that module when it runs, not for type checking alone.",
        ) from error


def _holds_text(hint: object) -> bool:
    return any(
        isinstance(part, str | typing.ForwardRef) or _holds_text(part) for part in typing.get_args(hint)
    )
