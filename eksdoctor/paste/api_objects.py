"""API objects in a pasted text, as `kubectl get -o yaml|json` and `aws … --output json` print them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.actions import KINDS
from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.snapshot import decode

BY_NAME: dict[str, Kind[Any]] = {
    "Node": kinds.NODES,
    "Pod": kinds.PODS,
    "Event": kinds.EVENTS,
    "DaemonSet": kinds.DAEMON_SETS,
    "ENIConfig": kinds.ENI_CONFIGS,
    "SecurityGroupPolicy": kinds.SECURITY_GROUP_POLICIES,
    "CNINode": kinds.CNI_NODES,
    "ConfigMap": kinds.CONFIG_MAPS,
    "NodePool": kinds.NODE_POOLS,
    "EC2NodeClass": kinds.EC2_NODE_CLASSES,
}
BY_KEY: dict[str, Kind[Any]] = {
    kind.items: kind for kind in reversed(KINDS) if kind.file.startswith("aws/") and kind.items
}
MOST_DOCUMENTS = 200
MOST_BLOCK = 1 << 20
_JSON = re.compile(r"^[ \t]{0,16}[\[{]", re.MULTILINE)
_YAML = re.compile(r"^(?:apiVersion|kind): ?\S.*$", re.MULTILINE)
_KEYS = re.compile(r'"(?:kind|apiVersion|' + "|".join(map(re.escape, BY_KEY)) + r')"')
MOST_READ = 32 << 20
"""So many characters of JSON are tried altogether, those that were read to no end included."""
MOST_YAML = 512 << 10
LEAST_YAML = 1024
"""A YAML document, however short, counts so much: there are at most 512."""
_LINE = re.compile(r"\s|[A-Za-z]\w{0,40}:|- |#|$")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LOOK_AHEAD = 4096
_MOST_CUTS = 8


def records(text: str) -> list[tuple[Kind[Any], Any]]:
    """The objects that a snapshot has a place for; what is none, or cannot be read, is passed over."""
    found: list[tuple[Kind[Any], Any]] = []
    for document in (*_json(text), *_yaml(text)):
        for kind, entry in _of(document):
            try:
                record = decode(kind, entry)
            except (msgspec.ValidationError, TypeError):
                continue
            found.append((kind, entry if kind.whole else record))
            if len(found) >= MOST_DOCUMENTS:
                return found
    return found


def _json(text: str) -> Iterator[Any]:
    decoder, end, left = json.JSONDecoder(), 0, MOST_READ
    for match in _JSON.finditer(text):
        start = match.end() - 1
        if start < end or not _KEYS.search(text, start, start + _LOOK_AHEAD):
            continue
        piece = text[start : start + MOST_BLOCK]
        left -= len(piece)
        if left < 0:
            return
        try:
            document, length = decoder.raw_decode(piece)
        except (ValueError, RecursionError):
            continue
        end = start + length
        left += len(piece) - length
        yield document


def _yaml(text: str) -> Iterator[Any]:
    end, left = 0, MOST_YAML
    for match in _YAML.finditer(text):
        if match.start() >= end and left > 0:
            block = _block(text, match.start(), min(left, MOST_YAML))
            end = match.start() + len(block)
            left -= max(len(block), LEAST_YAML)
            yield _loaded(block)


def _block(text: str, start: int, most: int) -> str:
    """The lines of a YAML document: until a separator or a line that is neither indented nor a key."""
    end = start
    while end < len(text) and end - start < most:
        after = text.find("\n", end) + 1 or len(text)
        if text.startswith("---", end) or not _LINE.match(text, end, after):
            break
        end = after
    return text[start : min(end, start + most)]


def _loaded(block: str) -> Any:
    """The block as YAML; of one that was cut off, or that ends in something else, as much as is YAML."""
    lines = block.splitlines()
    for _ in range(_MOST_CUTS):
        if not lines:
            return None
        try:
            return _plain("\n".join(lines))
        except yaml.MarkedYAMLError as fault:
            mark = fault.problem_mark or fault.context_mark
            lines = lines[: min(mark.line, len(lines) - 1)] if mark is not None else lines[:-1]
        except (yaml.YAMLError, ValueError, RecursionError):
            return None
    return None


def _plain(text: str) -> Any:
    """Plain data, without anchors: a short text must not grow into a large one."""
    if "*" in text and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_LOADER)):
        return None
    return _without_nulls(yaml.load(text, Loader=_LOADER))  # noqa: S506 (plain data only)


def _without_nulls(document: Any) -> Any:
    """Kubernetes reads a null as nothing said; a key whose value was cut off is one."""
    if isinstance(document, dict):
        return {key: _without_nulls(value) for key, value in document.items() if value is not None}
    if isinstance(document, list):
        return [_without_nulls(value) for value in document]
    return document


def _of(document: Any) -> Iterator[tuple[Kind[Any], Any]]:
    if isinstance(document, list):
        for part in document[:MOST_DOCUMENTS]:
            yield from _of(part)
        return
    if not isinstance(document, dict):
        return
    name = document.get("kind")
    items = document.get("items")
    if isinstance(items, list):
        for part in items[:MOST_DOCUMENTS]:
            if isinstance(part, dict):
                inner = str(name).removesuffix("List")
                yield from _of({"kind": inner, **part} if inner in BY_NAME else part)
    elif name in BY_NAME:
        yield BY_NAME[str(name)], document
    else:
        for key in BY_KEY.keys() & document.keys():
            inside = document[key]
            for part in inside if isinstance(inside, list) else [inside]:
                yield BY_KEY[key], part
