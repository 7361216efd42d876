"""A rule's words: prose with holes, `{{ path | filter }}`, checked when loaded, rendered into spans."""

import json
import re
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from eksdoctor.engine.evaluation.finding import Prose, Span
from eksdoctor.engine.language import rule_types
from eksdoctor.engine.language.condition import Getter, Values, parse, path_of
from eksdoctor.engine.language.plural import agree_in_number
from eksdoctor.errors import UsageError
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown

PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
SHOWN = 5  # names of a list before it is folded


def _count(value: object) -> str:
    if isinstance(value, Items):
        return f"{'at least ' if value.missing is not None else ''}{len(value)}"
    return str(len(value)) if isinstance(value, tuple | list) else str(value)


def _names(value: object) -> str:
    names = (
        [str(part) for part in value]
        if isinstance(value, Iterable) and not isinstance(value, str)
        else [str(value)]
    )
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _first(value: object) -> str:
    return next((str(part) for part in value), "") if isinstance(value, Iterable) else str(value)


def _time(value: object) -> str:
    return value.strftime("%H:%M UTC") if isinstance(value, datetime) else str(value)


FILTERS: dict[str, Callable[[object], str]] = {
    "count": _count,
    "names": _names,
    "first": _first,
    "time": _time,
    "json": lambda value: json.dumps(str(value)),
    "shell": lambda value: shlex.quote(str(value)),
}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A place that a value fills."""

    path: str
    get: Getter
    show: Callable[[object], str]

    def value(self, values: Values) -> str:
        """The value in words; raises NotKnown when it is not known."""
        found = self.get(values)
        if isinstance(found, Unknown):
            raise NotKnown(found)
        if isinstance(found, Items) and not found.elements and found.missing is not None:
            raise NotKnown(found.missing)
        return self.show(found)

    def is_known(self, values: Values) -> bool:
        """Whether there is a value to show."""
        try:
            self.value(values)
        except NotKnown:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Template:
    """A template: author's words and holes, in order."""

    parts: tuple[str | Placeholder, ...]

    def render(self, values: Values) -> Prose:
        """Spans; what is not known reads `unknown (reason)`, each reason said once."""
        spans: list[Span] = []
        told: set[str] = set()
        for part in self.parts:
            if isinstance(part, str):
                spans.append(Span(part))
                continue
            try:
                spans.append(Span(part.value(values), is_value=True))
            except NotKnown as missing:
                reason = str(missing)
                spans.append(Span("unknown" if reason in told else f"unknown ({reason})"))
                told.add(reason)
        return agree_in_number(tuple(spans))

    def is_known(self, values: Values) -> bool:
        """Whether every value is known."""
        return all(hole.is_known(values) for hole in self._holes)

    def has_known_value(self, values: Values) -> bool:
        """Whether any value is known, or the words need none: `unknown nodes draw on it` is no evidence."""
        return not self._holes or any(hole.is_known(values) for hole in self._holes)

    @property
    def _holes(self) -> tuple[Placeholder, ...]:
        return tuple(part for part in self.parts if isinstance(part, Placeholder))

    def render_exact(self, values: Values, quote: Callable[[str], str] = str) -> str:
        """The text with every value quoted; raises NotKnown when one is not known."""
        return "".join(part if isinstance(part, str) else quote(part.value(values)) for part in self.parts)

    @property
    def source(self) -> str:
        """The template as it reads without values: holes as `<path>`."""
        return "".join(part if isinstance(part, str) else f"<{part.path}>" for part in self.parts)


def compile_prose(text: str, scope: rule_types.Scope) -> Template:
    """Prose: white space folds into single blanks."""
    return compile_template(" ".join(text.split()), scope)


def compile_template(text: str, scope: rule_types.Scope) -> Template:
    """A template with its white space kept; raises UsageError for an unknown fact or filter."""
    if "{%" in text or "{#" in text:
        raise UsageError(
            f"{text!r}: only {{{{ name | filter }}}} is known", "Choose with `when` and `for` instead."
        )
    parts: list[str | Placeholder] = []
    for index, piece in enumerate(PLACEHOLDER.split(text)):
        if index % 2:
            parts.append(_hole(piece, scope))
        elif piece:
            parts.append(piece)
    return Template(tuple(parts))


def _hole(text: str, scope: rule_types.Scope) -> Placeholder:
    path, _, name = (part.strip() for part in text.partition("|"))
    get, hint = path_of(parse(path), scope, path)
    if not name:
        return Placeholder(path, get, _names if rule_types.element(hint) is not None else str)
    if name not in FILTERS:
        raise UsageError(f"{path}: no filter is called {name}", rule_types.suggestion(name, FILTERS))
    return Placeholder(path, get, FILTERS[name])
