"""The signatures: what a message is recognised by, and what it then testifies."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from eksdoctor.errors import UsageError

FILE = Path(__file__).with_name("signatures.yaml")


class Weight(StrEnum):
    """How much a signature says."""

    ROOT = "root"
    WRAPPER = "wrapper"
    STATE = "state"
    SUCCESS = "success"
    GENERIC = "generic"
    CHATTER = "chatter"


@dataclass(frozen=True, slots=True)
class Testimony:
    """A class of signatures: what it says, the rules it can speak for, and what would settle the rest."""

    name: str
    says: str
    rules: tuple[str, ...]
    settle: str = ""
    alone: str = ""
    """The rule that it makes likely when nothing else is known."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One thing that is said, as signatures.yaml describes it; `is_not` is the usual misreading."""

    id: str
    source: str
    testifies: str
    means: str
    is_not: str
    example: str
    lookalike: str
    weight: Weight = Weight.ROOT
    versions: str = ""
    action: str = ""
    ends: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    says: str = ""
    literals: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every signature in the file's order, every class, and the indexes that finding needs."""

    signatures: tuple[Signature, ...]
    classes: Mapping[str, Testimony]
    by_code: Mapping[str, tuple[Signature, ...]]
    by_reason: Mapping[str, tuple[Signature, ...]]
    by_text: tuple[tuple[Signature, tuple[str, ...]], ...]
    """Literals in lower case."""
    code: re.Pattern[str]
    """EC2 codes as SDKs, CloudTrail and controllers render them. Case counts: a function's name in a
    debug line holds a look-alike, and prose about a code lacks the colon."""

    def __getitem__(self, signature_id: str) -> Signature:
        return next(one for one in self.signatures if one.id == signature_id)

    def __iter__(self) -> Iterator[Signature]:
        return iter(self.signatures)


@cache
def catalogue() -> Catalogue:
    """The shipped signatures."""
    return read(FILE.read_text("utf-8"))


def read(text: str) -> Catalogue:
    """Signatures from YAML; raises UsageError for a file that does not fit."""
    document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    classes = {
        name: Testimony(
            name,
            str(entry["says"]),
            tuple(entry["rules"]),
            str(entry.get("settle", "")),
            str(entry.get("alone", "")),
        )
        for name, entry in document["classes"].items()
    }
    signatures = tuple(_signature(entry, classes) for entry in document["signatures"])
    codes = sorted({code for one in signatures for code in one.codes}, key=len, reverse=True)
    return Catalogue(
        signatures,
        classes,
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


def _signature(entry: dict[str, Any], classes: Mapping[str, Testimony]) -> Signature:
    try:
        found = Signature(
            id=entry["id"],
            source=entry["source"],
            testifies=entry["class"],
            means=entry["means"],
            is_not=entry["not"],
            example=entry["example"],
            lookalike=entry["lookalike"],
            weight=Weight(entry.get("weight", "root")),
            versions=entry.get("versions", ""),
            action=entry.get("action", ""),
            ends=tuple(entry.get("ends", ())),
            codes=_several(entry.get("code")),
            says=entry.get("says", "").lower(),
            literals=_several(entry.get("literal")),
            pattern=re.compile(entry["pattern"], re.IGNORECASE) if "pattern" in entry else None,
            reasons=_several(entry.get("reason")),
        )
    except (KeyError, ValueError, re.error) as fault:
        raise UsageError(f"signature {entry.get('id', '?')}: {fault!r}") from fault
    if found.pattern is not None and not found.literals and not found.codes:
        raise UsageError(f"signature {found.id}: its pattern needs a literal or code beside it")
    unknown = {found.testifies, *found.ends} - classes.keys()
    if unknown:
        raise UsageError(f"signature {found.id}: no class is called {', '.join(sorted(unknown))}")
    return found


def _several(value: str | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
