"""AWS answers, page by page, as records; ids that no longer exist are left out and asked no more."""

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
from eksdoctor.snapshot.kinds import Kind
from eksdoctor.snapshot.request import Answer, Request

MOST_TRIES_WITHOUT_UNKNOWN = 3
# One id that is gone fails the whole call, and its message names it.
_UNKNOWN_ID = re.compile(r"InvalidInstanceType|Invalid(Subnet|Vpc|Group)(ID|Id)?\.(NotFound|Malformed)")
_NOT_FOUND = frozenset({
    "ResourceNotFoundException", "NoSuchResourceException", "NoSuchEntity",
    "InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.VersionNotFound",
})  # fmt: skip
_TOKENS = ("NextToken", "nextToken", "Marker")
Call = Callable[..., dict[str, Any]]


@dataclass(slots=True)
class Gathering:
    """The pages of one request as they come in."""

    account: Account
    service: str
    call: Call
    request: Request
    deadline: Deadline
    documents: list[Any] = field(default_factory=list)
    dropped: int = 0
    pages: int = 0

    def gather(self, parameters: dict[str, Any]) -> bool:
        """Take in every page of one call; False when nothing that it names exists."""
        for _ in range(MOST_TRIES_WITHOUT_UNKNOWN + 1):
            try:
                self._every_page(parameters)
            except Refused:
                raise
            except Exception as error:  # botocore raises many kinds, none of which may end the run
                if _is_absent(error):
                    return False
                without = _without_unknown(parameters, error)
                if without == {}:
                    return False
                if without is None:
                    raise self._refused(error) from error
                parameters, last = without, error
            else:
                return True
        raise self._refused(last) from last

    def _every_page(self, parameters: dict[str, Any]) -> None:
        resume: dict[str, Any] = {}
        while True:
            if self.deadline.left <= 0:
                raise refused("timeout", self.deadline.words)
            page = self.call(**parameters, **resume)
            self.account.note_success(self.service)
            found, lost = decode_page(self.request.action.kind, page)
            self.documents += found
            self.dropped += lost
            self.pages += 1
            resume = {name: page[name] for name in _TOKENS if page.get(name)}
            if not resume:
                return

    def _refused(self, error: Exception) -> Refused:
        refusal = refused_by_aws(error, self.request.action.permission, self.account.profile)
        self.account.note_failure(self.service, refusal.refusal)
        return refusal


def ask(
    account: Account, service: str, call: Call, request: Request, deadline: Deadline, **more: Any
) -> Answer:
    """Every record a request names; raises Refused with what came before the refusal."""
    gathering = Gathering(account, service, call, request, deadline)
    try:
        present = [gathering.gather({**parameters, **more}) for parameters in parameter_sets(request)]
    except Refused as broken:
        raise Refused(
            broken.refusal, tuple(gathering.documents), gathering.dropped, max(gathering.pages, 1)
        ) from broken
    return Answer(
        request,
        tuple(gathering.documents),
        absent=bool(present) and not any(present),
        dropped=gathering.dropped,
        pages=max(gathering.pages, 1),
    )


def decode_page(kind: Kind[Any], page: dict[str, Any]) -> tuple[list[Any], int]:
    """The records of one answer, and how many could not be read."""
    if kind.items:
        inner = page.get(kind.items, [])
        entries = inner if isinstance(inner, list) else [inner]
    else:
        entries = [{name: value for name, value in page.items() if name != "ResponseMetadata"}]
    found, lost = [], 0
    for entry in entries:
        try:
            record = msgspec.convert(entry, kind.record, strict=False)
        except (msgspec.ValidationError, TypeError):
            lost += 1
            continue
        found.append(msgspec.to_builtins(entry) if kind.whole else record)
    return found, lost


def _without_unknown(parameters: dict[str, Any], error: Exception) -> dict[str, Any] | None:
    """The parameters less the ids the error names: none left is `{}`; None when it is another error."""
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
    """Whether the thing asked for is known not to exist; that its cluster is not known says nothing of it."""
    if error_code(error) not in _NOT_FOUND:
        return False
    return getattr(error, "operation_name", "") == "DescribeCluster" or "No cluster found" not in str(error)
