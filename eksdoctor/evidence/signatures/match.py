"""Match a message against the signatures, and read the numbers and texts out of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from eksdoctor.evidence.signatures.catalogue import Catalogue, Signature, catalogue
from eksdoctor.evidence.signatures.classes import EvidenceClass, Weight

_WEIGHT_ORDER = {weight: place for place, weight in enumerate(Weight)}
_NUMBER_PREFIX = "n_"
_MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Match:
    """One signature found in one message.

    `numbers` and `texts` are the named groups of its pattern: those whose name begins with `n_` are numbers
    (the prefix is removed). `code` is the EC2 error code, empty if the signature has none.
    """

    signature: Signature
    code: str = ""
    numbers: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def evidence_class(self) -> EvidenceClass:
        """The signature's class; for a `pool` message with numbers, the class that the numbers give."""
        if self.signature.evidence_class is not EvidenceClass.POOL or "total" not in self.numbers:
            return self.signature.evidence_class
        return _pool_class(self.numbers)


def match_message(message: str, reason: str = "", known: Catalogue | None = None) -> tuple[Match, ...]:
    """The signatures that the message matches, by weight; `reason` is the reason of an event."""
    known = known or catalogue()
    found: dict[str, Match] = {}
    by_code, by_text = _match_codes(message, known), _match_texts(message, known)
    for match in (*by_code, *by_text, *_match_reasons(message, reason, known)):
        found.setdefault(match.signature.id, match)
    return tuple(sorted(found.values(), key=lambda match: _WEIGHT_ORDER[match.signature.weight]))


def _match_codes(message: str, known: Catalogue) -> Iterator[Match]:
    """For each EC2 code in the message, the first of its signatures whose `requires` text it contains."""
    seen = set()
    for hit in known.code.finditer(message):
        code = hit[1] or hit[2]
        if code in seen:
            continue
        seen.add(code)
        folded = message.lower()
        for one in known.by_code[code]:
            if one.requires in folded:
                found = one.pattern.search(message) if one.pattern else None
                groups = found.groupdict() if found else {}
                yield Match(one, code, _numbers(groups), _texts(groups))
                break


def _match_texts(message: str, known: Catalogue) -> Iterator[Match]:
    folded = message.lower()
    for one, literals in known.by_text:
        if not _contains_any(folded, literals):
            continue
        if one.pattern is None:
            yield Match(one)
            continue
        hit = one.pattern.search(message)
        if hit is not None:
            groups = hit.groupdict()
            yield Match(one, "", _numbers(groups), _texts(groups))


def _contains_any(folded: str, literals: tuple[str, ...]) -> bool:
    for literal in literals:  # noqa: SIM110 (a generator costs more than the search)
        if literal in folded:
            return True
    return False


def _match_reasons(message: str, reason: str, known: Catalogue) -> Iterator[Match]:
    """The signatures of an event's reason; where several share it, one with literals needs one of them."""
    folded = message.lower()
    for one in known.by_reason.get(reason, ()):
        texts = tuple(literal.lower() for literal in one.literals)
        if not texts or _contains_any(folded, texts) or len(known.by_reason[reason]) == 1:
            yield Match(one)


def _numbers(groups: Mapping[str, str | None]) -> dict[str, int]:
    return {
        name.removeprefix(_NUMBER_PREFIX): int(text)
        for name, text in groups.items()
        if name.startswith(_NUMBER_PREFIX) and text and len(text) <= _MAX_DIGITS
    }


def _texts(groups: Mapping[str, str | None]) -> dict[str, str]:
    return {name: text for name, text in groups.items() if text and not name.startswith(_NUMBER_PREFIX)}


def _pool_class(numbers: Mapping[str, int]) -> EvidenceClass:
    """The class of a pool of this size; ipamd counts a cooling IP as available but can't assign it yet."""
    available = numbers["total"] - numbers.get("assigned", 0)
    if available <= 0:
        return EvidenceClass.POOL_EMPTY
    return EvidenceClass.COOLING if available <= numbers.get("cooling", 0) else EvidenceClass.POOL
