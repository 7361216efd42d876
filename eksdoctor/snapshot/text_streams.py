"""Text too large for a record, read as a stream from a bundle, a file or standard input."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stream:
    """One text; each call of `open` returns its bytes from the beginning.

    `kind` is a value of `evidence.observed.source.SourceKind`, `name` its path, `node` the node it is
    from, if known; `path` is a file with exactly these bytes, if there is one.
    """

    kind: str
    name: str
    open: Callable[[], Iterator[bytes]]
    node: str = ""
    path: Path | None = None
