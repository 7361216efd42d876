"""Field and label selectors, as the API server reads them."""

import re
from collections.abc import Iterator
from typing import Any

LABEL_TERM = re.compile(
    r"\s*(?P<key>!?[\w./-]+)\s*(?P<operator>in|notin|==|!=|=)?\s*(?P<value>\([^)]*\)|[^,]*)\s*(?:,|$)"
)


def selects(document: dict[str, Any], fields: str, labels: str) -> bool:
    """Whether a document meets both selectors; an empty one is met by all."""
    return all(_field_holds(document, term) for term in fields.split(",") if term) and all(
        _label_holds(document["metadata"].get("labels") or {}, *term) for term in _label_terms(labels)
    )


def _field_holds(document: dict[str, Any], term: str) -> bool:
    path, operator, wanted = re.split(r"(!=|==|=)", term, maxsplit=1)
    value: Any = document
    for step in path.split("."):
        value = value.get(step, "") if isinstance(value, dict) else ""
    return (str(value or "") == wanted) == (operator != "!=")


def _label_terms(labels: str) -> Iterator[tuple[str, str, str]]:
    for term in LABEL_TERM.finditer(labels):
        yield term["key"], term["operator"] or "", term["value"]


def _label_holds(labels: dict[str, str], key: str, operator: str, value: str) -> bool:
    match operator:
        case "":
            return (key.removeprefix("!") in labels) != key.startswith("!")
        case "in" | "notin":
            chosen = {word.strip() for word in value.strip("()").split(",")}
            return (labels.get(key) in chosen) == (operator == "in")
        case _:
            return (labels.get(key) == value.strip()) == (operator != "!=")
