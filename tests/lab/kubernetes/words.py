"""The daemons' own words as kubelets and pods give them: metrics, logs, with or without ranges."""

import re
from dataclasses import replace

from eksdoctor.evidence.observed.source import SourceKind
from eksdoctor.snapshot.records.kubernetes import LIST_PODS
from eksdoctor.snapshot.records.node_text import GET_NODE_LOG, GET_POD_LOG, GET_POD_METRICS, NodeText
from eksdoctor.snapshot.request import Request
from tests.lab.call import Asked, Call, Reply
from tests.lab.kubernetes import statuses
from tests.lab.kubernetes.plan import Plan
from tests.lab.kubernetes.sayings import Saying
from tests.lab.records import Records

TEXT = ("Content-Type", "text/plain; charset=utf-8")
PAGE = b"404 page not found\n"
DEAD_PORT = "error trying to reach service: dial tcp {}:61678: connect: connection refused"
LOGS = (SourceKind.IPAMD, SourceKind.PLUGIN)
EARLIER = b"x" * (1 << 20) + b"\n"  # what stood before the end of a log that was recorded without it
_SUFFIX = re.compile(r"bytes=-(\d+)")


class Spoken:
    """Answers from the snapshot's words; `ranges` is `honoured` or `ignored`."""

    def __init__(self, records: Records, ranges: str) -> None:
        self._records, self._ranges = records, ranges

    def asked(self, plan: Plan, call: Call) -> Asked:
        """The call in the words of the actions."""
        saying = plan.saying
        assert saying is not None
        action = saying.action
        scope = f"in namespace {saying.namespace}" if saying.namespace else "at the cluster scope"
        right = f"get {saying.resource}"
        request = self._request(saying)
        return Asked(
            "kubernetes",
            action.name,
            dict(request.arguments),
            action,
            (action.name, action.permission, right, f"{right} {scope}"),
            request,
            plan=replace(plan, wanted=call.headers.get("range", "")),
        )

    def _request(self, saying: Saying) -> Request:
        """As the tool asks: with the node of the pod, which the path does not name."""
        if saying.action is GET_NODE_LOG:
            return Request.of(saying.action, node=saying.name, path=saying.log)
        told = {"namespace": saying.namespace, "name": saying.name, "node": self._node_of(saying.name)}
        if saying.action is GET_POD_LOG:
            told |= {"container": saying.container, "sinceSeconds": saying.seconds}
        return Request.of(saying.action, **told)

    def _node_of(self, pod: str) -> str:
        nodes = (
            document.get("spec", {}).get("nodeName", "")
            for document in self._records.of(LIST_PODS.kind)
            if document.get("metadata", {}).get("name") == pod
        )
        return next(nodes, "")

    def answer(self, plan: Plan) -> Reply:
        """The text, or what the API server says when nobody speaks."""
        saying = plan.saying
        assert saying is not None
        found = next((words for words in self._records.words if _is_said(words, saying)), None)
        if saying.action is GET_POD_METRICS:
            if found is None:
                return statuses.status(503, DEAD_PORT.format("10.0.0.1"))
            return Reply(200, found.text.encode(), (TEXT,))
        if saying.action is GET_POD_LOG:
            if found is None:
                return statuses.status(404, f'pods "{saying.name}" not found', details={"name": saying.name})
            lines = found.text.splitlines(keepends=True)
            return Reply(200, "".join(lines[-saying.lines :] if saying.lines else lines).encode(), (TEXT,))
        if found is None:
            return Reply(404, PAGE, (TEXT,))
        return self._part((b"" if found.whole else EARLIER) + found.text.encode(), plan.wanted)

    def _part(self, body: bytes, wanted: str) -> Reply:
        """As Go's file server answers a range that begins from the end."""
        suffix = _SUFFIX.fullmatch(wanted)
        if self._ranges == "ignored" or suffix is None or not body:
            return Reply(200, body, (TEXT,))
        start = max(0, len(body) - int(suffix[1]))
        span = ("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        return Reply(206, body[start:], (TEXT, span))


def forbidden(saying: Saying) -> Reply:
    """RBAC's sentence."""
    scope = f'in the namespace "{saying.namespace}"' if saying.namespace else "at the cluster scope"
    plural = saying.resource.partition("/")[0]
    right = f'User "{statuses.USER}" cannot get resource "{saying.resource}" in API group "" {scope}'
    return statuses.status(403, f'{plural} "{saying.name}" is forbidden: {right}')


def _is_said(words: NodeText, saying: Saying) -> bool:
    if saying.action is GET_NODE_LOG:
        return words.kind in LOGS and (words.node, words.name) == (saying.name, f"/var/log/{saying.log}")
    kind = SourceKind.METRICS if saying.action is GET_POD_METRICS else SourceKind.STDOUT
    return (words.kind, words.pod) == (kind, saying.name)
