"""A message against the signatures: which of them it bears, with the numbers and words in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from eksdoctor.evidence.signatures.catalogue import Catalogue, Signature, Weight, catalogue

_ORDER = {weight: place for place, weight in enumerate(Weight)}
_NUMBER = "n_"
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Match:
    """One signature in one message."""

    signature: Signature
    code: str = ""
    numbers: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def testifies(self) -> str:
        """The class; for the numbers of a pool the class that the numbers make of it."""
        if self.signature.testifies != "pool" or "total" not in self.numbers:
            return self.signature.testifies
        return _pool(self.numbers)


def recognise(message: str, reason: str = "", known: Catalogue | None = None) -> tuple[Match, ...]:
    """What the message bears, the weightiest first; `reason` is that of an event."""
    known = known or catalogue()
    found: dict[str, Match] = {}
    for match in (*_coded(message, known), *_told(message, known), *_reasoned(message, reason, known)):
        found.setdefault(match.signature.id, match)
    return tuple(sorted(found.values(), key=lambda match: _ORDER[match.signature.weight]))


def _coded(message: str, known: Catalogue) -> Iterator[Match]:
    """EC2 codes; of the signatures of one code the first whose text the message has."""
    seen = set()
    for hit in known.code.finditer(message):
        code = hit[1] or hit[2]
        if code in seen:
            continue
        seen.add(code)
        folded = message.lower()
        for one in known.by_code[code]:
            if one.says in folded:
                found = one.pattern.search(message) if one.pattern else None
                groups = found.groupdict() if found else {}
                yield Match(one, code, _numbers(groups), _words(groups))
                break


def _told(message: str, known: Catalogue) -> Iterator[Match]:
    folded = message.lower()
    for one, literals in known.by_text:
        if not _holds(folded, literals):
            continue
        if one.pattern is None:
            yield Match(one)
            continue
        hit = one.pattern.search(message)
        if hit is not None:
            groups = hit.groupdict()
            yield Match(one, "", _numbers(groups), _words(groups))


def _holds(folded: str, literals: tuple[str, ...]) -> bool:
    for literal in literals:  # noqa: SIM110 (a generator costs more than the search)
        if literal in folded:
            return True
    return False


def _reasoned(message: str, reason: str, known: Catalogue) -> Iterator[Match]:
    """An event's reason; a signature with texts beside it needs one of them only for other words' sake."""
    folded = message.lower()
    for one in known.by_reason.get(reason, ()):
        texts = tuple(literal.lower() for literal in one.literals)
        if not texts or _holds(folded, texts) or len(known.by_reason[reason]) == 1:
            yield Match(one)


def _numbers(groups: Mapping[str, str | None]) -> dict[str, int]:
    return {
        name.removeprefix(_NUMBER): int(text)
        for name, text in groups.items()
        if name.startswith(_NUMBER) and text and len(text) <= _MOST_DIGITS
    }


def _words(groups: Mapping[str, str | None]) -> dict[str, str]:
    return {name: text for name, text in groups.items() if text and not name.startswith(_NUMBER)}


def _pool(numbers: Mapping[str, int]) -> str:
    """An address that cools counts as available and cannot be given yet."""
    available = numbers["total"] - numbers.get("assigned", 0)
    if available <= 0:
        return "pool-empty"
    return "cooling" if available <= numbers.get("cooling", 0) else "pool"
