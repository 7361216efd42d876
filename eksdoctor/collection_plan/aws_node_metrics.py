"""The nodes whose aws-node metrics are read.

Metrics need one request per node, and pods may wait on thousands of nodes. The counters of one node are
representative of its subnet and instance type, so a sample is enough: some nodes of each, those with most
affected pods first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, zip_longest

from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.facts.fact import Items
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.observations.log_sources import Voices
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.snapshot.records.node_text import GET_POD_METRICS
from eksdoctor.snapshot.request import Request
from eksdoctor.snapshot.snapshot import Snapshot

ENOUGH = 8  # nodes in total, or more if there are more pairs of subnet and instance type
MOST = 200


def next_requests(cluster: Cluster) -> Iterator[Request]:
    """The metrics of nodes with affected pods; requested once in a run."""
    nodes = cluster.part(AffectedPods).nodes_in_question
    if not isinstance(nodes, Items) or _were_requested(cluster.snapshot):
        return
    voices = Voices(cluster)
    asked = {node.name: request for node in nodes if (request := voices.metrics(node.name)) is not None}
    waiting = _pods_in_trouble(cluster)
    for node in sample([node for node in nodes if node.name in asked], waiting):
        yield asked[node.name]


def sample(nodes: Iterable[Node], waiting: Counter[str]) -> list[Node]:
    """One node of each subnet and instance type, then the next of each, up to 8 or one of each."""
    groups: defaultdict[tuple[str, str], list[Node]] = defaultdict(list)
    for node in sorted(nodes, key=lambda node: (-waiting[node.name], node.name)):
        groups[_group_key(node)].append(node)
    turns = chain.from_iterable(zip_longest(*(groups[key] for key in sorted(groups))))
    found = [node for node in turns if node is not None]
    return found[: min(MOST, max(ENOUGH, len(groups)))]


def _were_requested(snapshot: Snapshot) -> bool:
    return any(request.action is GET_POD_METRICS for request in snapshot.outcomes)


def _group_key(node: Node) -> tuple[str, str]:
    subnet, kind = node.part(NodePool).pod_subnet, node.instance_type
    return (subnet.id if isinstance(subnet, Subnet) else "", kind if isinstance(kind, str) else "")


def _pods_in_trouble(cluster: Cluster) -> Counter[str]:
    pods = cluster.part(AffectedPods).pods_in_trouble
    return Counter(pod.node_name for pod in pods) if isinstance(pods, Items) else Counter()
