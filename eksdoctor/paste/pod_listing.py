"""Rows of `kubectl get pods` or k9s: which pods wait, and the state of aws-node pods."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from eksdoctor.evidence.text.timestamps import parse_duration
from eksdoctor.paste.pasted_text import ASSUMED_WAIT, DEFAULT_NAMESPACE, PLACEHOLDER_NODE

MAX_ROWS = 200
MAX_LINE_CHARACTERS = 1000
AWS_NODE_POD_NAME = re.compile(r"aws-node-[a-z0-9]{3,10}\Z")
WAITING_STATUSES = ("ContainerCreating", "Init:0/1", "PodInitializing")
_BOX = dict.fromkeys(map(ord, "│┃║|▏▕●"), " ")
_READY = re.compile(r"(\d{1,3})/(\d{1,3})\Z")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}\Z")
_STATUS = re.compile(r"[A-Z][A-Za-z:/0-9]{3,40}\Z")
_COUNT = re.compile(r"\d{1,6}\Z")
_POD_IP = re.compile(r"<none>\Z|\d{1,3}(?:\.\d{1,3}){3}\Z")


@dataclass(frozen=True, slots=True)
class PodRow:
    """One row; `restarts` and `age` come in either order, `node` only in wide output."""

    namespace: str
    name: str
    is_ready: bool
    status: str
    restarts: int
    age: timedelta | None
    node: str


def parse_pods(text: str, at: datetime) -> Iterator[dict[str, Any]]:
    """The pods that wait for their sandbox, and the aws-node pods, as API objects."""
    number = 0
    for line in text.splitlines():
        row = _parse_row(line) if len(line) <= MAX_LINE_CHARACTERS and "/" in line else None
        if row is None:
            continue
        if AWS_NODE_POD_NAME.match(row.name):
            yield _aws_node_pod(row)
        elif row.status in WAITING_STATUSES:
            yield _waiting_pod(row, at)
        number += 1
        if number >= MAX_ROWS:
            return


def _parse_row(line: str) -> PodRow | None:
    words = line.translate(_BOX).split()
    ready_at = next((number for number, word in enumerate(words[:4]) if _READY.match(word)), 0)
    if not ready_at:
        return None
    ready, total = words[ready_at].split("/")
    name = words[ready_at - 1].removeprefix("pod/")
    after = words[ready_at + 1 :]
    status = next((word for word in after[:2] if _STATUS.match(word)), "")
    restarts = next((word for word in after[:2] if _COUNT.match(word)), "")
    if not (_NAME.match(name) and status and restarts):
        return None
    ages = [
        found for word in after[2:] if "(" not in word and ")" not in word and (found := parse_duration(word))
    ]
    namespace = words[ready_at - 2] if ready_at > 1 and _NAME.match(words[ready_at - 2]) else ""
    return PodRow(
        namespace, name, ready == total, status, int(restarts), ages[0] if ages else None, _find_node(after)
    )


def _find_node(words: list[str]) -> str:
    """In wide output the node name follows the pod IP."""
    ip_at = next((number for number, word in enumerate(words) if _POD_IP.match(word)), len(words))
    found = words[ip_at + 1 : ip_at + 2]
    return found[0] if found and _NAME.match(found[0]) and "." in found[0] else ""


def _waiting_pod(row: PodRow, at: datetime) -> dict[str, Any]:
    since = at - (ASSUMED_WAIT if row.age is None else row.age)
    scheduled = {"type": "PodScheduled", "status": "True", "lastTransitionTime": since}
    return {
        "metadata": {"name": row.name, "namespace": row.namespace or DEFAULT_NAMESPACE},
        "spec": {"nodeName": row.node or PLACEHOLDER_NODE, "containers": []},
        "status": {"phase": "Pending", "conditions": [scheduled]},
    }


def _aws_node_pod(row: PodRow) -> dict[str, Any]:
    state = {"running": {}} if row.status == "Running" else {"waiting": {"reason": row.status}}
    container = {
        "name": "aws-node",
        "ready": row.is_ready and row.status == "Running",
        "restartCount": row.restarts,
        "state": state,
    }
    return {
        "metadata": {"name": row.name, "namespace": "kube-system", "labels": {"k8s-app": "aws-node"}},
        "spec": {
            "nodeName": row.node or PLACEHOLDER_NODE,
            "hostNetwork": True,
            "containers": [{"name": "aws-node"}],
        },
        "status": {"phase": "Running", "containerStatuses": [container]},
    }
