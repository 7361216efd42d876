"""A request to one API, and its answer."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from eksdoctor.snapshot.declaration import Action

Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """An action with its arguments, hashable: the same request is never sent twice.

    Arguments are named as the API names them. Kubernetes: `namespace`, `name`, `fieldSelector`,
    `labelSelector`. AWS: boto3's parameter names with lists as tuples; an EC2 filter is written
    `filter:<name>`. A look-up in CloudTrail has one `EventName` and covers the last `LastSeconds` seconds.
    """

    action: Action[Any]
    arguments: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, action: Action[Any], **arguments: Value) -> "Request":
        """A request; `__` in a keyword stands for `:` (`filter__subnet_id` is `filter:subnet-id`)."""
        named = {_argument_name(key): value for key, value in arguments.items()}
        return cls(action, tuple(sorted(named.items())))

    @property
    def values(self) -> dict[str, Value]:
        """The arguments by name."""
        return dict(self.arguments)

    def __str__(self) -> str:
        arguments = [
            f"{name}={value if isinstance(value, str) else ','.join(value)}" for name, value in self.arguments
        ]
        return " ".join([self.action.name, *arguments])


def _argument_name(key: str) -> str:
    if key.startswith("filter__"):
        return "filter:" + key.removeprefix("filter__").replace("_", "-")
    return key


REFUSALS = (
    "forbidden",  # 403, AccessDenied: a grant would help
    "unauthenticated",  # 401, missing or expired credentials: a login would help
    "timeout",  # no answer within the deadline
    "throttled",  # the API's rate limit
    "unreachable",  # no connection
    "undecodable",  # an answer that does not match the API's schema
    "failed",  # any other error of the API
    "interrupted",  # the user stopped the run
)


class Refusal(msgspec.Struct, frozen=True):
    """Why a request failed: a reason of REFUSALS, the API's message, and what would help.

    `grant` is the permission or step that would allow the request; empty when none would.
    """

    reason: str
    message: str = msgspec.field(name="words")  # the key in manifest.json
    grant: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one request.

    `documents` are records of the action's kind (Structs, or dicts for whole kinds). With a `refusal` they
    are from the pages before the failure. `absent` means that the API answered not-found. `dropped` objects
    could not be decoded. `sampled` means that only the newest of more records were read.
    """

    request: Request
    documents: tuple[Any, ...] = ()
    refusal: Refusal | None = None
    absent: bool = False
    dropped: int = 0
    seconds: float = 0.0
    pages: int = field(default=1)
    sampled: bool = False
