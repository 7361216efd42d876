"""AWS answers, page by page, as records; ids that no longer exist are left out and the call is repeated."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.aws.errors import error_code, refused_by_aws
from eksdoctor.collect.aws.parameters import parameter_sets
from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.refusal import Refused, refused
from eksdoctor.snapshot.declaration import AwsAction, Kind
from eksdoctor.snapshot.request import Answer, Request

MAX_RETRIES_WITHOUT_UNKNOWN_IDS = 3
# One id that no longer exists fails the whole call, and the error message names it.
_UNKNOWN_ID = re.compile(r"InvalidInstanceType|Invalid(Subnet|Vpc|Group)(ID|Id)?\.(NotFound|Malformed)")
_NOT_FOUND = frozenset({
    "ResourceNotFoundException", "NoSuchResourceException", "NoSuchEntity",
    "InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.VersionNotFound",
})  # fmt: skip
_TOKENS = ("NextToken", "nextToken", "Marker")
Call = Callable[..., dict[str, Any]]


@dataclass(slots=True)
class PagedRead:
    """The pages of one request read so far."""

    account: Account
    call: Call
    request: Request
    deadline: Deadline
    documents: list[Any] = field(default_factory=list)
    dropped: int = 0
    pages: int = 0

    @property
    def client(self) -> str:
        """boto3's name of the service."""
        action = self.request.action
        return action.client if isinstance(action, AwsAction) else ""

    def read(self, parameters: dict[str, Any]) -> bool:
        """Read every page of one call; False when nothing that it names exists. Raises Refused."""
        for _ in range(MAX_RETRIES_WITHOUT_UNKNOWN_IDS + 1):
            try:
                self._read_every_page(parameters)
            except Refused:
                raise
            except Exception as error:  # botocore raises many types, and none may end the run
                if _is_absent(error):
                    return False
                without = _without_unknown_ids(parameters, error)
                if without == {}:
                    return False
                if without is None:
                    raise self._refused(error) from error
                parameters, last = without, error
            else:
                return True
        raise self._refused(last) from last

    def _read_every_page(self, parameters: dict[str, Any]) -> None:
        token: dict[str, Any] = {}
        while True:
            if self.deadline.left <= 0:
                raise refused("timeout", self.deadline.message)
            page = self.call(**parameters, **token)
            self.account.note_success(self.client)
            found, dropped = decode_page(self.request.action.kind, page)
            self.documents += found
            self.dropped += dropped
            self.pages += 1
            token = {name: page[name] for name in _TOKENS if page.get(name)}
            if not token:
                return

    def _refused(self, error: Exception) -> Refused:
        refusal = refused_by_aws(error, self.request.action.permission, self.account.profile)
        self.account.note_failure(self.client, refusal.refusal)
        return refusal


def read_pages(account: Account, call: Call, request: Request, deadline: Deadline, **more: Any) -> Answer:
    """Every record that a request names; the call also gets the action's parameters and `more`.

    Raises Refused with the records that were read before the failure.
    """
    declared = dict(request.action.parameters) if isinstance(request.action, AwsAction) else {}
    reading = PagedRead(account, call, request, deadline)
    try:
        present = [reading.read({**parameters, **declared, **more}) for parameters in parameter_sets(request)]
    except Refused as failure:
        raise Refused(
            failure.refusal, tuple(reading.documents), reading.dropped, max(reading.pages, 1)
        ) from failure
    return Answer(
        request,
        tuple(reading.documents),
        absent=bool(present) and not any(present),
        dropped=reading.dropped,
        pages=max(reading.pages, 1),
    )


def decode_page(kind: Kind[Any], page: dict[str, Any]) -> tuple[list[Any], int]:
    """The records of one answer, and the number of entries that could not be decoded."""
    if kind.items:
        inner = page.get(kind.items, [])
        entries = inner if isinstance(inner, list) else [inner]
    else:
        entries = [{name: value for name, value in page.items() if name != "ResponseMetadata"}]
    found, dropped = [], 0
    for entry in entries:
        try:
            record = msgspec.convert(entry, kind.record, strict=False)
        except (msgspec.ValidationError, TypeError):
            dropped += 1
            continue
        found.append(msgspec.to_builtins(entry) if kind.whole else record)
    return found, dropped


def _without_unknown_ids(parameters: dict[str, Any], error: Exception) -> dict[str, Any] | None:
    """The parameters without the ids that the error names.

    `{}` when no id is left; None when the error is not about unknown ids.
    """
    if not _UNKNOWN_ID.fullmatch(error_code(error)):
        return None
    ids = next(
        (name for name, value in parameters.items() if name != "Filters" and isinstance(value, list)), ""
    )
    if not ids:
        return {}
    known = [
        one for one in parameters[ids] if not re.search(rf"(?<![\w.-]){re.escape(one)}(?![\w-])", str(error))
    ]
    if len(known) == len(parameters[ids]):
        return None
    return {**parameters, ids: known} if known else {}


def _is_absent(error: Exception) -> bool:
    """Whether the requested object does not exist; an unknown cluster does not show that."""
    if error_code(error) not in _NOT_FOUND:
        return False
    return getattr(error, "operation_name", "") == "DescribeCluster" or "No cluster found" not in str(error)
