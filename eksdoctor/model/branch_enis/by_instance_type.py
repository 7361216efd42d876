"""The nodes of one instance type that offer branch ENIs, taken together."""

from collections import defaultdict
from collections.abc import Iterable

from eksdoctor.model.branch_enis.node_branch_enis import NodeBranch
from eksdoctor.model.entities.node import Node
from eksdoctor.model.facts.fact import Items, Unknown, fact, known


class BranchType:
    """One instance type."""

    name: str

    def __init__(self, name: str, nodes: "Iterable[Node]") -> None:
        self.name = name
        self.nodes = tuple(nodes)

    def __str__(self) -> str:
        return self.name

    @property
    def count(self) -> int:
        """How many nodes of the type offer branch ENIs."""
        return len(self.nodes)

    @fact
    def limit(self) -> int:
        """Branch ENIs that they offer together."""
        return sum(known(node.part(NodeBranch).limit) for node in self.nodes)

    @fact
    def used(self) -> int:
        """Pods seen on them that count against these."""
        return sum(known(node.part(NodeBranch).used) for node in self.nodes)


def by_type(nodes: "Items[Node]") -> Items[BranchType]:
    """Nodes by instance type, those of unknown type under that word."""
    found: defaultdict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        name = node.instance_type
        found["unknown type" if isinstance(name, Unknown) else name].append(node)
    return Items(tuple(BranchType(name, found[name]) for name in sorted(found)), nodes.missing)
