"""What a node's daemon wrote, as text: the tail of a log, a page of metrics, its own book of addresses."""

from msgspec import Struct

from eksdoctor.snapshot.records.timestamp import Timestamp


class Words(Struct, omit_defaults=True, frozen=True):
    """One text of one node.

    `kind` is a value of `evidence.observed.source.SourceKind`, `name` the file or path it came from.
    `whole` is False when its beginning is missing. `at` is when it was read, which dates a counter.
    """

    kind: str
    node: str = ""
    pod: str = ""
    name: str = ""
    text: str = ""
    whole: bool = True
    at: Timestamp | None = None
