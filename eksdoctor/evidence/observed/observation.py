"""A statement: one thing said about one object, with when, how often and in which words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from eksdoctor.evidence.observed.source import UNNAMED, Source
from eksdoctor.evidence.signatures.catalogue import Signature, Weight

BACK_OFF = timedelta(seconds=120)
"""After EC2 refused addresses or prefixes the daemon tries nothing for so long, and says so at debug only."""
_BACKED_OFF = frozenset({"InsufficientCidrBlocks", "InsufficientFreeAddressesInSubnet"})


@dataclass(frozen=True, slots=True)
class Statement:
    """What was said, by whom, about what.

    `count` counts failed requests, attempts or events, never lines. `lasted` is how long it went on, also
    where only that is known (`x175 over 38m`). `evidence` is the line with the cause, which for a generic
    statement is another's: then `cause` is that one's signature. `followed_by_success` is None when
    nothing was seen afterwards. `numbers` are the latest, said first `numbers_since`.
    """

    signature: Signature
    testifies: str
    count: int
    evidence: str
    first: datetime | None = None
    last: datetime | None = None
    lasted: timedelta | None = None
    requests: tuple[str, ...] = ()
    node: str = ""
    subnet: str = ""
    eni: str = ""
    pod: str = ""
    action: str = ""
    code: str = ""
    numbers: Mapping[str, int] = field(default_factory=dict)
    numbers_since: datetime | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[Source, ...] = (UNNAMED,)
    cause: str = ""
    followed_by_success: bool | None = None

    @property
    def is_cause(self) -> bool:
        """Whether this names a cause, rather than only that something failed."""
        return self.signature.weight is Weight.ROOT

    @property
    def silent_until(self) -> datetime | None:
        """Until when the daemon says nothing more of this, because it does not try; None where it tries."""
        held = self.code in _BACKED_OFF or self.testifies == "back-off"
        return self.last + BACK_OFF if held and self.last is not None else None
