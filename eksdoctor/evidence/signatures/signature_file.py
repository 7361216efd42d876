"""signatures.yaml as strict records: an unknown key, class, weight or source is an error with its place.

The records are plain data: msgspec can write a `SignatureFile` as MessagePack and read it back.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from eksdoctor.errors import UsageError
from eksdoctor.evidence.signatures.classes import EvidenceClass, SignatureSource, Weight

PATH = Path(__file__).with_name("signatures.yaml")
_UNKNOWN_KEY = re.compile(r"unknown field `([^`]*)`")
_UNKNOWN_VALUE = re.compile(r"Invalid enum value '([^']*)'")
_ENUMS: tuple[type[StrEnum], ...] = (EvidenceClass, SignatureSource, Weight)

Texts = str | tuple[str, ...]


class ClassEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class of evidence; `rules` are those it can support, `check_next` the step that decides between them.

    `likely_rule` is the rule that this class makes likely without any other evidence; empty for none.
    """

    means: str
    rules: tuple[str, ...]
    check_next: str = ""
    likely_rule: str = ""


class SignatureEntry(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    rename={"evidence_class": "class", "is_not": "not"},
):
    """A signature as the file writes it; the head of signatures.yaml explains the keys."""

    id: str
    source: SignatureSource
    evidence_class: EvidenceClass
    means: str
    is_not: str
    example: str
    lookalike: str
    weight: Weight = Weight.CAUSE
    versions: str = ""
    action: str = ""
    ends: tuple[EvidenceClass, ...] = ()
    code: Texts = ()
    requires: str = ""
    literal: Texts = ()
    pattern: str = ""
    reason: Texts = ()


class SignatureFile(msgspec.Struct, frozen=True):
    """The whole file."""

    classes: dict[EvidenceClass, ClassEntry]
    signatures: tuple[SignatureEntry, ...]


Entry = TypeVar("Entry", ClassEntry, SignatureEntry)


def parse(text: str, file: str = PATH.name) -> SignatureFile:
    """The records of a YAML text; raises UsageError with `file`, the entry and, if close, the right word."""
    document = _load(text, file)
    classes = document.get("classes")
    signatures = document.get("signatures")
    if document.keys() != {"classes", "signatures"} or not isinstance(classes, dict):
        raise UsageError(f"{file}: the top level needs the keys classes and signatures, and no others")
    return SignatureFile(
        {
            _class(name, file): _entry(ClassEntry, entry, f"class {name}", file)
            for name, entry in classes.items()
        },
        tuple(_entry(SignatureEntry, entry, _name(entry), file) for entry in signatures or ()),
    )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean …?` with the closest of the known words; empty if none is close."""
    close = get_close_matches(word, list(known), n=1)
    return f"Did you mean {close[0]}?" if close else ""


def _load(text: str, file: str) -> dict[str, Any]:
    try:
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as fault:
        raise UsageError(f"{file}: not valid YAML: {fault}") from fault
    return document if isinstance(document, dict) else {}


def _class(name: Any, file: str) -> EvidenceClass:
    try:
        return EvidenceClass(name)
    except ValueError as fault:
        advice = did_you_mean(str(name), EvidenceClass) or "Add it to EvidenceClass, or remove it."
        raise UsageError(f"{file}: class {name}: EvidenceClass has no such member", advice) from fault


def _name(entry: Any) -> str:
    return f"signature {entry.get('id', '?') if isinstance(entry, dict) else '?'}"


def _entry(kind: type[Entry], entry: Any, name: str, file: str) -> Entry:
    try:
        return msgspec.convert(entry, kind)
    except msgspec.ValidationError as fault:
        raise UsageError(f"{file}: {name}: {fault}", _advice(str(fault), kind)) from fault


def _advice(fault: str, kind: type[Entry]) -> str:
    key, value = _UNKNOWN_KEY.search(fault), _UNKNOWN_VALUE.search(fault)
    if key is not None:
        return did_you_mean(key[1], kind.__struct_encode_fields__)
    return did_you_mean(value[1], [str(one) for enum in _ENUMS for one in enum]) if value is not None else ""
