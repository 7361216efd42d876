"""The AWS account of a snapshot: from a call to its answer."""

import json
import threading
from dataclasses import dataclass, field
from typing import Any

from moto.core.model import OperationModel

from eksdoctor.snapshot.actions import ACTIONS
from eksdoctor.snapshot.declaration import AwsAction
from eksdoctor.snapshot.request import Request, Value
from tests.lab.aws import cloudtrail, ec2, eks, iam, refusals, service_quotas, sts, wire
from tests.lab.aws.account import Account, Operation, Part
from tests.lab.aws.derived import FILTERS, derived
from tests.lab.aws.wire import AwsError
from tests.lab.call import Asked, Call, Passage, Reply
from tests.lab.faults import Fault
from tests.lab.pages import BadTokenError, offset_of

OWN: dict[str, Operation] = {
    operation.action.name: operation
    for service in (cloudtrail, ec2, eks, iam, service_quotas, sts)
    for operation in service.OPERATIONS
}
OPERATIONS: dict[str, Operation] = {
    name: OWN.get(name) or derived(action)
    for name, action in ACTIONS.items()
    if isinstance(action, AwsAction)
}
SERVICES = {name.partition(":")[0] for name in OPERATIONS}
GLOBAL = {"iam", "sts"}  # the same in every region
TOKENS = ("NextToken", "nextToken", "Marker")
PAGING = {*TOKENS, "MaxResults", "maxResults", "MaxItems"}
MANNERS = PAGING | {"DryRun", "EndTime", "IncludeManagedResources", "StartTime"}  # how it is asked, not what


@dataclass(frozen=True, slots=True)
class Plan:
    """The operation and its parameters, or the error that understanding the call ended in."""

    service: str
    region: str = ""
    model: OperationModel | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    error: AwsError | None = None


class AwsApi:
    """Answers from an account's records; a region that is not the cluster's holds nothing."""

    def __init__(self, account: Account, elsewhere: Account, region: str) -> None:
        self._account, self._elsewhere, self._region = account, elsewhere, region
        self._replies: dict[str, Reply] = {}
        self._lock = threading.Lock()

    def understand(self, call: Call) -> Asked:
        """What this call asks for."""
        scope = wire.signed(call)
        if scope is None or scope.service not in SERVICES:
            words = (
                f"the lab has no service {scope.service}"
                if scope
                else "Request is missing Authentication Token"
            )
            code = "InvalidAction" if scope else "MissingAuthenticationToken"
            service = "eks" if call.method == "GET" else "sts"
            return Asked("aws", call.target, plan=Plan(service, error=AwsError(code, words, 403)))
        try:
            model, parameters = wire.operation(scope.service, call)
        except AwsError as error:
            return Asked("aws", f"{scope.service}:?", plan=Plan(scope.service, error=error))
        return _asked(Plan(scope.service, scope.region, model, parameters), model)

    def answer(self, asked: Asked, passage: Passage) -> Reply:
        """The answer to what was asked."""
        plan: Plan = asked.plan
        if plan.error or plan.model is None:
            return wire.error(plan.service, plan.error or AwsError("InvalidAction", "unknown"))
        key = json.dumps(
            [asked.name, plan.region, plan.parameters, passage.most, passage.dropped],
            sort_keys=True,
            default=str,
        )
        with self._lock:
            known = self._replies.get(key)
        if known is None:
            known = self._made(plan, plan.model, asked, passage)
            with self._lock:
                self._replies[key] = known
        return known

    def _made(self, plan: Plan, model: OperationModel, asked: Asked, passage: Passage) -> Reply:
        try:
            operation = _answerable(plan, asked)
            here = plan.region == self._region or plan.service in GLOBAL
            account = self._account if here else self._elsewhere
            result = operation.answer(account, plan.parameters, Part(asked.offset, passage.most))
        except AwsError as error:
            return wire.error(plan.service, error)
        return wire.result(model, _with_broken(result, operation, model, passage.dropped))

    def refuse(self, asked: Asked, fault: Fault) -> Reply:
        """A refusal in the service's own words."""
        operation = OPERATIONS.get(asked.name)
        absent = operation.absent if operation else "ResourceNotFoundException"
        error = refusals.refusal(asked.plan.service, asked.name, absent, fault)
        return wire.error(asked.plan.service, error, fault.retry_after if fault.kind == "throttled" else None)


def _answerable(plan: Plan, asked: Asked) -> Operation:
    operation = OPERATIONS.get(asked.name)
    if operation is None:
        raise AwsError("InvalidAction", f"The lab does not answer {asked.name}.")
    if asked.offset < 0:
        raise AwsError("InvalidParameterValue", "Unable to parse pagination token")
    if plan.parameters.get("DryRun"):
        raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
    return operation


def _asked(plan: Plan, model: OperationModel) -> Asked:
    name = f"{plan.service}:{model.name}"
    operation = OPERATIONS.get(name)
    token = next((plan.parameters[name] for name in TOKENS if plan.parameters.get(name)), "")
    try:
        offset = offset_of(token)
    except BadTokenError:
        offset = -1
    arguments = dict(_arguments({k: v for k, v in plan.parameters.items() if k not in MANNERS}))
    arguments |= cloudtrail.window(plan.parameters) if model.name == "LookupEvents" else {}
    request = Request(operation.action, tuple(sorted(arguments.items()))) if operation else None
    shown = arguments | {key: plan.parameters[key] for key in sorted(MANNERS) if key in plan.parameters}
    return Asked("aws", name, shown, operation.action if operation else None, (name,), request, offset, plan)


def _arguments(parameters: dict[str, Any]) -> list[tuple[str, Value]]:
    """Parameters as a snapshot's requests name them."""
    found: list[tuple[str, Value]] = []
    for name, value in parameters.items():
        if name == "LookupAttributes":
            found += [(one["AttributeKey"], one["AttributeValue"]) for one in value]
        elif name in FILTERS:
            found += [(f"filter:{one.get('Name', '')}", tuple(one.get("Values", ()))) for one in value]
        elif isinstance(value, list):
            found.append((name, tuple(str(entry) for entry in value)))
        elif value is not None:
            found.append((name, str(value)))
    return found


def _with_broken(
    result: dict[str, Any], operation: Operation, model: OperationModel, count: int
) -> dict[str, Any]:
    """The last page, and entries as broken as those that the snapshot's run could not decode."""
    items = operation.action.kind.items
    if not count or not isinstance(result.get(items), list | tuple) or result.get("NextToken"):
        return result
    members = model.output_shape.members[items].member.members
    first = next(
        name for name, shape in members.items() if shape.type_name == "string" and not name.endswith("Id")
    )
    return result | {items: [*result[items], *({first: "undecodable"} for _ in range(count))]}
