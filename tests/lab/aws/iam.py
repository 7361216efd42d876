"""IAM as the lab answers it."""

import json
from typing import Any
from urllib.parse import quote

from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.records.identity import GET_ROLE, LIST_ATTACHED_ROLE_POLICIES, LIST_ROLE_POLICIES
from tests.lab.aws.account import Account, Operation, Parameters, Part
from tests.lab.aws.wire import AwsError
from tests.lab.pages import page


def _role(account: Account, parameters: Parameters, _: Part) -> dict[str, Any]:
    name = parameters["RoleName"]
    for document in account.records.of(GET_ROLE.kind):
        if document["RoleName"] == name:
            trust = document.get("AssumeRolePolicyDocument")
            return {
                "Role": document | ({"AssumeRolePolicyDocument": quote(json.dumps(trust))} if trust else {})
            }
    raise _no_role(name)


def _attached(account: Account, parameters: Parameters, part: Part) -> dict[str, Any]:
    found = [
        {name: policy[name] for name in ("PolicyName", "PolicyArn") if name in policy}
        for policy in _of_role(account, LIST_ATTACHED_ROLE_POLICIES.kind, parameters)
    ]
    return _paged("AttachedPolicies", found, parameters, part)


def _inline(account: Account, parameters: Parameters, part: Part) -> dict[str, Any]:
    found = [policy["PolicyName"] for policy in _of_role(account, LIST_ROLE_POLICIES.kind, parameters)]
    return _paged("PolicyNames", found, parameters, part)


def _of_role(account: Account, kind: Kind[Any], parameters: Parameters) -> list[Any]:
    """A role's policies; a role is there when anything of it is."""
    name = parameters["RoleName"]
    policies = [
        *account.records.of(LIST_ATTACHED_ROLE_POLICIES.kind),
        *account.records.of(LIST_ROLE_POLICIES.kind),
    ]
    if not any(one["RoleName"] == name for one in (*account.records.of(GET_ROLE.kind), *policies)):
        raise _no_role(name)
    return [policy for policy in account.records.of(kind) if policy["RoleName"] == name]


def _paged(items: str, found: list[Any], parameters: Parameters, part: Part) -> dict[str, Any]:
    shown = page(found, part.offset, parameters.get("MaxItems") or 100, part.most)
    more = {"IsTruncated": bool(shown.token)}
    return {items: shown.entries} | more | ({"Marker": shown.token} if shown.token else {})


def _no_role(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The role with name {name} cannot be found.", 404)


OPERATIONS = (
    Operation(GET_ROLE, _role, "NoSuchEntity"),
    Operation(LIST_ATTACHED_ROLE_POLICIES, _attached, "NoSuchEntity"),
    Operation(LIST_ROLE_POLICIES, _inline, "NoSuchEntity"),
)
