"""Filters of rule text: `{{ path | filter }}` and `{{ path | plural('pod waits', 'pods wait') }}`."""

import ast
import json
import re
import shlex
from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass
from datetime import datetime

from eksdoctor.engine.language import rule_types
from eksdoctor.errors import UsageError
from eksdoctor.model.facts.fact import Items

SHOWN = 5
"""Names of a list that are shown; the others are counted."""
_CALL = re.compile(r"(?P<name>\w+)\s*(?:\((?P<arguments>.*)\))?", re.DOTALL)


def _count(value: object) -> str:
    if isinstance(value, Items):
        return f"{'at least ' if value.missing is not None else ''}{len(value)}"
    return str(len(value)) if isinstance(value, tuple | list) else str(value)


def names(value: object) -> str:
    """The first names of a collection and the number of others, else the value as text."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value)
    found = [str(part) for part in value]
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return ", ".join(found[:SHOWN]) + more


def _first(value: object) -> str:
    return next((str(part) for part in value), "") if isinstance(value, Iterable) else str(value)


def _time(value: object) -> str:
    return value.strftime("%H:%M UTC") if isinstance(value, datetime) else str(value)


FILTERS: dict[str, Callable[[object], str]] = {
    "count": _count,
    "names": names,
    "first": _first,
    "time": _time,
    "json": lambda value: json.dumps(str(value)),
    "shell": lambda value: shlex.quote(str(value)),
}


@dataclass(frozen=True, slots=True)
class Forms:
    """The two forms of a text after a number. `plural` prints the number before it, `form` does not."""

    one: str
    many: str
    has_number: bool

    def of(self, value: object) -> str:
        """The form for a number or for the size of a collection."""
        number = len(value) if isinstance(value, Sized) else value
        return self.one if number == 1 else self.many


def parse_filter(text: str, hint: object, path: str) -> Callable[[object], str] | Forms:
    """The filter in `text` for a value of type `hint`; raises UsageError if it does not exist or fit."""
    if not text:
        return names if rule_types.element(hint) is not None else str
    call = _CALL.fullmatch(text)
    name = call["name"] if call else text
    if name in ("plural", "form"):
        return _forms(name, (call and call["arguments"]) or "", hint, path)
    if name not in FILTERS or (call and call["arguments"] is not None):
        raise UsageError(f"{path}: unknown filter {text}", rule_types.suggestion(name, FILTERS))
    return FILTERS[name]


def _forms(name: str, arguments: str, hint: object, path: str) -> Forms:
    if rule_types.without_unknown(hint) is not int and rule_types.element(hint) is None:
        raise UsageError(f"{path}: {name} needs a number or a collection")
    try:
        found = ast.literal_eval(f"({arguments},)")
    except (SyntaxError, ValueError):
        found = ()
    match found:
        case (str(one), str(many)):
            return Forms(one, many, has_number=name == "plural")
    raise UsageError(f"{path}: {name} needs two texts", f"Write {name}('pod waits', 'pods wait').")
