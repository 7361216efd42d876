"""EC2's filters: names declared per operation, values with `*` and `?`, all filters must match."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jmespath

from tests.lab.aws.wire import AwsError

MOST_VALUES = 200


def matching(documents: tuple[Any, ...], filters: list[Any], known: Mapping[str, str]) -> list[Any]:
    """The documents that pass; `known` maps filter names to JMESPath expressions of their values."""
    if sum(len(one.get("Values", ())) for one in filters) > MOST_VALUES:
        raise AwsError(
            "FilterLimitExceeded",
            f"The maximum number of filter values specified on a single call is {MOST_VALUES}",
        )
    found = list(documents)
    for one in filters:
        expression = _expression(str(one.get("Name", "")), known)
        pattern = _pattern(tuple(one.get("Values", ())))
        found = [document for document in found if _passes(expression.search(document), pattern)]
    return found


def _passes(values: Any, pattern: re.Pattern[str]) -> bool:
    many = values if isinstance(values, list) else [values]
    return any(value is not None and pattern.fullmatch(_text(value)) for value in many)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _expression(name: str, known: Mapping[str, str]) -> Any:
    if name in known:
        return _compiled(known[name])
    tags = known.get("tags")
    if tags and name.startswith("tag:"):
        return _compiled(f"{tags}[?Key=={_literal(name.removeprefix('tag:'))}].Value")
    if tags and name == "tag-key":
        return _compiled(f"{tags}[].Key")
    raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")


@cache
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@cache
def _pattern(values: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_one_pattern(value) for value in values) or r"(?!)", re.DOTALL)


def _one_pattern(value: str) -> str:
    """`*` any text, `?` any character, and a backslash takes the meaning from both."""
    parts = re.findall(r"\\.|.", value, re.DOTALL)
    meaning = {"*": ".*", "?": "."}
    return "".join(meaning.get(part) or re.escape(part[-1]) for part in parts)
