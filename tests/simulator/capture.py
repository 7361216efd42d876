"""A world asked: what the APIs would answer, and the product's own loop of questions over it."""

from collections.abc import Container
from copy import deepcopy
from dataclasses import replace
from typing import Any

from eksdoctor.collect.aws.services import cloudtrail
from eksdoctor.collect.user_data import reductions
from eksdoctor.evidence.observed.source import SourceKind
from eksdoctor.snapshot.declaration import Action, KubernetesAction
from eksdoctor.snapshot.records.cloudtrail import LOOKUP_EVENTS
from eksdoctor.snapshot.records.karpenter import LIST_EC2_NODE_CLASSES
from eksdoctor.snapshot.records.kubernetes import LIST_CONTROLLER_REVISIONS, LIST_PODS, TABULATE_PODS
from eksdoctor.snapshot.records.launch_template import DESCRIBE_LAUNCH_TEMPLATE_VERSIONS
from eksdoctor.snapshot.records.node_text import GET_POD_LOG, GET_POD_METRICS, NODE_TEXTS
from eksdoctor.snapshot.request import Answer, Refusal, Request
from eksdoctor.snapshot.snapshot import Focus, Snapshot, decode
from eksdoctor.triage.log_reading_plan import request_planner
from tests.shared import rulebook
from tests.simulator.filters import passes
from tests.simulator.selectors import selects
from tests.simulator.world import CUSTOM_RESOURCES, World

TOOL = "0.1.0"
MOST_ROUNDS = 8

# An argument that names one thing or several: the field of the answer that must be among them.
IDENTIFIERS = {
    "EventName": "EventName",
    "GroupIds": "GroupId",
    "LaunchTemplateId": "LaunchTemplateId",
    "QuotaCode": "QuotaCode",
    "RoleName": "RoleName",
    "ServiceCode": "ServiceCode",
    "Versions": "VersionNumber",
    "associationId": "associationId",
    "namespace": "namespace",
    "serviceAccount": "serviceAccount",
    "InstanceTypes": "InstanceType",
    "NetworkInterfaceIds": "NetworkInterfaceId",
    "SubnetId": "SubnetId",
    "SubnetIds": "SubnetId",
    "VpcIds": "VpcId",
    "addonName": "addonName",
    "clusterName": "clusterName",
    "name": "name",
    "nodegroupName": "nodegroupName",
}
SPOKEN = {GET_POD_METRICS: SourceKind.METRICS, GET_POD_LOG: SourceKind.STDOUT}
NOT_SIMULATED = Refusal("failed", "the simulator does not simulate it")
NOT_RECORDED = Refusal("failed", "the fixture does not record it")
NODE_LOGS = 3  # as a triage reads them unless told otherwise
REDUCTIONS = {  # what the collectors take out of a document as it comes in
    LIST_CONTROLLER_REVISIONS.kind: reductions.only_aws_node,
    LIST_EC2_NODE_CLASSES.kind: reductions.without_user_data,
    DESCRIBE_LAUNCH_TEMPLATE_VERSIONS.kind: reductions.launch_template_version,
    LOOKUP_EVENTS.kind: cloudtrail.trail_event,
}
MOST_LOOKED_UP = cloudtrail.MAX_PAGES * cloudtrail.PAGE_SIZE
NEITHER_NAME_NOR_ID = ("LastSeconds",)  # a world's trail is of its last hour


def answer(world: World, request: Request) -> Answer:
    """What the API would answer."""
    kind = request.action.kind
    source = LIST_PODS.kind if kind is TABULATE_PODS.kind else kind
    if not simulates(world, request):
        return Answer(request, refusal=NOT_SIMULATED)
    if source.file not in world.documents:
        return Answer(request, absent=True)
    if kind is NODE_TEXTS:
        return _spoken(world, request)
    chooses = _chooses_kubernetes if request.action.source == "kubernetes" else _chooses_aws
    found = [document for document in world.documents[source.file] if chooses(request, document)]
    if kind is TABULATE_PODS.kind:
        found = [{"cells": _cells(pod)} for pod in found]
    sampled = kind is LOOKUP_EVENTS.kind and len(found) > MOST_LOOKED_UP
    found = found[:MOST_LOOKED_UP] if sampled else found
    if kind in REDUCTIONS:
        found = [REDUCTIONS[kind](deepcopy(document)) for document in found]
    documents = tuple(found if kind.whole else (decode(kind, document) for document in found))
    return Answer(request, documents, absent=_is_of_one(request.action) and not documents, sampled=sampled)


def _spoken(world: World, request: Request) -> Answer:
    """What the daemon of a node says."""
    values = request.values
    kind = SPOKEN.get(request.action, SourceKind.IPAMD)
    log = f"/var/log/{values['path']}" if "path" in values else ""
    found = [
        document
        for document in world.documents[NODE_TEXTS.file]
        if document["node"] == values["node"] and document["kind"] == kind and log in ("", document["name"])
    ]
    documents = tuple(decode(NODE_TEXTS, document) for document in found)
    return Answer(request, documents, absent=not documents)


def capture(
    world: World,
    focus: Focus = Focus(),  # noqa: B008
    purpose: str = "triage",
    extras: frozenset[str] = frozenset(),
    only: Container[Request] | None = None,
) -> Snapshot:
    """The snapshot that a run with every permission would take of this world.

    Requests that the simulator cannot answer are not in it, and with `only` no others: a fixture records the
    requests of the program that it was made with, and stays valid when the program makes more.
    """
    snapshot = Snapshot(
        at=world.at, target=world.target, focus=focus, purpose=purpose, extras=extras, tool=TOOL
    )
    questions = request_planner(rulebook(), NODE_LOGS if purpose == "triage" else 0)
    for _ in range(MOST_ROUNDS):
        asked = questions(snapshot)
        if not asked:
            return recorded_alone(snapshot)
        snapshot = snapshot.with_answers(
            answer(world, request)
            if only is None or request in only
            else Answer(request, refusal=NOT_RECORDED)
            for request in asked
        )
    raise AssertionError(
        f"still asking after {MOST_ROUNDS} rounds: {[str(request) for request in questions(snapshot)]}"
    )


def recorded_alone(snapshot: Snapshot) -> Snapshot:
    """The snapshot without requests that were not simulated or not recorded: they read as not collected."""
    outcomes = {
        request: outcome
        for request, outcome in snapshot.outcomes.items()
        if outcome.refusal not in (NOT_SIMULATED, NOT_RECORDED)
    }
    files = {request.action.kind.file for request in outcomes}
    records = {file: found for file, found in snapshot.records.items() if file in files}
    return replace(snapshot, outcomes=outcomes, records=records)


def simulates(world: World, request: Request) -> bool:
    """Whether the simulator answers a request; a custom resource may be known not to be installed."""
    kind = request.action.kind
    return kind.file in {*world.documents, *CUSTOM_RESOURCES} or kind is TABULATE_PODS.kind


def _is_of_one(action: Action[Any]) -> bool:
    """Whether the answer is one object, which may be known not to exist."""
    named = isinstance(action, KubernetesAction) and action.verb == "get"
    return named or action.kind.single or action is DESCRIBE_LAUNCH_TEMPLATE_VERSIONS


def _chooses_kubernetes(request: Request, document: dict[str, Any]) -> bool:
    values = request.values
    metadata = document["metadata"]
    return (
        values.get("namespace", metadata.get("namespace")) == metadata.get("namespace")
        and values.get("name", metadata["name"]) == metadata["name"]
        and selects(document, str(values.get("fieldSelector", "")), str(values.get("labelSelector", "")))
    )


def _chooses_aws(request: Request, document: Any) -> bool:
    if isinstance(document, str):  # names of node groups: one cluster, so all of them
        return True
    for name, value in request.arguments:
        wanted = (value,) if isinstance(value, str) else value
        if name.startswith("filter:"):
            if not passes(document, name.removeprefix("filter:"), wanted):
                return False
        elif name not in NEITHER_NAME_NOR_ID and str(document.get(IDENTIFIERS[name])) not in wanted:
            return False
    return True


def _cells(pod: dict[str, Any]) -> tuple[str, str, str]:
    """A row of `kubectl get pods -o wide`: status, address, node."""
    status = pod["status"]
    waiting = (
        status["containerStatuses"][0]["state"].get("waiting", {}) if status.get("containerStatuses") else {}
    )
    return (
        waiting.get("reason", status["phase"]),
        status.get("podIP", "<none>"),
        pod["spec"].get("nodeName", "<none>"),
    )
