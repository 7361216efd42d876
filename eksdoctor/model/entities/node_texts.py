"""Texts that were read from nodes."""

from collections import defaultdict
from functools import cached_property

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records.node_text import Words


class NodeTexts(ClusterPart):
    """Logs, metrics and introspection answers of nodes, as far as the snapshot keeps them."""

    @cached_property
    def _words(self) -> defaultdict[str, list[Words]]:
        found: defaultdict[str, list[Words]] = defaultdict(list)
        for words in self.cluster.snapshot.of(kinds.WORDS):
            found[words.node].append(words)
        return found

    def words_of(self, node: str) -> tuple[Words, ...]:
        """What a node's daemon wrote, as far as it was kept as a record."""
        return tuple(self._words.get(node, ()))
