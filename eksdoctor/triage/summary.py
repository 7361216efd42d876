"""The summary of a report, and the permissions that would make it complete."""

from eksdoctor.engine.evaluation.finding import CouldNotTell, Finding, Prose, Severity
from eksdoctor.engine.evaluation.write_finding import needs
from eksdoctor.engine.language.sentences import sentence
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.pod_events import PodEvents
from eksdoctor.model.entities.pods import Pods
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import LOGIN, gap
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.pods.trouble import PodTrouble, Trouble
from eksdoctor.snapshot.records.aws import DESCRIBE_CLUSTER, GET_CALLER_IDENTITY
from eksdoctor.snapshot.records.node_text import GET_NODE_LOG, GET_POD_METRICS
from eksdoctor.snapshot.request import Refusal, Request
from eksdoctor.snapshot.snapshot import Snapshot
from eksdoctor.triage.report import State, Verdict

READ_ONLY_POLICY = "eks:DescribeCluster and the other actions in deploy/iam-policy.json"
CUSTOM_RESOURCES = ("crd.k8s.amazonaws.com", "vpcresources.k8s.aws", "karpenter.sh", "karpenter.k8s.aws")


def summarize(
    cluster: Cluster,
    findings: tuple[Finding, ...],
    verdicts: tuple[Verdict, ...],
    inconclusive: tuple[CouldNotTell, ...],
    asks: tuple[str, ...],
) -> Prose:
    """The result of the run in one or two sentences with numbers."""
    if verdicts:
        return _affected_pods(findings, verdicts, asks)
    if cluster.snapshot.focus.pod and (about := _focus_pod(cluster)):
        return about
    pods = cluster.part(AffectedPods).pods_in_trouble
    missing = pods if isinstance(pods, Unknown) else pods.missing
    if missing is not None:
        grants = any(reason.grant for reason in missing.reasons)
        following = sentence("waiting_unknown_next", needs=needs(missing)) if grants else ()
        return sentence("waiting_unknown", reason=str(missing), next=following)
    if cluster.part(Pods).is_focus_namespace_unseen:
        return _empty_namespace(cluster)
    return sentence("no_pod_waits", risks=_risks(findings, inconclusive))


def is_about_risks(cluster: Cluster, verdicts: tuple[Verdict, ...]) -> bool:
    """Whether the summary ends with risks: no pod is affected, and pods and namespace are known."""
    pods = cluster.part(AffectedPods).pods_in_trouble
    is_known = not isinstance(pods, Unknown) and pods.missing is None
    is_about_focus = bool(cluster.snapshot.focus.pod and _focus_pod(cluster))
    return (
        not verdicts and is_known and not is_about_focus and not cluster.part(Pods).is_focus_namespace_unseen
    )


def _empty_namespace(cluster: Cluster) -> Prose:
    """A namespace without pods may be mistyped: that is not a healthy result."""
    name = cluster.snapshot.focus.namespace
    is_read = gap(cluster.snapshot, requests.pods_of_namespace(name)) is None
    return sentence("namespace_empty" if is_read else "namespace_not_read", namespace=name)


def _focus_pod(cluster: Cluster) -> Prose:
    """The sentence about the requested pod if it does not wait; empty if that is unknown."""
    focus, pod = cluster.snapshot.focus, cluster.part(Pods).focus_pod
    name = f"{focus.namespace}/{focus.pod}"
    if cluster.part(Pods).is_focus_pod_absent:
        return sentence("pod_absent", pod=name)
    if pod is not None and pod.record is not None and isinstance(pod.part(PodTrouble).trouble, Trouble):
        return sentence("pod_has_ip" if pod.has_address else "pod_waits_not", pod=name)
    if pod is None and cluster.part(PodEvents).pod_requests == (None, None):
        return sentence("pod_not_read", pod=name, namesake=_namesake(cluster))
    return ()


def _namesake(cluster: Cluster) -> Prose:
    """That a pod of this name exists in another namespace; empty if none was seen."""
    name = cluster.snapshot.focus.pod
    found = next((pod.namespace for pod in cluster.part(Pods).pods if pod.short_name == name), "")
    return sentence("pod_namesake", namespace=found) if found else ()


def _affected_pods(
    findings: tuple[Finding, ...], verdicts: tuple[Verdict, ...], asks: tuple[str, ...]
) -> Prose:
    names = {pod.name for verdict in verdicts for pod in verdict.pods}
    leading = max(verdicts, key=lambda verdict: (verdict.state != State.CANNOT_TELL, len(verdict.pods)))
    troubles = {pod.trouble for verdict in verdicts for pod in verdict.pods}
    pods = sentence("pods_recovered" if troubles == {"recovered"} else "pods_without_ip", pods=len(names))
    if leading.finding is None:
        following = sentence("evidence_to_get", evidence="; ".join(asks)) if asks else leading.next
        return sentence("cause_unknown", pods=pods, why=leading.why_unknown, next=following)
    similar = len({verdict.finding for verdict in verdicts if verdict.cause == leading.cause}) - 1
    confidence = f", {leading.confidence}" if leading.confidence else ""
    return sentence(
        "leading_cause",
        pods=pods,
        title=findings[leading.finding].title,
        similar=sentence("similar_findings", number=similar) if similar else (),
        cause=f"{leading.cause}{confidence}",
        open=_open_pods(tuple(verdict for verdict in verdicts if verdict.state == State.CANNOT_TELL)),
    )


def _open_pods(verdicts: tuple[Verdict, ...]) -> Prose:
    """The number of pods without a known cause, and the next step for most of them."""
    if not verdicts:
        return ()
    most = max(verdicts, key=lambda verdict: len(verdict.pods))
    return sentence("open_pods", pods=sum(len(verdict.pods) for verdict in verdicts), next=most.next)


def _risks(findings: tuple[Finding, ...], inconclusive: tuple[CouldNotTell, ...]) -> Prose:
    serious = [finding for finding in findings if finding.severity != Severity.ADVICE]
    checks = len({row.rule for row in inconclusive})
    if serious:
        more = sentence("risks_inconclusive", checks=checks) if checks else ()
        return (*sentence("risks", number=len(serious), title=serious[0].title), *more)
    result = sentence("no_problem_inconclusive", checks=checks) if checks else sentence("no_problem")
    return (*result, *(sentence("advice", number=len(findings)) if findings else ()))


def access_to_request(snapshot: Snapshot, cluster: Cluster) -> tuple[str, ...]:
    """The missing permissions, one line each for Kubernetes, the CNI and Karpenter resources, and AWS."""
    asks: dict[str, dict[str, None]] = {}
    for request, refusal in snapshot.refusals.items():
        grant = "" if request.action is GET_CALLER_IDENTITY else _grant(request, refusal)
        if grant:
            asks.setdefault(_family(request, refusal), {})[grant] = None
    if cluster.is_same_in_aws is False:
        asks["AWS"] = {"the profile and region of this cluster (--profile, --region, --cluster-name)": None}
    if any(request.action is DESCRIBE_CLUSTER for request in snapshot.refusals):
        granted = asks.get("AWS", {})
        # Without DescribeCluster no other AWS call is sent: ask for the whole policy.
        if DESCRIBE_CLUSTER.permission in granted:
            asks["AWS"] = {READ_ONLY_POLICY: None}
    name = cluster.target_name
    if isinstance(name, Unknown) and not snapshot.has_node_logs_only:
        asks.setdefault("AWS", {})["the EKS name of the cluster: --cluster-name NAME"] = None
    return tuple(f"{family}: {', '.join(grants)}" for family, grants in asks.items())


def _family(request: Request, refusal: Refusal) -> str:
    if request.action.source == "aws":
        return "AWS"
    if refusal.reason == "forbidden" and request.action.permission.endswith(CUSTOM_RESOURCES):
        return "Kubernetes, resources of the CNI and Karpenter"
    return "Kubernetes"


def _grant(request: Request, refusal: Refusal) -> str:
    """The permission or step that a failed request needs; empty for optional data.

    `nodes/proxy` and an open metrics port are optional: nobody should grant them during an incident.
    """
    if request.action is GET_NODE_LOG or (request.action is GET_POD_METRICS and refusal.reason == "failed"):
        return ""
    match refusal.reason:
        case "forbidden":
            return refusal.grant or request.action.permission
        case "unauthenticated":
            return refusal.grant or LOGIN[request.action.source]
        case "timeout":
            return "a longer --deadline"
    return refusal.grant
