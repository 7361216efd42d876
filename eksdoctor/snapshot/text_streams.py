"""Text too large for a record: it is read in passing, from a bundle, a file or standard input."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stream:
    """One text; `open` gives its bytes from the beginning, each time it is called.

    `kind` is a value of `evidence.observed.source.SourceKind`, `name` its path, `node` whose it is, if
    known; `path` is where a file has just these bytes, if one has.
    """

    kind: str
    name: str
    open: Callable[[], Iterator[bytes]]
    node: str = ""
    path: Path | None = None
