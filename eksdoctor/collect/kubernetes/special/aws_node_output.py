"""Metrics, logs and standard output of aws-node pods, read through the API server.

Only the end of a log is useful. When only its beginning can be read, nothing is kept: old lines would
look like the newest. Nothing is executed on a node or in a pod.
"""

import re
from urllib.parse import quote

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.kubernetes.api import KubernetesApi
from eksdoctor.collect.kubernetes.errors import known_absent
from eksdoctor.collect.kubernetes.long_answers import StreamedAnswer, TooLongError, streamed
from eksdoctor.collect.kubernetes.proxied_requests import ProxyTarget, refused_by_proxy
from eksdoctor.collect.refusal import refused
from eksdoctor.collect.registry import kubernetes_collector
from eksdoctor.evidence.observed.source import SourceKind
from eksdoctor.snapshot.records.node_text import GET_NODE_LOG, GET_POD_LOG, GET_POD_METRICS, NodeText
from eksdoctor.snapshot.request import Answer, Request

# https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/utils/prometheusmetrics/prometheusmetrics.go
METRICS_PORT = 61678
MAX_METRICS_BYTES = 4 << 20  # a page of a busy ipamd has about 60 KiB
TAIL_BYTES = 1 << 20  # at debug level about the last hour of a quiet node
MAX_LOG_BYTES = 16 << 20  # the limit for a log that can only be read from its beginning; it grows to 100 MB
MAX_LINES = 20_000
# After this time a firewall drops the packets; the rest of the run must not wait.
METRICS_SECONDS, LOG_SECONDS = 3.0, 10.0

_OK, _PARTIAL, _NOT_FOUND, _UNSATISFIABLE = 200, 206, 404, 416
_KEPT_SERIES = ("awscni_", "process_start_time_seconds")
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
_COMPONENT = re.compile(r"\w[\w.-]{0,252}", re.ASCII)

METRICS = ProxyTarget(
    "ipamd does not answer on its metrics port",
    f"inbound tcp/{METRICS_PORT} from the cluster's security group on the nodes, and a running aws-node",
)
NODE_LOG = ProxyTarget("the kubelet does not return the node's log", "")
STDOUT = ProxyTarget("the kubelet does not return the output of aws-node", "")
TOO_LONG = f"it is longer than {MAX_LOG_BYTES >> 20} MiB and can only be read from its old beginning"


@kubernetes_collector(GET_POD_METRICS)
def get_pod_metrics(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """The `awscni_` metrics of one aws-node pod."""
    pod, node = _part(request, "name"), _part(request, "node")
    path = f"/api/v1/namespaces/{_part(request, 'namespace')}/pods/{pod}:{METRICS_PORT}/proxy/metrics"
    with METRICS.within(METRICS_SECONDS, deadline) as sooner, streamed(api, path, {}, {}, sooner) as answer:
        if answer.status != _OK:
            raise refused_by_proxy(answer, request.action, METRICS)
        try:
            text = answer.whole(MAX_METRICS_BYTES).decode("utf-8", "replace")
        except TooLongError as error:
            raise refused(
                "failed", f"the metrics page is longer than {MAX_METRICS_BYTES >> 20} MiB"
            ) from error
        lines = [line for line in text.splitlines() if line.startswith(_KEPT_SERIES)]
        if not any(line.startswith(_KEPT_SERIES[0]) for line in lines):
            raise refused("undecodable", f"not ipamd's metrics; begins {text[:60]!r}")
        kept = "\n".join([*lines, ""])
        return Answer(
            request, (NodeText(SourceKind.METRICS.value, node, pod, "metrics", kept, at=answer.at),)
        )


@kubernetes_collector(GET_NODE_LOG)
def get_node_log(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """The last TAIL_BYTES bytes of a log file of a node, read by its kubelet."""
    node, inner = _part(request, "node"), [_checked(part) for part in str(request.values["path"]).split("/")]
    path = f"/api/v1/nodes/{node}/proxy/logs/{'/'.join(inner)}"
    kind = SourceKind.PLUGIN if inner[-1].startswith("plugin") else SourceKind.IPAMD
    with NODE_LOG.within(LOG_SECONDS, deadline) as sooner:
        with streamed(api, path, {}, {"Range": f"bytes=-{TAIL_BYTES}"}, sooner) as answer:
            if answer.status != _UNSATISFIABLE:
                return _log(request, answer, kind)
        with streamed(
            api, path, {}, {}, sooner
        ) as answer:  # shorter than the range, which some servers refuse
            return _log(request, answer, kind)


@kubernetes_collector(GET_POD_LOG)
def get_pod_log(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """The last TAIL_BYTES bytes of the standard output of the aws-node container.

    The request does not use `limitBytes`, which cuts off the end.
    """
    pod, node = _part(request, "name"), _part(request, "node")
    path = f"/api/v1/namespaces/{_part(request, 'namespace')}/pods/{pod}/log"
    query = {name: _part(request, name) for name in ("container", "sinceSeconds")}
    query["tailLines"] = str(MAX_LINES)
    with STDOUT.within(LOG_SECONDS, deadline) as sooner, streamed(api, path, query, {}, sooner) as answer:
        if answer.status != _OK:
            raise refused_by_proxy(answer, request.action, STDOUT)
        end = _end(answer)
        cut = len(end) >= TAIL_BYTES or end.count(b"\n") >= MAX_LINES
        text = _text(end, from_line=len(end) < TAIL_BYTES)
        return Answer(
            request, (NodeText(SourceKind.STDOUT.value, node, pod, "stdout", text, not cut, answer.at),)
        )


def _log(request: Request, answer: StreamedAnswer, kind: SourceKind) -> Answer:
    if answer.status == _NOT_FOUND:
        body = answer.beginning()
        if known_absent(answer.status, body):
            return Answer(request, absent=True)
        raise refused_by_proxy(answer, request.action, NODE_LOG, body)
    if answer.status not in (_OK, _PARTIAL):
        raise refused_by_proxy(answer, request.action, NODE_LOG)
    whole = _starts_at_byte_0(answer) if answer.status == _PARTIAL else True
    end = _end(answer)
    whole = whole and len(end) < TAIL_BYTES
    name = f"/var/log/{request.values['path']}"
    node = str(request.values["node"])
    return Answer(
        request, (NodeText(kind.value, node, "", name, _text(end, from_line=whole), whole, answer.at),)
    )


def _starts_at_byte_0(answer: StreamedAnswer) -> bool:
    """Whether a partial answer is the complete log; raises Refused when it is not its end."""
    found = _RANGE.fullmatch(answer.header("Content-Range").strip())
    if found is None or int(found[2]) + 1 != int(found[3]):
        raise refused("failed", "the kubelet's answer is not the end of the log")
    return int(found[1]) == 0


def _end(answer: StreamedAnswer) -> bytes:
    try:
        return answer.tail(TAIL_BYTES, MAX_LOG_BYTES)
    except TooLongError as error:
        grant = "the last lines of that log from the node itself"
        raise refused("failed", TOO_LONG, grant) from error


def _text(end: bytes, *, from_line: bool) -> str:
    """The text; without its first line when that may be incomplete."""
    cut = b"" if from_line else end[: end.find(b"\n") + 1]
    return end[len(cut) :].decode("utf-8", "replace")


def _part(request: Request, name: str) -> str:
    return _checked(str(request.values[name]))


def _checked(part: str) -> str:
    """A part of a path, quoted; raises Refused when it could lead to another path."""
    if not _COMPONENT.fullmatch(part):
        raise refused("failed", f"{part!r} is not a valid part of a path")
    return quote(part, safe="")
