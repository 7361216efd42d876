"""A world asked: what the APIs would answer, and the product's own loop of questions over it."""

from copy import deepcopy
from typing import Any

from eksdoctor.collect.aws.services import cloudtrail
from eksdoctor.collect.user_data import launch_template
from eksdoctor.evidence.observed.source import SourceKind
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot import request as actions
from eksdoctor.snapshot.request import Answer, Request
from eksdoctor.snapshot.snapshot import Focus, Snapshot, decode
from eksdoctor.triage.log_reading_plan import request_planner
from tests.shared import rulebook
from tests.simulator.filters import passes
from tests.simulator.selectors import selects
from tests.simulator.world import World

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
NAMED = (
    actions.GET_CONFIG_MAP, actions.GET_SERVICE_ACCOUNT, actions.DESCRIBE_CLUSTER, actions.DESCRIBE_ADDON,
    actions.DESCRIBE_NODEGROUP, actions.DESCRIBE_LAUNCH_TEMPLATE_VERSIONS, actions.GET_ROLE,
    actions.DESCRIBE_POD_IDENTITY_ASSOCIATION, actions.GET_SERVICE_QUOTA, actions.GET_DEFAULT_SERVICE_QUOTA,
)  # fmt: skip
SPOKEN = {actions.GET_POD_METRICS: SourceKind.METRICS, actions.GET_POD_LOG: SourceKind.STDOUT}
NODE_LOGS = 3  # as a triage reads them unless told otherwise
REDUCTIONS = {  # what the collectors take out of a document as it comes in
    kinds.CONTROLLER_REVISIONS: launch_template.only_aws_node,
    kinds.EC2_NODE_CLASSES: launch_template.without_user_data,
    kinds.LAUNCH_TEMPLATE_VERSIONS: launch_template.launch_template_version,
    kinds.TRAIL_EVENTS: cloudtrail.trail_event,
}
MOST_LOOKED_UP = cloudtrail.MOST_PAGES * cloudtrail.PAGE_SIZE
NEITHER_NAME_NOR_ID = ("LastSeconds",)  # a world's trail is of its last hour


def answer(world: World, request: Request) -> Answer:
    """What the API would answer."""
    kind = request.action.kind
    source = kinds.PODS if kind is kinds.POD_ROWS else kind
    if source.file not in world.documents:
        return Answer(request, absent=True)
    if kind is kinds.WORDS:
        return _spoken(world, request)
    chooses = _chooses_kubernetes if request.action.source == "kubernetes" else _chooses_aws
    found = [document for document in world.documents[source.file] if chooses(request, document)]
    if kind is kinds.POD_ROWS:
        found = [{"cells": _cells(pod)} for pod in found]
    sampled = kind is kinds.TRAIL_EVENTS and len(found) > MOST_LOOKED_UP
    found = found[:MOST_LOOKED_UP] if sampled else found
    if kind in REDUCTIONS:
        found = [REDUCTIONS[kind](deepcopy(document)) for document in found]
    documents = tuple(found if kind.whole else (decode(kind, document) for document in found))
    return Answer(request, documents, absent=request.action in NAMED and not documents, sampled=sampled)


def _spoken(world: World, request: Request) -> Answer:
    """What the daemon of a node says."""
    values = request.values
    kind = SPOKEN.get(request.action, SourceKind.IPAMD)
    log = f"/var/log/{values['path']}" if "path" in values else ""
    found = [
        document
        for document in world.documents[kinds.WORDS.file]
        if document["node"] == values["node"] and document["kind"] == kind and log in ("", document["name"])
    ]
    documents = tuple(decode(kinds.WORDS, document) for document in found)
    return Answer(request, documents, absent=not documents)


def capture(
    world: World,
    focus: Focus = Focus(),  # noqa: B008
    purpose: str = "triage",
    extras: frozenset[str] = frozenset(),
) -> Snapshot:
    """The snapshot that a run with every permission would take of this world."""
    snapshot = Snapshot(
        at=world.at, target=world.target, focus=focus, purpose=purpose, extras=extras, tool=TOOL
    )
    questions = request_planner(rulebook(), NODE_LOGS if purpose == "triage" else 0)
    for _ in range(MOST_ROUNDS):
        asked = questions(snapshot)
        if not asked:
            return snapshot
        snapshot = snapshot.with_answers(answer(world, request) for request in asked)
    raise AssertionError(
        f"still asking after {MOST_ROUNDS} rounds: {[str(request) for request in questions(snapshot)]}"
    )


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
