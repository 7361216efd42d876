"""The signatures ready for matching: compiled patterns, and indexes by code, text and event reason."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from eksdoctor.evidence.signatures.check import check
from eksdoctor.evidence.signatures.classes import EvidenceClass, SignatureSource, Weight
from eksdoctor.evidence.signatures.signature_file import (
    PATH,
    ClassEntry,
    SignatureEntry,
    SignatureFile,
    Texts,
    parse,
)


@dataclass(frozen=True, slots=True)
class Signature:
    """One kind of message; `is_not` is the usual wrong reading, `requires` is in lower case."""

    id: str
    source: SignatureSource
    evidence_class: EvidenceClass
    means: str
    is_not: str
    example: str
    lookalike: str
    weight: Weight
    action: str
    ends: tuple[EvidenceClass, ...]
    codes: tuple[str, ...]
    requires: str
    literals: tuple[str, ...]
    pattern: re.Pattern[str] | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every signature in the file's order, every class, and the indexes for matching."""

    signatures: tuple[Signature, ...]
    classes: Mapping[EvidenceClass, ClassEntry]
    by_code: Mapping[str, tuple[Signature, ...]]
    by_reason: Mapping[str, tuple[Signature, ...]]
    by_text: tuple[tuple[Signature, tuple[str, ...]], ...]
    """Signatures without a code, each with its literals in lower case."""
    code: re.Pattern[str]
    """EC2 error codes as SDKs, CloudTrail and controllers write them. Case-sensitive: a function name in a
    debug line contains a similar word, and a text about a code lacks the colon."""

    def __getitem__(self, signature_id: str) -> Signature:
        return next(one for one in self.signatures if one.id == signature_id)

    def __iter__(self) -> Iterator[Signature]:
        return iter(self.signatures)


@cache
def catalogue() -> Catalogue:
    """The shipped signatures."""
    return load(PATH.read_text("utf-8"))


def load(text: str, file: str = PATH.name) -> Catalogue:
    """The catalogue of a YAML text; raises UsageError for the first entry that does not fit."""
    parsed = parse(text, file)
    check(parsed, file)
    return build(parsed)


def build(parsed: SignatureFile) -> Catalogue:
    """The catalogue of checked records."""
    signatures = tuple(map(_signature, parsed.signatures))
    codes = sorted({code for one in signatures for code in one.codes}, key=len, reverse=True)
    return Catalogue(
        signatures,
        parsed.classes,
        {code: tuple(one for one in signatures if code in one.codes) for code in codes},
        _by_reason(signatures),
        tuple(
            (one, tuple(literal.lower() for literal in one.literals))
            for one in signatures
            if one.literals and not one.codes
        ),
        _code_pattern(codes),
    )


def _code_pattern(codes: list[str]) -> re.Pattern[str]:
    names = "|".join(map(re.escape, codes))
    return re.compile(
        rf'(?:(?:api error |^|[\s:"])({names}): '
        rf"|(?:\b(?:Client|Server)\.|\bError Code: |[eE]rrorCode\"?\s{{0,4}}[:=]\s{{0,4}}\"?)({names})\b)"
    )


def _by_reason(signatures: tuple[Signature, ...]) -> dict[str, tuple[Signature, ...]]:
    reasons = {reason for one in signatures for reason in one.reasons}
    return {reason: tuple(one for one in signatures if reason in one.reasons) for reason in reasons}


def _signature(entry: SignatureEntry) -> Signature:
    return Signature(
        id=entry.id,
        source=entry.source,
        evidence_class=entry.evidence_class,
        means=entry.means,
        is_not=entry.is_not,
        example=entry.example,
        lookalike=entry.lookalike,
        weight=entry.weight,
        action=entry.action,
        ends=entry.ends,
        codes=_as_tuple(entry.code),
        requires=entry.requires.lower(),
        literals=_as_tuple(entry.literal),
        pattern=re.compile(entry.pattern, re.IGNORECASE) if entry.pattern else None,
        reasons=_as_tuple(entry.reason),
    )


def _as_tuple(texts: Texts) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else texts
