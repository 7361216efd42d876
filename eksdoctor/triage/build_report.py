"""Build the report: evaluate every rule of a rulebook on a snapshot."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeGuard

from eksdoctor.engine.evaluation.evaluate import Fired, Outcome, Undecided, evaluate, grouped
from eksdoctor.engine.evaluation.finding import Confidence, CouldNotTell, Finding, Severity
from eksdoctor.engine.evaluation.write_finding import write_finding
from eksdoctor.engine.rulebook.load import Rulebook
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.pod_events import PodEvents
from eksdoctor.model.facts.fact import Items, Unknown
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.subnets.pod_subnets import PodSubnets
from eksdoctor.snapshot.records.aws import GET_CALLER_IDENTITY
from eksdoctor.snapshot.snapshot import Snapshot
from eksdoctor.triage.pod_verdicts import verdicts
from eksdoctor.triage.report import FailedRequest, Passed, Report, Run
from eksdoctor.triage.shared_options import lever_advice
from eksdoctor.triage.summary import access_to_request, is_about_risks, summarize

MOST_SUBJECTS = 20
AUDIT = "audit"
CONFIDENCES = (Confidence.CONFIRMED, Confidence.LIKELY, Confidence.PRESSURE, Confidence.PAST)


def build_report(
    snapshot: Snapshot, rulebook: Rulebook, snapshot_path: str = "", beside: tuple[str, ...] = ()
) -> Report:
    """The report on a snapshot; the same snapshot and rulebook give the same report."""
    return build_cluster_report(Cluster(snapshot), rulebook, snapshot_path, beside)


def build_cluster_report(
    cluster: Cluster, rulebook: Rulebook, snapshot_path: str = "", beside: tuple[str, ...] = ()
) -> Report:
    """The report on a cluster whose model the caller needs too, so that logs are parsed once."""
    snapshot = cluster.snapshot
    outcomes = [evaluate(rule, cluster) for rule in rulebook]
    undecided = tuple(one for outcome in outcomes for one in outcome.undecided)
    fired = [one for outcome in outcomes for one in outcome.fired]
    findings = _in_order(fired, rulebook, snapshot)
    found = verdicts(cluster, findings, undecided)
    inconclusive = could_not_tell(undecided)
    asks = access_to_request(snapshot, cluster)
    return Report(
        run=replace(_run(snapshot, cluster, snapshot_path), beside=beside),
        summary=summarize(cluster, findings, found, inconclusive, asks),
        is_about_risks=is_about_risks(cluster, found),
        verdicts=found,
        findings=findings,
        levers=lever_advice(cluster, rulebook, findings, snapshot.target),
        could_not_tell=inconclusive,
        refusals=_refusals(snapshot),
        passed=_passed(outcomes),
        asks=asks,
        counts=_counts(cluster),
    )


def _in_order(fired: Iterable[Fired], rulebook: Rulebook, snapshot: Snapshot) -> tuple[Finding, ...]:
    """Findings by severity, causes before consequences, then by confidence, pods and stage."""
    place = {rule.id: index for index, rule in enumerate(rulebook)}
    written = (write_finding(members, snapshot.target) for members in grouped(fired))
    findings = [finding for finding in written if _is_for_purpose(finding, snapshot.purpose)]

    def urgency(finding: Finding) -> tuple[object, ...]:
        return (
            list(Severity).index(finding.severity),
            _is_folded(finding, findings),
            CONFIDENCES.index(finding.confidence),
            -len(finding.pods),
            place[finding.rule],
            finding.group,
        )

    return tuple(sorted(findings, key=urgency))


def _is_for_purpose(finding: Finding, purpose: str) -> bool:
    """Whether the finding belongs in the report: advice that affects no pod is for an audit only."""
    is_mere_advice = finding.severity == Severity.ADVICE and not finding.pods
    return purpose == AUDIT or not is_mere_advice or finding.verdict != "explained"


def _is_folded(finding: Finding, findings: list[Finding]) -> bool:
    """Whether every pod of the finding has a cause that supersedes it."""
    above = {pod for other in findings if other.rule in finding.yields_to for pod in other.pods}
    return bool(finding.pods) and set(finding.pods) <= above


def could_not_tell(undecided: Iterable[Undecided]) -> tuple[CouldNotTell, ...]:
    """Inconclusive rules by rule, reason and grant, without data that was left out on purpose."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for one in undecided:
        for reason in one.unknown.reasons:
            if reason.asked:
                rows.setdefault((one.rule.id, reason.text, reason.grant), []).append(one.subject)
    return tuple(
        CouldNotTell(
            rule, text, grant, len(named := [s for s in subjects if s]), tuple(named[:MOST_SUBJECTS])
        )
        for (rule, text, grant), subjects in rows.items()
    )


def _refusals(snapshot: Snapshot) -> tuple[FailedRequest, ...]:
    counted: dict[tuple[str, str], tuple[str, str, int]] = {}
    for request, refusal in snapshot.refusals.items():
        key = (request.action.name, refusal.reason)
        message, grant, count = counted.get(key, (refusal.message, refusal.grant, 0))
        counted[key] = (message, grant, count + 1)
    return tuple(
        FailedRequest(action, reason, message, grant, count)
        for (action, reason), (message, grant, count) in sorted(counted.items())
    )


def _passed(outcomes: Iterable[Outcome]) -> tuple[Passed, ...]:
    rows: list[Passed] = []
    for outcome in outcomes:
        if outcome.clear:
            rows.append(Passed(outcome.rule.id, "clear", outcome.clear))
        if outcome.not_applicable and not (outcome.clear or outcome.fired or outcome.undecided):
            rows.append(Passed(outcome.rule.id, "does-not-apply", outcome.not_applicable))
    return tuple(rows)


def _counts(cluster: Cluster) -> dict[str, int]:
    found = {
        "nodes": cluster.part(Nodes).nodes,
        "pods_in_trouble": cluster.part(AffectedPods).pods_in_trouble,
        "pod_subnets": cluster.part(PodSubnets).pod_subnets,
    }
    return {name: len(items) for name, items in found.items() if _is_counted(items)}


def _is_counted(items: Items[Any] | Unknown) -> TypeGuard[Items[Any]]:
    """Whether the number is known: an incomplete list without elements is not zero."""
    return isinstance(items, Items) and (bool(items.elements) or items.missing is None)


def _run(snapshot: Snapshot, cluster: Cluster, path: str) -> Run:
    target = snapshot.target
    callers = snapshot.of(GET_CALLER_IDENTITY.kind)
    name = cluster.target_name
    return Run(
        tool=snapshot.tool,
        purpose=snapshot.purpose,
        at=snapshot.at,
        window_seconds=snapshot.window.total_seconds(),
        context=target.context,
        cluster=name if isinstance(name, str) else "",
        account=callers[0].account if callers else target.account,
        region=target.region,
        namespace=snapshot.focus.namespace,
        pod=snapshot.focus.pod,
        requests=len(snapshot.outcomes),
        partial=snapshot.interrupted,
        snapshot=path,
        warnings=_warnings(cluster, snapshot),
    )


def _warnings(cluster: Cluster, snapshot: Snapshot) -> tuple[str, ...]:
    found: list[str] = []
    if cluster.is_same_in_aws is False:
        found.append("kubeconfig and AWS show different clusters: AWS data is not used")
    if snapshot.has_node_logs_only:
        found.append("node logs only: no data from the cluster itself")
    elif not snapshot.has_manifest:
        found.append("folder without a manifest: lists may be incomplete")
    events = cluster.part(PodEvents)
    if events.narrowed:
        read = f"{' and '.join(events.narrowed)} in {events.permitted_namespace} only"
        found.append(f"permission denied for other namespaces: read {read}")
    late = [refusal for refusal in snapshot.refusals.values() if refusal.reason == "timeout"]
    if late:
        found.append(
            f"{len(late)} of {len(snapshot.outcomes)} API calls were not answered within the deadline"
        )
    return tuple(found)
