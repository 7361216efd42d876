"""The daemon's own book of a node's ENIs and addresses: its introspection (`/v1/enis`) and its checkpoint.

A bundle of the node holds both; nothing of it can be had through the API server.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from eksdoctor.evidence.inputs import ipamd_introspection
from eksdoctor.evidence.inputs.ipamd_checkpoint import parse_checkpoint
from eksdoctor.evidence.inputs.ipamd_state import IpamdEnis
from eksdoctor.evidence.observed.source import SourceKind
from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.node_texts import NodeTexts
from eksdoctor.model.facts.fact import NotKnown, Reason, Unknown, fact, known

UNREAD = Unknown((Reason("ipamd's introspection data was not read here", asked=False),))


@dataclass(frozen=True, slots=True)
class Assignment:
    """An address that the daemon holds for a pod, `namespace/name` where it says of which."""

    address: str
    pod: str


class DaemonBook(NodePart, name="book"):
    """What the daemon of one node has in its book."""

    @cached_property
    def _documents(self) -> tuple[tuple[bytes, datetime | None], ...]:
        words = self.node.cluster.part(NodeTexts).words_of(self.node.name)
        return tuple(
            (one.text.encode("utf-8", "replace"), one.at)
            for one in words
            if one.kind == SourceKind.INTROSPECTION
        )

    @fact
    def enis(self) -> IpamdEnis:
        """Its ENIs, by the introspection; the totals alone where the answer was cut off."""
        read = (ipamd_introspection.parse_enis(document) for document, _ in self._documents)
        found = [book for book in read if book is not None]
        if not found:
            raise NotKnown(UNREAD)
        return max(found, key=lambda book: book.whole)

    @fact
    def eni_ids(self) -> frozenset[str]:
        """The ids of the ENIs it knows, on whichever network card."""
        book = known(self.enis)
        if not book.whole:
            raise NotKnown.because("ipamd's introspection data is truncated")
        return frozenset(eni.id for eni in book.enis)

    @fact
    def assigned_at(self) -> tuple[tuple[datetime, int], ...]:
        """How many addresses it held for pods, each time its book was read."""
        found = []
        for document, at in self._documents:
            number = _assigned(document)
            if number is not None and at is not None:
                found.append((at, number))
        return tuple(found)

    @fact
    def assignments(self) -> tuple[Assignment, ...]:
        """The addresses that it holds for pods, by its checkpoint, else by the introspection."""
        for document, _ in self._documents:
            allocations = parse_checkpoint(document)
            if allocations is not None:
                return tuple(Assignment(one.address, one.pod) for one in allocations)
        blocks = (block for eni in known(self.enis).enis for block in eni.cidrs)
        return tuple(
            Assignment(one.address, one.pod) for block in blocks for one in block.addresses if one.assigned
        )


def _assigned(document: bytes) -> int | None:
    allocations = parse_checkpoint(document)
    if allocations is not None:
        return len(allocations)
    book = ipamd_introspection.parse_enis(document)
    return book.assigned if book is not None else None
