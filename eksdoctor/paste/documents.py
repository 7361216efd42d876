"""API objects in a pasted text, as `kubectl get -o yaml|json` and `aws … --output json` print them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.kinds import KINDS, Kind
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
_LOOK_AHEAD = 4096
_MOST_CUTS = 40


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
    decoder, end = json.JSONDecoder(), 0
    for match in _JSON.finditer(text):
        if match.start() < end or not _KEYS.search(text, match.start(), match.start() + _LOOK_AHEAD):
            continue
        try:
            document, end = decoder.raw_decode(text[: match.start() + MOST_BLOCK], match.end() - 1)
        except (ValueError, RecursionError):
            continue
        yield document


def _yaml(text: str) -> Iterator[Any]:
    end = 0
    for match in _YAML.finditer(text):
        if match.start() >= end:
            block = _block(text[match.start() : match.start() + MOST_BLOCK])
            end = match.start() + len(block)
            yield _loaded(block)


def _block(text: str) -> str:
    """The lines of a YAML document: until a separator or a line that is neither indented nor a key."""
    kept: list[str] = []
    for line in text.splitlines(keepends=True):
        if line.startswith("---") or not re.match(r"\s|[A-Za-z]\w{0,40}:|- |#|$", line):
            break
        kept.append(line)
    return "".join(kept)


def _loaded(block: str) -> Any:
    """The block as YAML; of one that was cut off, or that ends in something else, as much as is YAML."""
    lines = block.splitlines()
    for _ in range(_MOST_CUTS):
        try:
            return yaml.load("\n".join(lines), Loader=_Loader)  # noqa: S506 (plain data only)
        except (yaml.YAMLError, ValueError, RecursionError):
            if not lines:
                return None
            lines.pop()
    return None


class _Loader(yaml.SafeLoader):
    """Plain data, without anchors: a short text must not grow into a large one."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """A node; an alias is refused."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


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
