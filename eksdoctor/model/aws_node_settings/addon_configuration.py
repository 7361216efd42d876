"""An EKS add-on's configurationValues: a JSON or YAML document, as somebody wrote it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from eksdoctor.model.facts.fact import NotKnown

LONGEST = 100_000  # characters; EKS takes far fewer
AWS_NODE = "aws-node"
INIT = "aws-vpc-cni-init"
PLACES = {AWS_NODE: ("env",), INIT: ("init", "env")}  # container → where its variables stand
Document = dict[str, Any]


class _PlainLoader(yaml.SafeLoader):
    """YAML without references: a document that names its own parts can unfold without end."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("the document refers to its own parts")
        return super().compose_node(parent, index)


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of one container that the document sets."""

    container: str
    name: str
    value: str


def read(text: str) -> Document:
    """The document, empty for no text; raises NotKnown when it is no mapping that can be read."""
    if not text.strip():
        return {}
    if len(text) > LONGEST:
        raise NotKnown.because("the add-on's configurationValues are too long to parse")
    try:
        found: Any = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise NotKnown.because("the add-on's configurationValues can't be parsed") from error
    if found is None:  # comments alone
        return {}
    if not isinstance(found, dict):
        raise NotKnown.because("the add-on's configurationValues are not a mapping")
    return found


def variables(document: Document) -> tuple[Variable, ...]:
    """Every variable that the document sets; raises NotKnown when a place or value cannot be one."""
    return tuple(
        Variable(container, str(name), _text(name, value))
        for container, path in PLACES.items()
        for name, value in _mapping(document, path).items()
    )


def merged(document: Document, changes: Mapping[str, Mapping[str, str | None]]) -> str:
    """The document with variables set, or taken out where None, by container; as JSON.

    UpdateAddon replaces the whole document, so all the rest has to be in it too. Raises NotKnown when the
    document cannot be merged into.
    """
    result = document
    for container, values in changes.items():
        path = PLACES[container]
        present = _mapping(document, path)
        kept = {name: value for name, value in present.items() if values.get(str(name), value) is not None}
        result = _with(result, path, {**kept, **{n: v for n, v in values.items() if v is not None}})
    try:
        return json.dumps(result, sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise NotKnown.because("the add-on's configurationValues cannot be written as JSON") from error


def _mapping(document: Document, path: tuple[str, ...]) -> Document:
    found: Any = document
    for step in path:
        found = found.get(step)
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise NotKnown.because(f"the add-on's configurationValues have no mapping at {'.'.join(path)}")
    return found  # type: ignore[no-any-return]  # a dict by now


def _with(document: Document, path: tuple[str, ...], value: Document) -> Document:
    first, rest = path[0], path[1:]
    inner = _with(document.get(first) or {}, rest, value) if rest else value
    return {**document, first: inner}


def _text(name: object, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise NotKnown.because(f"{name} in the add-on's configurationValues is not a string")
