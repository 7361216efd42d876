"""What the daemons say of themselves, through the API server: their counters, logs and standard output.

The end of a log is what counts. Where only its beginning could be had, nothing is kept: old lines
would pass for the newest ones. Nothing is ever executed on a node or in a pod.
"""

import re
from urllib.parse import quote

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.kubernetes.api import KubernetesApi
from eksdoctor.collect.kubernetes.errors import known_absent
from eksdoctor.collect.kubernetes.long_answers import Flow, TooLongError, flowing
from eksdoctor.collect.kubernetes.proxied_requests import FarEnd, refused_by_proxy
from eksdoctor.collect.refusal import refused
from eksdoctor.evidence.observed.source import SourceKind
from eksdoctor.snapshot.records.node_text import Words
from eksdoctor.snapshot.request import Answer, Request

# https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/utils/prometheusmetrics/prometheusmetrics.go
METRICS_PORT = 61678
MOST_METRICS = 4 << 20  # a busy daemon's page has some 60 KiB
TAIL = 1 << 20  # of a log: at debug level about the last hour of a quiet node
MOST_READ = 16 << 20  # of a log that can only be read from its beginning; it grows to 100 MB
MOST_LINES = 20_000
# Beyond these somebody drops the packets: the rest of the run must not wait for it.
METRICS_SECONDS, LOG_SECONDS = 3.0, 10.0

_OK, _PARTIAL, _NOT_FOUND, _UNSATISFIABLE = 200, 206, 404, 416
_KEPT_SERIES = ("awscni_", "process_start_time_seconds")
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
_COMPONENT = re.compile(r"\w[\w.-]{0,252}", re.ASCII)

METRICS = FarEnd(
    "ipamd does not answer on its metrics port",
    f"inbound tcp/{METRICS_PORT} from the cluster's security group on the nodes, and a running aws-node",
)
NODE_LOG = FarEnd("the kubelet does not give its node's log", "")
STDOUT = FarEnd("the kubelet does not give the output of aws-node", "")
TOO_LONG = (
    f"it is longer than {MOST_READ >> 20} MiB and can only be read from its beginning, which is too old"
)


def get_pod_metrics(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """The counters and gauges of one daemon; its runtime's own are left out."""
    pod, node = _part(request, "name"), _part(request, "node")
    path = f"/api/v1/namespaces/{_part(request, 'namespace')}/pods/{pod}:{METRICS_PORT}/proxy/metrics"
    with METRICS.within(METRICS_SECONDS, deadline) as sooner, flowing(api, path, {}, {}, sooner) as flow:
        if flow.status != _OK:
            raise refused_by_proxy(flow, request.action, METRICS)
        try:
            text = flow.whole(MOST_METRICS).decode("utf-8", "replace")
        except TooLongError as error:
            raise refused("failed", f"the page of metrics has more than {MOST_METRICS >> 20} MiB") from error
        lines = [line for line in text.splitlines() if line.startswith(_KEPT_SERIES)]
        if not any(line.startswith(_KEPT_SERIES[0]) for line in lines):
            raise refused("undecodable", f"not ipamd's metrics; begins {text[:60]!r}")
        kept = "\n".join([*lines, ""])
        return Answer(request, (Words(SourceKind.METRICS.value, node, pod, "metrics", kept, at=flow.at),))


def get_node_log(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """The newest MiB of a log of a node, by its kubelet."""
    node, inner = _part(request, "node"), [_checked(part) for part in str(request.values["path"]).split("/")]
    path = f"/api/v1/nodes/{node}/proxy/logs/{'/'.join(inner)}"
    kind = SourceKind.PLUGIN if inner[-1].startswith("plugin") else SourceKind.IPAMD
    with NODE_LOG.within(LOG_SECONDS, deadline) as sooner:
        with flowing(api, path, {}, {"Range": f"bytes=-{TAIL}"}, sooner) as flow:
            if flow.status != _UNSATISFIABLE:
                return _log(request, flow, kind)
        with flowing(api, path, {}, {}, sooner) as flow:  # shorter than the range: some servers mind
            return _log(request, flow, kind)


def get_pod_log(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """The newest MiB of what the daemon's container wrote to its standard output.

    Not `limitBytes`: it cuts off the end.
    """
    pod, node = _part(request, "name"), _part(request, "node")
    path = f"/api/v1/namespaces/{_part(request, 'namespace')}/pods/{pod}/log"
    query = {name: _part(request, name) for name in ("container", "sinceSeconds")}
    query["tailLines"] = str(MOST_LINES)
    with STDOUT.within(LOG_SECONDS, deadline) as sooner, flowing(api, path, query, {}, sooner) as flow:
        if flow.status != _OK:
            raise refused_by_proxy(flow, request.action, STDOUT)
        end = _end(flow)
        cut = len(end) >= TAIL or end.count(b"\n") >= MOST_LINES
        text = _text(end, from_line=len(end) < TAIL)
        return Answer(request, (Words(SourceKind.STDOUT.value, node, pod, "stdout", text, not cut, flow.at),))


def _log(request: Request, flow: Flow, kind: SourceKind) -> Answer:
    if flow.status == _NOT_FOUND:
        body = flow.beginning()
        if known_absent(flow.status, body):
            return Answer(request, absent=True)
        raise refused_by_proxy(flow, request.action, NODE_LOG, body)
    if flow.status not in (_OK, _PARTIAL):
        raise refused_by_proxy(flow, request.action, NODE_LOG)
    whole = _begins_at_its_beginning(flow) if flow.status == _PARTIAL else True
    end = _end(flow)
    whole = whole and len(end) < TAIL
    name = f"/var/log/{request.values['path']}"
    node = str(request.values["node"])
    return Answer(request, (Words(kind.value, node, "", name, _text(end, from_line=whole), whole, flow.at),))


def _begins_at_its_beginning(flow: Flow) -> bool:
    """Whether a partial answer is all there is; raises Refused when it is not the end of the log."""
    found = _RANGE.fullmatch(flow.header("Content-Range").strip())
    if found is None or int(found[2]) + 1 != int(found[3]):
        raise refused("failed", "the kubelet's answer is not the end of the log")
    return int(found[1]) == 0


def _end(flow: Flow) -> bytes:
    try:
        return flow.tail(TAIL, MOST_READ)
    except TooLongError as error:
        grant = "the last lines of that log from the node itself"
        raise refused("failed", TOO_LONG, grant) from error


def _text(end: bytes, *, from_line: bool) -> str:
    """The lines; the first one is let go when it may lack its beginning."""
    cut = b"" if from_line else end[: end.find(b"\n") + 1]
    return end[len(cut) :].decode("utf-8", "replace")


def _part(request: Request, name: str) -> str:
    return _checked(str(request.values[name]))


def _checked(part: str) -> str:
    """A part of a path; raises Refused for what would lead elsewhere."""
    if not _COMPONENT.fullmatch(part):
        raise refused("failed", f"{part!r} is no part of a path")
    return quote(part, safe="")
