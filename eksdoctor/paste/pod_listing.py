"""Rows of `kubectl get pods` or of k9s: which pods wait, and how the daemon's own pod does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from eksdoctor.evidence.text.timestamps import span
from eksdoctor.paste.pasted_text import NAMESPACE, NODE

MOST_ROWS = 200
MOST_CHARACTERS = 1000
DAEMON = re.compile(r"aws-node-[a-z0-9]{3,10}\Z")
WAITS = ("ContainerCreating", "Init:0/1", "PodInitializing")
A_WHILE = timedelta(hours=1)
"""How long a pod has waited whose row does not tell."""
_BOX = dict.fromkeys(map(ord, "│┃║|▏▕●"), " ")
_READY = re.compile(r"(\d{1,3})/(\d{1,3})\Z")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}\Z")
_STATUS = re.compile(r"[A-Z][A-Za-z:/0-9]{3,40}\Z")
_COUNT = re.compile(r"\d{1,6}\Z")
_ADDRESS = re.compile(r"<none>\Z|\d{1,3}(?:\.\d{1,3}){3}\Z")


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says of a pod; `restarts` and `age` stand in either order, `node` in wide tables."""

    namespace: str
    name: str
    is_whole: bool
    status: str
    restarts: int
    age: timedelta | None
    node: str


def pods(text: str, at: datetime) -> Iterator[dict[str, Any]]:
    """The pods that wait for their sandbox, and those of aws-node, as the API would show them then."""
    number = 0
    for line in text.splitlines():
        row = _row(line) if len(line) <= MOST_CHARACTERS and "/" in line else None
        if row is None:
            continue
        if DAEMON.match(row.name):
            yield _daemon(row)
        elif row.status in WAITS:
            yield _waiting(row, at)
        number += 1
        if number >= MOST_ROWS:
            return


def _row(line: str) -> Row | None:
    words = line.translate(_BOX).split()
    place = next((number for number, word in enumerate(words[:4]) if _READY.match(word)), 0)
    if not place:
        return None
    ready, whole = words[place].split("/")
    name = words[place - 1].removeprefix("pod/")
    after = words[place + 1 :]
    status = next((word for word in after[:2] if _STATUS.match(word)), "")
    restarts = next((word for word in after[:2] if _COUNT.match(word)), "")
    if not (_NAME.match(name) and status and restarts):
        return None
    ages = [found for word in after[2:] if "(" not in word and ")" not in word and (found := span(word))]
    namespace = words[place - 2] if place > 1 and _NAME.match(words[place - 2]) else ""
    return Row(
        namespace, name, ready == whole, status, int(restarts), ages[0] if ages else None, _node(after)
    )


def _node(words: list[str]) -> str:
    """In a wide table the node's name follows the pod's address."""
    place = next((number for number, word in enumerate(words) if _ADDRESS.match(word)), len(words))
    found = words[place + 1 : place + 2]
    return found[0] if found and _NAME.match(found[0]) and "." in found[0] else ""


def _waiting(row: Row, at: datetime) -> dict[str, Any]:
    since = at - (A_WHILE if row.age is None else row.age)
    bound = {"type": "PodScheduled", "status": "True", "lastTransitionTime": since}
    return {
        "metadata": {"name": row.name, "namespace": row.namespace or NAMESPACE},
        "spec": {"nodeName": row.node or NODE, "containers": []},
        "status": {"phase": "Pending", "conditions": [bound]},
    }


def _daemon(row: Row) -> dict[str, Any]:
    state = {"running": {}} if row.status == "Running" else {"waiting": {"reason": row.status}}
    container = {
        "name": "aws-node",
        "ready": row.is_whole and row.status == "Running",
        "restartCount": row.restarts,
        "state": state,
    }
    return {
        "metadata": {"name": row.name, "namespace": "kube-system", "labels": {"k8s-app": "aws-node"}},
        "spec": {"nodeName": row.node or NODE, "hostNetwork": True, "containers": [{"name": "aws-node"}]},
        "status": {"phase": "Running", "containerStatuses": [container]},
    }
