"""Resource ids at any depth of a JSON document."""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from eksdoctor.evidence.inputs.ipamd_introspection import string_or_empty

MAX_VISITED = 4000
MAX_IDS = 32


def ids_in(document: Any, keys: frozenset[str], pattern: re.Pattern[str]) -> tuple[str, ...]:
    """The ids under these keys at any depth: each API nests its parameters differently. At most MAX_IDS."""
    found: dict[str, None] = {}
    for entry in objects_in(document):
        for key, value in entry.items():
            if key.lower() in keys:
                several = value if isinstance(value, list) else [value]
                found |= dict.fromkeys(one for one in several if pattern.fullmatch(string_or_empty(one)))
    return tuple(found)[:MAX_IDS]


def objects_in(document: Any) -> Iterator[Mapping[str, Any]]:
    """The objects in a document, outer ones first, at most MAX_VISITED."""
    queue = deque([document])
    for _ in range(MAX_VISITED):
        if not queue:
            return
        value = queue.popleft()
        if isinstance(value, dict):
            yield value
            queue.extend(inner for inner in value.values() if isinstance(inner, dict | list))
        elif isinstance(value, list):
            queue.extend(inner for inner in value if isinstance(inner, dict | list))
