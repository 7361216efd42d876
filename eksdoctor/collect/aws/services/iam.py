"""IAM actions with special handling."""

from typing import Any

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.aws.pages import Call, read_pages
from eksdoctor.collect.aws.read import method_of
from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.registry import aws_collector
from eksdoctor.snapshot.records.identity import LIST_ATTACHED_ROLE_POLICIES, LIST_ROLE_POLICIES
from eksdoctor.snapshot.request import Answer, Request


@aws_collector(LIST_ATTACHED_ROLE_POLICIES)
def list_attached_role_policies(account: Account, request: Request, deadline: Deadline) -> Answer:
    """The managed policies of one role."""
    call = _with_role_name(method_of(account, request, deadline), LIST_ATTACHED_ROLE_POLICIES.kind.items)
    return read_pages(account, call, request, deadline)


@aws_collector(LIST_ROLE_POLICIES)
def list_role_policies(account: Account, request: Request, deadline: Deadline) -> Answer:
    """The names of the inline policies of one role."""
    call = _with_role_name(method_of(account, request, deadline), LIST_ROLE_POLICIES.kind.items)
    return read_pages(account, call, request, deadline)


def _with_role_name(call: Call, items: str) -> Call:
    """The call, with `RoleName` added to each entry: one file holds the policies of several roles."""

    def named(**parameters: Any) -> dict[str, Any]:
        page = call(**parameters)
        of_role = {"RoleName": parameters["RoleName"]}
        entries = [one if isinstance(one, dict) else {"PolicyName": one} for one in page.get(items, ())]
        return {**page, items: [{**entry, **of_role} for entry in entries]}

    return named
