"""What can go wrong with an answer, and which recorded refusal is replayed as which fault."""

import re
from dataclasses import dataclass
from typing import Literal

from eksdoctor.snapshot.request import Refusal

_HTTP = re.compile(r"HTTP (\d{3}): (.*)", re.DOTALL)
FaultKind = Literal[
    "denied", "unauthenticated", "throttled", "absent", "error",  # told in the API's own error shape
    "slow", "hang", "garbage", "truncated", "closed",  # done to the connection
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of failing; `times` is how often before all is well, None for ever."""

    kind: FaultKind
    status: int = 500
    code: str = ""
    words: str = ""
    seconds: float = 0.0
    retry_after: int = 1
    times: int | None = None

    @classmethod
    def denied(cls, words: str = "") -> "Fault":
        """No permission."""
        return cls("denied", 403, words=words)

    @classmethod
    def unauthenticated(cls, words: str = "") -> "Fault":
        """No valid credentials: 401, or ExpiredToken as the service spells it."""
        return cls("unauthenticated", 401, words=words)

    @classmethod
    def throttled(cls, times: int | None = None, retry_after: int = 1, words: str = "") -> "Fault":
        """Too many requests, `times` times."""
        return cls("throttled", 429, words=words, times=times, retry_after=retry_after)

    @classmethod
    def error(cls, status: int, code: str = "", words: str = "", times: int | None = None) -> "Fault":
        """Any status with the API's error document; `code` is AWS's code or Kubernetes' reason."""
        return cls("error", status, code, words, times=times)

    @classmethod
    def absent(cls) -> "Fault":
        """The API's own not-found."""
        return cls("absent", 404)

    @classmethod
    def slow(cls, seconds: float) -> "Fault":
        """The right answer, late."""
        return cls("slow", seconds=seconds)

    @classmethod
    def hang(cls, times: int | None = None) -> "Fault":
        """No answer until the client goes away or the lab stops."""
        return cls("hang", times=times)

    @classmethod
    def garbage(cls) -> "Fault":
        """Status 200 and bytes that are no document."""
        return cls("garbage", 200)

    @classmethod
    def truncated(cls) -> "Fault":
        """The first half of the right answer, then a closed connection."""
        return cls("truncated", 200)

    @classmethod
    def closed(cls) -> "Fault":
        """A connection closed without an answer."""
        return cls("closed")

    @classmethod
    def of(cls, refusal: Refusal) -> "Fault | None":
        """A recorded refusal in kind; None where the API itself refused nothing (the user interrupted)."""
        words = refusal.message
        known: dict[str, Fault | None] = {
            "forbidden": cls.denied(words),
            "unauthenticated": cls.unauthenticated(words),
            "throttled": cls.throttled(retry_after=0, words=words),
            "timeout": cls.hang(),
            "unreachable": cls.closed(),
            "undecodable": cls.garbage(),
            "interrupted": None,
        }
        if refusal.reason in known:
            return known[refusal.reason]
        found = _HTTP.fullmatch(words)
        return cls.error(int(found[1]), words=found[2]) if found else cls.error(500, words=words)
