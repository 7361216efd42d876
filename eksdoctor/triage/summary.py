"""The first sentence of a report, and the few things that would end its blindness."""

from collections import Counter

from eksdoctor.engine.evaluation.finding import CouldNotTell, Finding, Prose, Severity, Span
from eksdoctor.engine.evaluation.write_finding import needs
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import LOGIN, gap
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.pods.pod import Trouble
from eksdoctor.snapshot.records.aws import DESCRIBE_CLUSTER, GET_CALLER_IDENTITY
from eksdoctor.snapshot.records.node_text import GET_NODE_LOG, GET_POD_METRICS
from eksdoctor.snapshot.request import Refusal, Request
from eksdoctor.snapshot.snapshot import Snapshot
from eksdoctor.triage.report import State, Verdict

READ_ONLY_POLICY = "eks:DescribeCluster and the other reads of eksdoctor's deploy/iam-policy.json"
CUSTOM_RESOURCES = ("crd.k8s.amazonaws.com", "vpcresources.k8s.aws", "karpenter.sh", "karpenter.k8s.aws")


def summarise(
    cluster: Cluster,
    findings: tuple[Finding, ...],
    found: tuple[Verdict, ...],
    blind: tuple[CouldNotTell, ...],
    asks: tuple[str, ...],
) -> Prose:
    """The verdict in one sentence with numbers."""
    if found:
        return _of_trouble(findings, found, asks)
    if cluster.snapshot.focus.pod and (about := _of_focus(cluster)):
        return about
    pods = cluster.pods_in_trouble
    hidden = pods if isinstance(pods, Unknown) else pods.missing
    if hidden is not None:
        head = (Span("Whether pods wait for an address cannot be told: "), Span(str(hidden), is_value=True))
        grants = any(reason.grant for reason in hidden.reasons)
        settle = (
            (Span(" To settle it, get "), Span(needs(hidden), is_value=True), Span(".")) if grants else ()
        )
        return (*head, Span("."), *settle)
    if cluster.is_focus_namespace_unseen:
        return _of_unseen_namespace(cluster)
    return (Span("No pod waits for an address. "), *_of_risks(findings, blind))


def is_of_risks(cluster: Cluster, found: tuple[Verdict, ...]) -> bool:
    """Whether the summary goes on to risks: not beside a pod, or a blindness, that it must speak of."""
    pods = cluster.pods_in_trouble
    is_seen = not isinstance(pods, Unknown) and pods.missing is None
    is_of_focus = bool(cluster.snapshot.focus.pod and _of_focus(cluster))
    return not found and is_seen and not is_of_focus and not cluster.is_focus_namespace_unseen


def _of_unseen_namespace(cluster: Cluster) -> Prose:
    """A namespace without pods may be a mistyped one, which is no health."""
    name = cluster.snapshot.focus.namespace
    asked = gap(cluster.snapshot, requests.pods_of_namespace(name)) is None
    if asked:
        return (Span("Namespace "), Span(name, is_value=True), Span(" has no pods: is that its name?"))
    words = " waits for an address; whether it has pods at all was not asked."
    return (Span("No pod of namespace "), Span(name, is_value=True), Span(words))


def _of_focus(cluster: Cluster) -> Prose:
    """What is said of the one pod that was asked about and does not wait; empty when that is not known."""
    focus, pod = cluster.snapshot.focus, cluster.focus_pod
    name = Span(f"{focus.namespace}/{focus.pod}", is_value=True)
    if cluster.is_focus_pod_absent:
        return (Span("There is no pod "), name, Span(": it is gone, or its name or namespace is another."))
    if pod is not None and pod.record is not None and isinstance(pod.trouble, Trouble):
        words = " does not wait for an address: it has one." if pod.has_address else " waits for none yet."
        return (Span("Pod "), name, Span(words))
    if pod is None and cluster.pod_requests == (None, None):
        words = " is not among the pods that wait for an address; whether it exists was not asked."
        return (Span("Pod "), name, Span(words), *_of_namesake(cluster))
    return ()


def _of_namesake(cluster: Cluster) -> Prose:
    """That a pod of this name was seen in another namespace."""
    name = cluster.snapshot.focus.pod
    found = next((pod.namespace for pod in cluster.pods if pod.short_name == name), "")
    words = (Span(" One of this name is in namespace "), Span(found, is_value=True), Span("."))
    return words if found else ()


def _of_trouble(findings: tuple[Finding, ...], found: tuple[Verdict, ...], asks: tuple[str, ...]) -> Prose:
    names = {pod.name for verdict in found for pod in verdict.pods}
    leading = max(found, key=lambda verdict: (verdict.state != State.CANNOT_TELL, len(verdict.pods)))
    troubles = Counter(pod.trouble for verdict in found for pod in verdict.pods)
    head = (Span(str(len(names)), is_value=True), Span(_predicate(len(names), troubles)))
    if leading.finding is None:
        settle = (Span("To settle it, get "), Span("; ".join(asks), is_value=True)) if asks else leading.next
        return (*head, *leading.sentence[2:], Span(". "), *settle, Span("."))
    like = {verdict.finding for verdict in found if verdict.cause == leading.cause}
    more = (Span(f" (and {len(like) - 1} more such)"),) if len(like) > 1 else ()
    rest = _of_open(tuple(verdict for verdict in found if verdict.state == State.CANNOT_TELL))
    sure = f", {leading.confidence}" if leading.confidence else ""
    return (
        *head,
        Span(". "),
        *findings[leading.finding].title,
        *more,
        Span(f" [{leading.cause}{sure}]."),
        *rest,
    )


def _of_open(found: tuple[Verdict, ...]) -> Prose:
    """Of how many pods the cause cannot be told, and what would settle it for the most of them."""
    if not found:
        return ()
    most = max(found, key=lambda verdict: len(verdict.pods))
    number = sum(len(verdict.pods) for verdict in found)
    return (Span(f" For {number} of them the cause cannot be told. "), *most.next, Span("."))


def _predicate(number: int, troubles: Counter[str]) -> str:
    pods = "pod" if number == 1 else "pods"
    if set(troubles) == {"recovered"}:
        return f" {pods} had no address in the last hour and {'has' if number == 1 else 'have'} recovered"
    return f" {pods} {'is' if number == 1 else 'are'} stuck without an address"


def _of_risks(findings: tuple[Finding, ...], blind: tuple[CouldNotTell, ...]) -> Prose:
    serious = [finding for finding in findings if finding.severity != Severity.ADVICE]
    parts: list[Span] = []
    if serious:
        parts.append(Span(f"{len(serious)} {'risk' if len(serious) == 1 else 'risks'}, first: "))
        parts.extend((*serious[0].title, Span(".")))
    elif not blind:
        parts.append(Span("No fault found."))
    if blind:
        rules = len({row.rule for row in blind})
        verb = "rule" if rules == 1 else "rules"
        lead = " " if serious else "No fault found in what could be seen; "
        parts.append(Span(f"{lead}{rules} {verb} could not tell."))
    advice = len(findings) - len(serious)
    if advice and not serious:
        parts.append(Span(f" {advice} {'piece' if advice == 1 else 'pieces'} of advice below."))
    return tuple(parts)


def asks_of(snapshot: Snapshot, cluster: Cluster) -> tuple[str, ...]:
    """What to ask for, said once each: core Kubernetes, the CNI's and Karpenter's resources, AWS."""
    asks: dict[str, dict[str, None]] = {}
    for request, refusal in snapshot.refusals.items():
        grant = "" if request.action is GET_CALLER_IDENTITY else _grant(request, refusal)
        if grant:
            asks.setdefault(_family(request, refusal), {})[grant] = None
    if cluster.is_same_in_aws is False:
        asks["AWS"] = {"the profile and region of this cluster (--profile, --region, --cluster-name)": None}
    if any(request.action is DESCRIBE_CLUSTER for request in snapshot.refusals):
        granted = asks.get("AWS", {})
        if (
            DESCRIBE_CLUSTER.permission in granted
        ):  # nothing of AWS was asked after it: name all that would be
            asks["AWS"] = {READ_ONLY_POLICY: None}
    name = cluster.target_name
    if isinstance(name, Unknown) and not snapshot.has_node_logs_only:
        asks.setdefault("AWS", {})["the cluster's EKS name: --cluster-name NAME"] = None
    return tuple(f"{family}: {', '.join(grants)}" for family, grants in asks.items())


def _family(request: Request, refusal: Refusal) -> str:
    if request.action.source == "aws":
        return "AWS"
    if refusal.reason == "forbidden" and request.action.permission.endswith(CUSTOM_RESOURCES):
        return "Kubernetes, the CNI's and Karpenter's resources"
    return "Kubernetes"


def _grant(request: Request, refusal: Refusal) -> str:
    """What to ask for; empty for what a report does well without.

    Nobody should hand out `nodes/proxy` or open a port at 02:14: the refusals name both.
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
