"""The IAM collectors: one function per action, named after it; IAM is the same in every region."""

from typing import Any

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.aws.pages import Call, ask
from eksdoctor.collect.deadline import Deadline
from eksdoctor.snapshot.request import Answer, Request


def get_role(account: Account, request: Request, deadline: Deadline) -> Answer:
    """One role, with its trust policy."""
    return ask(account, "iam", account.client("iam", deadline).get_role, request, deadline)


def list_attached_role_policies(account: Account, request: Request, deadline: Deadline) -> Answer:
    """The managed policies of one role."""
    call = _with_role(account.client("iam", deadline).list_attached_role_policies, "AttachedPolicies")
    return ask(account, "iam", call, request, deadline)


def list_role_policies(account: Account, request: Request, deadline: Deadline) -> Answer:
    """The names of the policies that stand in one role itself."""
    call = _with_role(account.client("iam", deadline).list_role_policies, "PolicyNames")
    return ask(account, "iam", call, request, deadline)


def _with_role(call: Call, items: str) -> Call:
    """The call, its entries naming the role they are of: answers about several roles are kept together."""

    def named(**parameters: Any) -> dict[str, Any]:
        page = call(**parameters)
        of_role = {"RoleName": parameters["RoleName"]}
        entries = [one if isinstance(one, dict) else {"PolicyName": one} for one in page.get(items, ())]
        return {**page, items: [{**entry, **of_role} for entry in entries]}

    return named
