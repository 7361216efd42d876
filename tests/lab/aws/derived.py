"""Operations that the lab answers by the action's declaration and botocore's model alone.

Parameters and filters are matched with members of the records by name: `NatGatewayIds` and the filter
`nat-gateway-id` with `NatGatewayId`. An operation that needs more has a module of its own.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eksdoctor.snapshot.declaration import AwsAction
from tests.lab.aws.account import Account, Operation, Parameters, Part
from tests.lab.aws.filters import matching
from tests.lab.aws.wire import AwsError, model_of
from tests.lab.pages import page

PAGING = {"NextToken", "nextToken", "Marker", "MaxResults", "maxResults", "MaxItems", "DryRun"}
FILTERS = ("Filters", "Filter")
TOKENS = ("NextToken", "nextToken", "Marker")


@dataclass(frozen=True)
class Derived:
    """One operation, answered from the records of its kind."""

    action: AwsAction[Any]

    def __call__(self, account: Account, parameters: Parameters, part: Part) -> dict[str, Any]:
        if not account.records.holds(self.action.kind):
            raise AwsError("UnsupportedOperation", f"The snapshot does not hold {self.action.kind.file}.")
        found = [document for document in account.records.of(self.action.kind) if _has(document, parameters)]
        for name in FILTERS:
            found = matching(tuple(found), parameters.get(name) or [], self._filters)
        if self.action.kind.single or not self.action.kind.items:
            return self._one(found)
        size = parameters.get("MaxResults") or parameters.get("maxResults") or parameters.get("MaxItems")
        shown = page(found, part.offset, size, part.most)
        token = {self._token: shown.token} if shown.token and self._token else {}
        return {self.action.kind.items: shown.entries} | token

    def _one(self, found: list[Any]) -> dict[str, Any]:
        if not found:
            raise AwsError("ResourceNotFoundException", "There is no such thing.", 404)
        return {self.action.kind.items: found[0]} if self.action.kind.items else found[0]

    @cached_property
    def _output(self) -> Any:
        return (
            model_of(self.action.name.partition(":")[0]).operation_model(self.action.operation).output_shape
        )

    @cached_property
    def _token(self) -> str:
        return next((name for name in TOKENS if name in self._output.members), "")

    @cached_property
    def _filters(self) -> dict[str, str]:
        """The names of filters: each member of an entry with hyphens, and its tags."""
        members = self._output.members[self.action.kind.items].member.members
        named = {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower(): name for name in members}
        return named | ({"tags": "Tags"} if "Tags" in members else {})


def derived(action: AwsAction[Any]) -> Operation:
    """The operation of an action."""
    return Operation(action, Derived(action))


def _has(document: Any, parameters: Parameters) -> bool:
    """Whether a record has the values of the parameters that name one of its members."""
    for name, value in parameters.items():
        member = next(
            (one for one in (name, name.removesuffix("s")) if isinstance(document, dict) and one in document),
            "",
        )
        if name in PAGING or name in FILTERS or not member:
            continue
        if document[member] not in (value if isinstance(value, list) else [value]):
            return False
    return True
