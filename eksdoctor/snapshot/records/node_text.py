"""Text from aws-node and ipamd: the end of a log, a page of metrics, ipamd's introspection."""

from msgspec import Struct

from eksdoctor.snapshot.declaration import Kind, Resource, kubernetes_action
from eksdoctor.snapshot.records.timestamp import Timestamp


class NodeText(Struct, omit_defaults=True, frozen=True):
    """One text from one node.

    `kind` is a value of `evidence.observed.source.SourceKind`, `name` its file or path.
    `whole` is False when its beginning is missing. `at` is when it was read.
    """

    kind: str
    node: str = ""
    pod: str = ""
    name: str = ""
    text: str = ""
    whole: bool = True
    at: Timestamp | None = None


NODE_TEXTS = Kind(
    "nodes/words", "items", NodeText, lambda text: f"{text.node} {text.kind} {text.name} {text.at}"
)
GET_POD_METRICS = kubernetes_action(
    "get-pod-metrics", NODE_TEXTS, Resource("pods/proxy", namespace="kube-system"), "get"
)
GET_POD_LOG = kubernetes_action(
    "get-pod-log", NODE_TEXTS, Resource("pods/log", namespace="kube-system"), "get"
)
# `nodes/proxy` amounts to exec on the node: it is requested last, and no report depends on it.
GET_NODE_LOG = kubernetes_action(
    "get-node-log", NODE_TEXTS, Resource("nodes/proxy", scope="cluster"), "get", grant="node-logs"
)
