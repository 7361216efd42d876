"""The collector of every AWS action that needs no special handling: the declaration names the call."""

from typing import Any

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.aws.pages import Call, read_pages
from eksdoctor.collect.aws.parameters import FILTER
from eksdoctor.collect.deadline import Deadline
from eksdoctor.snapshot.declaration import AwsAction
from eksdoctor.snapshot.request import Answer, Request


def read(account: Account, request: Request, deadline: Deadline) -> Answer:
    """Every record that the request names; raises Refused."""
    return read_pages(account, method_of(account, request, deadline), request, deadline)


def method_of(account: Account, request: Request, deadline: Deadline) -> Call:
    """The boto3 method of the request's action, which its declaration has checked to be read-only.

    Raises Refused when there is no client.
    """
    action = action_of(request)
    client = account.client(action.client, deadline)
    method: Call = getattr(client, action.method)
    has_filter = any(name.startswith(FILTER) for name in request.values)
    return _with_filter_name(method, client, action) if has_filter else method


def action_of(request: Request) -> AwsAction[Any]:
    """The request's action; raises TypeError for an action of Kubernetes."""
    if not isinstance(request.action, AwsAction):
        raise TypeError(f"{request.action.name} is not an action of AWS")
    return request.action


def accepts(client: Any, action: AwsAction[Any], parameter: str) -> bool:
    """Whether the installed botocore knows a parameter of the operation."""
    shape = client.meta.service_model.operation_model(action.operation).input_shape
    return shape is not None and parameter in shape.members


def _with_filter_name(method: Call, client: Any, action: AwsAction[Any]) -> Call:
    """The method; a few operations of EC2 (DescribeNatGateways) name their filters `Filter`."""
    if accepts(client, action, "Filters") or not accepts(client, action, "Filter"):
        return method

    def renamed(**parameters: Any) -> dict[str, Any]:
        return method(
            **{"Filter" if name == "Filters" else name: value for name, value in parameters.items()}
        )

    return renamed
