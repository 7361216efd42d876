"""Field and label selectors, as the API server reads them."""

import re
from collections.abc import Callable
from typing import Any

from tests.lab.kubernetes.resources import Fields

Matches = Callable[[Any], bool]
_TERM = re.compile(r"([^=!,]+?)\s*(==|!=|=)\s*(.*)")
_SET = re.compile(r"(\S+)\s+(in|notin)\s*\(([^)]*)\)")
_BETWEEN = re.compile(r",(?![^(]*\))")  # commas inside (a, b) belong to the set


class BadSelectorError(Exception):
    """A selector the API server would refuse, with its words."""


def by_fields(selector: str, fields: Fields) -> Matches:
    """Whether a document's fields match; unknown fields are refused."""
    wanted = [_field_term(term, fields) for term in selector.split(",") if term.strip()]

    def matches(document: Any) -> bool:
        return all(
            (value_at(document, path, absent) == value) is equal for path, absent, value, equal in wanted
        )

    return matches


def _field_term(term: str, fields: Fields) -> tuple[str, str, str, bool]:
    found = _TERM.fullmatch(term.strip())
    if not found:
        raise BadSelectorError(f"invalid selector: '{term}'; can't understand '{term}'")
    name, operator, value = found.groups()
    if name not in fields:
        raise BadSelectorError(f"field label not supported: {name}")
    path, absent = fields[name]
    return path, absent, value, operator != "!="


def value_at(document: Any, path: str, absent: str = "") -> str:
    """The text at a dotted path; booleans as the API writes them."""
    for key in path.split("."):
        if not isinstance(document, dict) or key not in document:
            return absent
        document = document[key]
    return str(document).lower() if isinstance(document, bool) else str(document)


def by_labels(selector: str) -> Matches:
    """Whether a document's labels match: `a=b`, `a!=b`, `a`, `!a`, `a in (b, c)`, `a notin (b)`."""
    wanted = [_label_term(term.strip()) for term in _BETWEEN.split(selector) if term.strip()]

    def matches(document: Any) -> bool:
        labels = document.get("metadata", {}).get("labels") or {}
        return all(term(labels) for term in wanted)

    return matches


def _label_term(term: str) -> Matches:
    if among := _SET.fullmatch(term):
        name, operator, inner = among.groups()
        values = {value.strip() for value in inner.split(",")}
        if operator == "in":
            return lambda labels: name in labels and labels[name] in values
        return lambda labels: name not in labels or labels[name] not in values
    if found := _TERM.fullmatch(term):
        name, operator, value = (part.strip() for part in found.groups())
        if operator == "!=":
            return lambda labels: labels.get(name) != value
        return lambda labels: labels.get(name) == value
    if re.fullmatch(r"!?[\w./-]+", term):
        name = term.removeprefix("!")
        return lambda labels: (name in labels) is not term.startswith("!")
    raise BadSelectorError(f"unable to parse requirement: found '{term}', expected: an operator or ','")
