"""Of which nodes the logs are read: the last thing asked, and only for causes that are not yet confirmed.

Reading a node's log takes `nodes/proxy`, a right that amounts to exec, so it is asked of few nodes and
never needed. Which, depends on the verdicts; so this is no part of `inquiry`, which knows no rules.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import chain, zip_longest

from eksdoctor.collection_plan.next_requests import questions
from eksdoctor.engine.evaluation.finding import Confidence
from eksdoctor.engine.rulebook.load import Rulebook
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.model.facts.fact import Items
from eksdoctor.model.observations.log_sources import Voices
from eksdoctor.snapshot.records.node_text import GET_NODE_LOG, GET_POD_LOG
from eksdoctor.snapshot.request import Request
from eksdoctor.snapshot.snapshot import Snapshot
from eksdoctor.triage.build_report import examine
from eksdoctor.triage.report import State, Verdict

MOST_NODES = 30  # in all, however many causes are open
_LOGS = (GET_NODE_LOG, GET_POD_LOG)


def asking(rulebook: Rulebook, nodes_of_a_cause: int) -> Callable[[Snapshot], list[Request]]:
    """All questions of a run: what the model needs, then logs of so many nodes for each open cause."""

    def asked(snapshot: Snapshot) -> list[Request]:
        return questions(snapshot) or node_logs(snapshot, rulebook, nodes_of_a_cause)

    return asked


def node_logs(snapshot: Snapshot, rulebook: Rulebook, nodes_of_a_cause: int) -> list[Request]:
    """The logs that could confirm a cause or find one; asked for once in a run."""
    if nodes_of_a_cause <= 0 or not snapshot.has_manifest or snapshot.interrupted or _were_asked(snapshot):
        return []
    cluster = Cluster(snapshot)
    trouble = cluster.pods_in_trouble
    if not isinstance(trouble, Items) or not trouble.elements:
        return []
    voices = Voices(cluster)
    nodes = _nodes(examine(snapshot, rulebook).verdicts, rulebook, nodes_of_a_cause)
    found: list[Request] = []
    for node in nodes[:MOST_NODES]:
        found += voices.logs(node)
        if cluster.pod_requests[1] is not None:  # no events, which would repeat the plugin's words
            found += voices.plugin_logs(node)
    return list(dict.fromkeys(found))


def _were_asked(snapshot: Snapshot) -> bool:
    return any(request.action in _LOGS for request in snapshot.outcomes)


def _nodes(verdicts: Iterable[Verdict], rulebook: Rulebook, most: int) -> list[str]:
    """For each open cause its nodes with most pods; where it is found in several places, some of each."""
    causes: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        if _is_open(verdict, rulebook):
            causes[verdict.cause].append(verdict)
    chosen = (_in_turn(places)[: max(most, len(places))] for places in causes.values())
    return list(dict.fromkeys(chain.from_iterable(chosen)))


def _is_open(verdict: Verdict, rulebook: Rulebook) -> bool:
    """Whether a daemon's words could change this verdict: no testimony confirms a rule that looks at none."""
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
