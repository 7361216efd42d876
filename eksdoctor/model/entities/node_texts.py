"""Texts that were read from nodes."""

from collections import defaultdict
from functools import cached_property

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.snapshot.records.node_text import NODE_TEXTS, NodeText


class NodeTexts(ClusterPart):
    """Logs, metrics and introspection answers of nodes, as far as the snapshot keeps them."""

    @cached_property
    def _words(self) -> defaultdict[str, list[NodeText]]:
        found: defaultdict[str, list[NodeText]] = defaultdict(list)
        for words in self.cluster.snapshot.of(NODE_TEXTS):
            found[words.node].append(words)
        return found

    def words_of(self, node: str) -> tuple[NodeText, ...]:
        """What a node's daemon wrote, as far as it was kept as a record."""
        return tuple(self._words.get(node, ()))
