"""A message with the signature matches that count and the objects it names."""

from dataclasses import dataclass

from eksdoctor.evidence.observed.occurrences import NOT_A_REQUEST
from eksdoctor.evidence.signatures.classes import EvidenceClass, Weight
from eksdoctor.evidence.signatures.match import Match, match_message
from eksdoctor.evidence.signatures.named_objects import NamedObjects, find_named_objects


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """The matches that count and the objects that a message names; `sandbox` is the key of its attempt."""

    matches: tuple[Match, ...]
    names: NamedObjects
    action: str
    sandbox: tuple[str, ...]
    tolerated: bool


def parse_message(message: str, reason: str, with_spaces: str) -> ParsedMessage:
    """Match a message, or its form with spaces at the line breaks if only that one names a cause."""
    matches = _match(message, reason, with_spaces)
    names = find_named_objects(message) if matches else NamedObjects()
    calls = (match.signature.action for match in matches if match.signature.action)
    return ParsedMessage(
        _matches_to_count(matches),
        names,
        names.action or next(calls, ""),
        (f"{NOT_A_REQUEST}sandbox {names.sandbox}",) if names.sandbox else (),
        any(match.evidence_class is EvidenceClass.DENIED_TOLERATED for match in matches),
    )


def _match(message: str, reason: str, with_spaces: str) -> tuple[Match, ...]:
    found = match_message(message, reason)
    if with_spaces and all(match.signature.weight is not Weight.CAUSE for match in found):
        return match_message(with_spaces, reason) or found
    return found


def _matches_to_count(matches: tuple[Match, ...]) -> tuple[Match, ...]:
    """The causes in a line; without any, its states and successes; else the match with the first weight."""
    causes = {
        match.evidence_class: match for match in reversed(matches) if match.signature.weight is Weight.CAUSE
    }
    if causes:  # one for each class: a reason and a text may mean the same
        return tuple(reversed(causes.values()))
    states = tuple(match for match in matches if match.signature.weight in (Weight.STATE, Weight.SUCCESS))
    return states or matches[:1]
