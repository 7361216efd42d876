"""API objects in a pasted text, as `kubectl get -o yaml|json` and `aws … --output json` print them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from eksdoctor.snapshot.actions import KINDS
from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.records.karpenter import LIST_EC2_NODE_CLASSES, LIST_NODE_POOLS
from eksdoctor.snapshot.records.kubernetes import (
    GET_CONFIG_MAP,
    LIST_CNI_NODES,
    LIST_DAEMON_SETS,
    LIST_ENI_CONFIGS,
    LIST_EVENTS,
    LIST_NODES,
    LIST_PODS,
    LIST_SECURITY_GROUP_POLICIES,
)
from eksdoctor.snapshot.snapshot import decode

KIND_BY_NAME: dict[str, Kind[Any]] = {
    "Node": LIST_NODES.kind,
    "Pod": LIST_PODS.kind,
    "Event": LIST_EVENTS.kind,
    "DaemonSet": LIST_DAEMON_SETS.kind,
    "ENIConfig": LIST_ENI_CONFIGS.kind,
    "SecurityGroupPolicy": LIST_SECURITY_GROUP_POLICIES.kind,
    "CNINode": LIST_CNI_NODES.kind,
    "ConfigMap": GET_CONFIG_MAP.kind,
    "NodePool": LIST_NODE_POOLS.kind,
    "EC2NodeClass": LIST_EC2_NODE_CLASSES.kind,
}
KIND_BY_LIST_KEY: dict[str, Kind[Any]] = {
    kind.items: kind for kind in reversed(KINDS) if kind.file.startswith("aws/") and kind.items
}
MAX_DOCUMENTS = 200
MAX_DOCUMENT_CHARACTERS = 1 << 20
_JSON = re.compile(r"^[ \t]{0,16}[\[{]", re.MULTILINE)
_YAML = re.compile(r"^(?:apiVersion|kind): ?\S.*$", re.MULTILINE)
_KEYS = re.compile(r'"(?:kind|apiVersion|' + "|".join(map(re.escape, KIND_BY_LIST_KEY)) + r')"')
MAX_JSON_CHARACTERS = 32 << 20
"""How many characters of JSON are parsed in total, failed attempts included."""
MAX_YAML_CHARACTERS = 512 << 10
MIN_YAML_COST = 1024
"""A short YAML document counts as this many characters: at most 512 documents are parsed."""
_LINE = re.compile(r"\s|[A-Za-z]\w{0,40}:|- |#|$")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KEY_SEARCH_CHARACTERS = 4096
_MAX_ATTEMPTS = 8


def find_records(text: str) -> list[tuple[Kind[Any], Any]]:
    """The objects that a snapshot can hold; others and unreadable ones are ignored."""
    found: list[tuple[Kind[Any], Any]] = []
    for document in (*_json_documents(text), *_yaml_documents(text)):
        for kind, entry in _objects_of(document):
            try:
                record = decode(kind, entry)
            except (msgspec.ValidationError, TypeError):
                continue
            found.append((kind, entry if kind.whole else record))
            if len(found) >= MAX_DOCUMENTS:
                return found
    return found


def _json_documents(text: str) -> Iterator[Any]:
    decoder, end, budget = json.JSONDecoder(), 0, MAX_JSON_CHARACTERS
    for match in _JSON.finditer(text):
        start = match.end() - 1
        if start < end or not _KEYS.search(text, start, start + _KEY_SEARCH_CHARACTERS):
            continue
        piece = text[start : start + MAX_DOCUMENT_CHARACTERS]
        budget -= len(piece)
        if budget < 0:
            return
        try:
            document, length = decoder.raw_decode(piece)
        except (ValueError, RecursionError):
            continue
        end = start + length
        budget += len(piece) - length
        yield document


def _yaml_documents(text: str) -> Iterator[Any]:
    end, budget = 0, MAX_YAML_CHARACTERS
    for match in _YAML.finditer(text):
        if match.start() >= end and budget > 0:
            block = _yaml_block(text, match.start(), min(budget, MAX_YAML_CHARACTERS))
            end = match.start() + len(block)
            budget -= max(len(block), MIN_YAML_COST)
            yield _load_yaml(block)


def _yaml_block(text: str, start: int, most: int) -> str:
    """The lines of a YAML document: up to a separator or a line that is neither indented nor a key."""
    end = start
    while end < len(text) and end - start < most:
        after = text.find("\n", end) + 1 or len(text)
        if text.startswith("---", end) or not _LINE.match(text, end, after):
            break
        end = after
    return text[start : min(end, start + most)]


def _load_yaml(block: str) -> Any:
    """The block as YAML; if it is cut off or followed by other text, the part that is valid."""
    lines = block.splitlines()
    for _ in range(_MAX_ATTEMPTS):
        if not lines:
            return None
        try:
            return _load_without_aliases("\n".join(lines))
        except yaml.MarkedYAMLError as fault:
            mark = fault.problem_mark or fault.context_mark
            lines = lines[: min(mark.line, len(lines) - 1)] if mark is not None else lines[:-1]
        except (yaml.YAMLError, ValueError, RecursionError):
            return None
    return None


def _load_without_aliases(text: str) -> Any:
    """Plain data without aliases: a short text must not expand into a large one."""
    if "*" in text and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_LOADER)):
        return None
    return _without_nulls(yaml.load(text, Loader=_LOADER))  # noqa: S506 (plain data only)


def _without_nulls(document: Any) -> Any:
    """Kubernetes treats null as absent; a key whose value was cut off is null."""
    if isinstance(document, dict):
        return {key: _without_nulls(value) for key, value in document.items() if value is not None}
    if isinstance(document, list):
        return [_without_nulls(value) for value in document]
    return document


def _objects_of(document: Any) -> Iterator[tuple[Kind[Any], Any]]:
    if isinstance(document, list):
        for part in document[:MAX_DOCUMENTS]:
            yield from _objects_of(part)
        return
    if not isinstance(document, dict):
        return
    name = document.get("kind")
    items = document.get("items")
    if isinstance(items, list):
        for part in items[:MAX_DOCUMENTS]:
            if isinstance(part, dict):
                inner = str(name).removesuffix("List")
                yield from _objects_of({"kind": inner, **part} if inner in KIND_BY_NAME else part)
    elif name in KIND_BY_NAME:
        yield KIND_BY_NAME[str(name)], document
    else:
        for key in KIND_BY_LIST_KEY.keys() & document.keys():
            inside = document[key]
            for part in inside if isinstance(inside, list) else [inside]:
                yield KIND_BY_LIST_KEY[key], part
