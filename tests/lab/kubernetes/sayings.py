"""Paths by which the API server lets a daemon speak: its pod's and its kubelet's proxy, its pod's log."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from eksdoctor.snapshot.declaration import Action
from eksdoctor.snapshot.records.node_text import GET_NODE_LOG, GET_POD_LOG, GET_POD_METRICS

CORE = "/api/v1"
_METRICS = re.compile(rf"{CORE}/namespaces/([^/]+)/pods/([^/:]+):61678/proxy/metrics")
_LOG = re.compile(rf"{CORE}/nodes/([^/]+)/proxy/logs/(.+)")
_STDOUT = re.compile(rf"{CORE}/namespaces/([^/]+)/pods/([^/]+)/log")


@dataclass(frozen=True, slots=True)
class Saying:
    """What a path asks a daemon for; `name` is a pod's or a node's, `log` a path below /var/log."""

    action: Action
    name: str
    namespace: str = ""
    log: str = ""
    container: str = ""
    seconds: str = ""
    lines: int | None = None

    @property
    def resource(self) -> str:
        """As RBAC names it."""
        return self.action.permission.split()[1]


def said_at(path: str, query: dict[str, str]) -> Saying | None:
    """What a path asks for, None when it is another path."""
    if found := _METRICS.fullmatch(path):
        return Saying(GET_POD_METRICS, unquote(found[2]), unquote(found[1]))
    if found := _LOG.fullmatch(path):
        return Saying(GET_NODE_LOG, unquote(found[1]), log=unquote(found[2]))
    if found := _STDOUT.fullmatch(path):
        return Saying(
            GET_POD_LOG,
            unquote(found[2]),
            unquote(found[1]),
            container=query.get("container", ""),
            seconds=query.get("sinceSeconds", ""),
            lines=int(query["tailLines"]) if query.get("tailLines", "").isdigit() else None,
        )
    return None
