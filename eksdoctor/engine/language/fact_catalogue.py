"""What rules may read: every type that a path can reach, with the facts of each."""

import typing
from collections.abc import Iterator
from dataclasses import dataclass

from eksdoctor.engine.language import rule_types
from eksdoctor.errors import UsageError


@dataclass(frozen=True, slots=True)
class FactEntry:
    """One fact of a type: its name, its type in words, its sentence (empty when undocumented)."""

    name: str
    type: str
    sentence: str


def reachable_types(scope: rule_types.Scope) -> dict[str, type]:
    """The types of the model that paths from `scope` reach, by name, in alphabetical order."""
    found: dict[str, type] = {}
    waiting = [part for hint in scope.values() for part in _classes(hint)]
    while waiting:
        kind = waiting.pop()
        if found.get(kind.__name__) is kind:
            continue
        found[kind.__name__] = kind
        waiting += [part for hint in rule_types.facts_of(kind).values() for part in _classes(hint)]
    return dict(sorted(found.items()))


def facts_of(name: str, scope: rule_types.Scope) -> list[FactEntry]:
    """The facts of a type by its name or by a name of `scope`; raises UsageError with the nearest name."""
    types = reachable_types(scope)
    wanted = scope.get(name)
    kind = wanted if isinstance(wanted, type) else types.get(name)
    if kind is None:
        known = {*types, *scope}
        raise UsageError(f"no type is called {name}", rule_types.suggestion(name, known))
    return [
        FactEntry(fact, _in_words(hint), rule_types.sentence_of(kind, fact))
        for fact, hint in sorted(rule_types.facts_of(kind).items())
    ]


def _classes(hint: object) -> Iterator[type]:
    """The model's own classes in a type, through unions and collections."""
    inner = rule_types.without_unknown(hint)
    if isinstance(inner, type) and inner.__module__.startswith("eksdoctor.model"):
        if not rule_types.is_enum(inner) and typing.get_origin(inner) is None:
            yield inner
        return
    for part in typing.get_args(inner):
        yield from _classes(part)


def _in_words(hint: object) -> str:
    """A type in words, such as `number`, `text` or `list of Node`."""
    inner = rule_types.without_unknown(hint)
    element = rule_types.element(inner)
    if element is not None:
        return f"list of {_in_words(element)}"
    if inner is str:
        return "text"
    if rule_types.is_enum(inner):
        return "one of " + ", ".join(str(member) for member in inner)  # type: ignore[attr-defined]
    if isinstance(inner, type):
        return "yes or no" if inner is bool else "number" if inner is int else inner.__name__
    parts = [part for part in typing.get_args(inner) if part is not type(None)]
    return " or ".join(_in_words(part) for part in parts) or str(inner)
