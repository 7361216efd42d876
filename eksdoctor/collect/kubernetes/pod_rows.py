"""The API server's pod table: 50,000 pods in 8 MB, because it transfers only the printed cells."""

from typing import Any

import msgspec

from eksdoctor.collect.kubernetes.pages import DecodedPage, ListFormat, ListMetadata
from eksdoctor.collect.refusal import refused
from eksdoctor.snapshot.records.kubernetes import PodRow

ACCEPT = "application/json;as=Table;v=v1;g=meta.k8s.io"
COLUMNS = ("Status", "IP", "Node")
PAGE_SIZE = 2500  # a row is 160 bytes; at 500 a page, 50,000 pods would cost a hundred round trips


class Column(msgspec.Struct, frozen=True):
    """The heading of a column."""

    name: str


class Row(msgspec.Struct, frozen=True):
    """A row with all its cells."""

    cells: list[Any]


class Table(msgspec.Struct, rename="camel", frozen=True):
    """An answer in the Table format."""

    column_definitions: list[Column]
    rows: list[Row] | None
    metadata: ListMetadata = msgspec.field(default_factory=ListMetadata)


def decode_table(data: bytes) -> DecodedPage:
    """The rows reduced to status, IP and node, which are found by column name."""
    try:
        table = msgspec.json.decode(data, type=Table)
        headings = [column.name for column in table.column_definitions]
        indexes = [headings.index(name) for name in COLUMNS]
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise refused("undecodable", f"not a table of pods: {error}; begins {data[:60]!r}") from error
    rows = table.rows or []
    whole = [row.cells for row in rows if len(row.cells) > max(indexes)]
    documents: list[Any] = [PodRow(tuple(str(cells[index]) for index in indexes)) for cells in whole]  # type: ignore[arg-type]
    return DecodedPage(documents, len(rows) - len(whole), table.metadata.token)


TABLE = ListFormat(decode_table, PAGE_SIZE, ACCEPT, (("includeObject", "None"),))
