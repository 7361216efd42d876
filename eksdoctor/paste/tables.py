"""Rows of `kubectl get pods`: which pods wait, and how the daemon's own pod does."""

import re
from collections.abc import Iterator
from typing import Any

from eksdoctor.paste.page import NAMESPACE, NODE

_ROW = re.compile(
    r"^[ \t]{0,8}(?:(?P<namespace>[a-z0-9-]{1,63})[ \t]+)?(?:pod/)?(?P<name>[a-z0-9][a-z0-9.-]{1,252})[ \t]+"
    r"(?P<ready>\d{1,3})/(?P<all>\d{1,3})[ \t]+(?P<status>[A-Z][A-Za-z:/0-9]{3,40})[ \t]+"
    r"(?P<restarts>\d{1,6})(?:[ \t]+\([^)\n]{1,40}\))?[ \t]+(?P<age>[0-9][0-9a-z]{1,12}|<invalid>)\b",
    re.MULTILINE,
)
MOST_ROWS = 200
DAEMON = re.compile(r"aws-node-[a-z0-9]{3,10}\Z")
WAITS = ("ContainerCreating", "Init:0/1", "PodInitializing")


def pods(text: str) -> Iterator[dict[str, Any]]:
    """The pods that wait for their sandbox, and the pods of aws-node, as the API would show them."""
    for number, row in enumerate(_ROW.finditer(text)):
        if number >= MOST_ROWS:
            return
        if DAEMON.match(row["name"]):
            yield _daemon(row)
        elif row["status"] in WAITS:
            yield {
                "metadata": {"name": row["name"], "namespace": row["namespace"] or NAMESPACE},
                "spec": {"nodeName": NODE, "containers": []},
                "status": {"phase": "Pending"},
            }


def _daemon(row: re.Match[str]) -> dict[str, Any]:
    status, whole = row["status"], row["ready"] == row["all"]
    state = {"running": {}} if status == "Running" else {"waiting": {"reason": status}}
    container = {
        "name": "aws-node",
        "ready": whole and status == "Running",
        "restartCount": int(row["restarts"]),
        "state": state,
    }
    return {
        "metadata": {
            "name": row["name"],
            "namespace": "kube-system",
            "labels": {"k8s-app": "aws-node"},
        },
        "spec": {"nodeName": NODE, "hostNetwork": True, "containers": [{"name": "aws-node"}]},
        "status": {"phase": "Running", "containerStatuses": [container]},
    }
