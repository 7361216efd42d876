"""Rule text with placeholders, `{{ path | filter }}`: checked when loaded, rendered into spans."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from eksdoctor.engine.evaluation.finding import Prose, Span, plain
from eksdoctor.engine.language import rule_types
from eksdoctor.engine.language.condition import Getter, Values, parse, path_of
from eksdoctor.engine.language.filters import FILTERS, Forms, parse_filter
from eksdoctor.engine.language.plural import agree_in_number
from eksdoctor.errors import UsageError
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown

PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A place in a text for a value; `show` is its filter."""

    path: str
    get: Getter
    show: Callable[[object], str] | Forms

    def spans(self, values: Values) -> Prose:
        """The value as text; raises NotKnown if it is unknown."""
        found = self.get(values)
        if isinstance(found, Unknown):
            raise NotKnown(found)
        if isinstance(found, Items) and not found.elements and found.missing is not None:
            raise NotKnown(found.missing)
        if not isinstance(self.show, Forms):
            return (Span(self.show(found), is_value=True),)
        form = self.show.of(found)
        number = Span(FILTERS["count"](found), is_value=True)
        return (number, Span(f" {form}")) if self.show.has_number else (Span(form),)

    def unknown(self, text: str) -> Prose:
        """The same where the value is unknown: `text` in its place."""
        if not isinstance(self.show, Forms):
            return (Span(text),)
        return (Span(text), Span(f" {self.show.many}")) if self.show.has_number else (Span(self.show.many),)

    def is_known(self, values: Values) -> bool:
        """Whether the value is known."""
        try:
            self.spans(values)
        except NotKnown:
            return False
        return True

    @property
    def source(self) -> str:
        """The placeholder for readers of a rule: `<path>`, with the plural form if it has one."""
        return plain(self.unknown(f"<{self.path}>"))


@dataclass(frozen=True, slots=True)
class Template:
    """A text with placeholders; `parts` in order."""

    parts: tuple[str | Placeholder, ...]

    def render(self, values: Values) -> Prose:
        """The text; an unknown value reads `unknown (reason)`, a repeated reason only `unknown`."""
        spans: list[Span] = []
        reasons: set[str] = set()
        for part in self.parts:
            if isinstance(part, str):
                spans.append(Span(part))
                continue
            try:
                spans.extend(part.spans(values))
            except NotKnown as missing:
                reason = str(missing)
                spans.extend(part.unknown("unknown" if reason in reasons else f"unknown ({reason})"))
                reasons.add(reason)
        return agree_in_number(tuple(spans))

    def is_known(self, values: Values) -> bool:
        """Whether every value is known."""
        return all(placeholder.is_known(values) for placeholder in self._placeholders)

    def has_known_value(self, values: Values) -> bool:
        """Whether a value is known, or the text has no placeholder."""
        placeholders = self._placeholders
        return not placeholders or any(placeholder.is_known(values) for placeholder in placeholders)

    @property
    def _placeholders(self) -> tuple[Placeholder, ...]:
        return tuple(part for part in self.parts if isinstance(part, Placeholder))

    def render_exact(self, values: Values, quote: Callable[[str], str] = str) -> str:
        """The text with every value quoted; raises NotKnown if one is unknown."""
        return "".join(
            part if isinstance(part, str) else quote(plain(part.spans(values))) for part in self.parts
        )

    @property
    def source(self) -> str:
        """The text for readers of a rule: `<path>` in place of values."""
        return "".join(part if isinstance(part, str) else part.source for part in self.parts)


def compile_prose(text: str, scope: rule_types.Scope) -> Template:
    """The template in `text` with white space collapsed; raises like `compile_template`."""
    return compile_template(" ".join(text.split()), scope)


def compile_template(text: str, scope: rule_types.Scope) -> Template:
    """The template in `text`; raises UsageError for an unknown fact or filter."""
    if "{%" in text or "{#" in text:
        raise UsageError(
            f"{text!r}: only {{{{ name | filter }}}} is allowed", "Use `when` and `for` instead."
        )
    parts: list[str | Placeholder] = []
    for index, piece in enumerate(PLACEHOLDER.split(text)):
        if index % 2:
            parts.append(_placeholder(piece, scope))
        elif piece:
            parts.append(piece)
    return Template(tuple(parts))


def readable_source(text: str) -> str:
    """A rule's text for readers: `<path>` in place of values; paths are not checked."""
    return PLACEHOLDER.sub(lambda match: _parsed(match[1], int, lambda _: None).source, text)


def _placeholder(text: str, scope: rule_types.Scope) -> Placeholder:
    path = text.partition("|")[0].strip()
    get, hint = path_of(parse(path), scope, path)
    return _parsed(text, hint, get)


def _parsed(text: str, hint: object, get: Getter) -> Placeholder:
    path, _, name = (part.strip() for part in text.partition("|"))
    return Placeholder(path, get, parse_filter(name, hint, path))
