"""An observation: one kind of message about one object, with its times, its count and a quoted line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from eksdoctor.evidence.observed.source import UNKNOWN_SOURCE, Source
from eksdoctor.evidence.signatures.catalogue import Signature
from eksdoctor.evidence.signatures.classes import EvidenceClass, Weight

BACK_OFF = timedelta(seconds=120)
"""How long ipamd stops asking EC2 after one of these codes; it logs this at debug level only.
https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/pkg/ipamd/ipamd.go (insufficientCidrErrorCooldown)"""
_BACK_OFF_CODES = frozenset({"InsufficientCidrBlocks", "InsufficientFreeAddressesInSubnet"})


@dataclass(frozen=True, slots=True)
class Observation:
    """What log lines, events, counters or CloudTrail show of one kind about one object.

    `count` is the number of failed requests, attempts or events, never of lines. `duration` may be known
    without times (`x175 over 38m`). `evidence` is the line that names the cause; for a generic observation
    it is another line, and `cause` is that line's signature id. `followed_by_success` is None if nothing was
    logged afterwards. `numbers` and `texts` come from the signature's pattern; the numbers are the latest
    ones, unchanged since `numbers_since`.
    """

    signature: Signature
    evidence_class: EvidenceClass
    count: int
    evidence: str
    first: datetime | None = None
    last: datetime | None = None
    duration: timedelta | None = None
    request_ids: tuple[str, ...] = ()
    node: str = ""
    subnet: str = ""
    eni: str = ""
    pod: str = ""
    action: str = ""
    code: str = ""
    numbers: Mapping[str, int] = field(default_factory=dict)
    numbers_since: datetime | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[Source, ...] = (UNKNOWN_SOURCE,)
    cause: str = ""
    followed_by_success: bool | None = None

    @property
    def is_cause(self) -> bool:
        """Whether the signature names a cause, not only that something failed."""
        return self.signature.weight is Weight.CAUSE

    @property
    def backs_off_until(self) -> datetime | None:
        """Until when ipamd does not try again and logs no such error; None if it keeps trying."""
        is_backing_off = self.code in _BACK_OFF_CODES or self.evidence_class is EvidenceClass.BACK_OFF
        return self.last + BACK_OFF if is_backing_off and self.last is not None else None
