"""What comes in over a socket, what it asks for, and what goes back."""

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from eksdoctor.snapshot.declaration import Action
from eksdoctor.snapshot.request import Request
from tests.lab.faults import Fault


@dataclass(frozen=True, slots=True)
class Call:
    """An HTTP request; `target` is path and query, header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call in the words of its API.

    `action` is the snapshot's action, or None for what no snapshot holds (discovery, other resources).
    `names` are what a deny list or fault table may call this: action, permission, permission with scope.
    `offset` is how far the pages before have come. `plan` is what the service needs to answer.
    """

    source: Literal["kubernetes", "aws"]
    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    action: Action | None = None
    names: tuple[str, ...] = ()
    request: Request | None = None
    offset: int = 0
    plan: Any = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """How a request gets through: with a fault, with the first `most` records, with `dropped` broken ones."""

    fault: Fault | None = None
    most: int | None = None
    dropped: int = 0


FREELY = Passage()


class Service(Protocol):
    """One of the two APIs."""

    def understand(self, call: Call) -> Asked:
        """What this call asks for."""

    def answer(self, asked: Asked, passage: Passage) -> Reply:
        """The answer, as far as the passage lets it through."""

    def refuse(self, asked: Asked, fault: Fault) -> Reply:
        """A refusal in the API's own shape."""
