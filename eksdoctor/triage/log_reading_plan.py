"""The nodes whose logs are read: the last requests of a run, only for causes that are not confirmed.

Reading a node's log needs `nodes/proxy`, which is as strong as exec. It is optional and used on few nodes.
The choice depends on verdicts, so it is not part of `collection_plan`, which knows no rules.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import chain, zip_longest

from eksdoctor.collection_plan.next_requests import next_requests
from eksdoctor.engine.evaluation.finding import Confidence
from eksdoctor.engine.rulebook.load import Rulebook
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.pod_events import PodEvents
from eksdoctor.model.facts.fact import Items
from eksdoctor.model.observations.log_sources import Voices
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.snapshot.records.node_text import GET_NODE_LOG, GET_POD_LOG
from eksdoctor.snapshot.request import Request
from eksdoctor.snapshot.snapshot import Snapshot
from eksdoctor.triage.build_report import build_report
from eksdoctor.triage.report import State, Verdict

MOST_NODES = 30  # in total, for any number of causes
_LOGS = (GET_NODE_LOG, GET_POD_LOG)


def request_planner(rulebook: Rulebook, nodes_of_a_cause: int) -> Callable[[Snapshot], list[Request]]:
    """The requests of each round: first those of the model, then logs of some nodes for each open cause."""

    def next_round(snapshot: Snapshot) -> list[Request]:
        return next_requests(snapshot) or log_requests(snapshot, rulebook, nodes_of_a_cause)

    return next_round


def log_requests(snapshot: Snapshot, rulebook: Rulebook, nodes_of_a_cause: int) -> list[Request]:
    """The logs that may confirm or find a cause; empty once logs were requested."""
    if (
        nodes_of_a_cause <= 0
        or not snapshot.has_manifest
        or snapshot.interrupted
        or _were_requested(snapshot)
    ):
        return []
    cluster = Cluster(snapshot)
    trouble = cluster.part(AffectedPods).pods_in_trouble
    if not isinstance(trouble, Items) or not trouble.elements:
        return []
    voices = Voices(cluster)
    nodes = _nodes(build_report(snapshot, rulebook).verdicts, rulebook, nodes_of_a_cause)
    found: list[Request] = []
    for node in nodes[:MOST_NODES]:
        found += voices.logs(node)
        if (
            cluster.part(PodEvents).pod_requests[1] is not None
        ):  # events, which show the plugin's errors, are missing
            found += voices.plugin_logs(node)
    return list(dict.fromkeys(found))


def _were_requested(snapshot: Snapshot) -> bool:
    return any(request.action in _LOGS for request in snapshot.outcomes)


def _nodes(verdicts: Iterable[Verdict], rulebook: Rulebook, most: int) -> list[str]:
    """For each open cause the nodes with most affected pods, in turn from each of its verdicts."""
    causes: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        if _is_open(verdict, rulebook):
            causes[verdict.cause].append(verdict)
    chosen = (_in_turn(places)[: max(most, len(places))] for places in causes.values())
    return list(dict.fromkeys(chain.from_iterable(chosen)))


def _is_open(verdict: Verdict, rulebook: Rulebook) -> bool:
    """Whether ipamd's log may change the verdict: only rules with `seen_when` use log evidence."""
    if verdict.state is State.CANNOT_TELL:
        return True
    rule = rulebook.rules.get(verdict.cause)
    return verdict.confidence is Confidence.LIKELY and rule is not None and bool(rule.seen_when)


def _in_turn(verdicts: list[Verdict]) -> list[str]:
    """The first node of each verdict, the second of each, and so on, each once."""
    ordered = sorted(verdicts, key=lambda verdict: (-len(verdict.pods), _first(verdict)))
    return _interleaved([_ranked(verdict) for verdict in ordered])


def _ranked(verdict: Verdict) -> list[str]:
    """The nodes of a verdict, those with most pods first; of each zone in turn, whose subnets differ."""
    counted = Counter((pod.zone, pod.node) for pod in verdict.pods if pod.node)
    zones: defaultdict[str, list[str]] = defaultdict(list)
    for zone, node in sorted(counted, key=lambda place: (-counted[place], place)):
        zones[zone].append(node)
    return _interleaved(list(zones.values()))


def _interleaved(lists: list[list[str]]) -> list[str]:
    return list(dict.fromkeys(node for turn in zip_longest(*lists) for node in turn if node))


def _first(verdict: Verdict) -> str:
    return min((pod.name for pod in verdict.pods), default="")
