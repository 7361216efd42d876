"""The history of the aws-node DaemonSet: as it was shipped, and since its settings were changed."""

from copy import deepcopy
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.simulator.documents import times
from tests.simulator.documents.kube_system import SHIPPED
from tests.simulator.names import Names
from tests.simulator.simulation import Simulation

CHANGED = timedelta(hours=1)  # after the first node joined


def revisions(simulation: Simulation, daemon_sets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The ControllerRevisions; one only when nothing was ever changed."""
    (daemon_set,) = [each for each in daemon_sets if each["metadata"]["name"] == "aws-node"]
    template, joined = daemon_set["spec"]["template"], simulation.machines[0].joined
    if not simulation.settings.changes:
        return [_revision(simulation, template, 1, joined)]
    return [
        _revision(simulation, _as_shipped(template, set(simulation.settings.changes)), 1, joined),
        _revision(simulation, template, 2, joined + CHANGED),
    ]


def _as_shipped(template: dict[str, Any], changed: set[str]) -> dict[str, Any]:
    made = deepcopy(template)
    daemon = made["spec"]["containers"][0]
    daemon["env"] = [
        variable | ({"value": SHIPPED[variable["name"]]} if variable["name"] in changed else {})
        for variable in daemon["env"]
        if variable["name"] in SHIPPED or variable["name"] not in changed
    ]
    return made


def _revision(simulation: Simulation, template: dict[str, Any], number: int, at: datetime) -> dict[str, Any]:
    names = Names(Random(f"revision {number} of aws-node in {simulation.cluster}"))
    digest = names.suffix(10)
    return {
        "metadata": {
            "name": f"aws-node-{digest}",
            "namespace": "kube-system",
            "uid": names.uid(),
            "labels": {"controller-revision-hash": digest, "k8s-app": "aws-node"},
            "creationTimestamp": times.kubernetes(at),
        },
        "revision": number,
        "data": {"spec": {"template": template | {"$patch": "replace"}}},
    }
