"""Checks across the entries of signatures.yaml, and of its rule ids against the rules."""

import re
from collections import Counter
from collections.abc import Collection, Mapping

from eksdoctor.errors import UsageError
from eksdoctor.evidence.signatures.classes import CLASSES_BY_NUMBERS, EvidenceClass
from eksdoctor.evidence.signatures.signature_file import (
    PATH,
    ClassEntry,
    SignatureEntry,
    SignatureFile,
    did_you_mean,
)


def check(parsed: SignatureFile, file: str = PATH.name) -> None:
    """Raise UsageError for the first entry that cannot work: it names the file and the entry."""
    counts = Counter(one.id for one in parsed.signatures)
    for one in parsed.signatures:
        if counts[one.id] > 1:
            raise UsageError(f"{file}: signature {one.id}: {counts[one.id]} signatures have this id")
        fault = _fault(one)
        if fault:
            raise UsageError(f"{file}: signature {one.id}: {fault}")
        for name in (one.evidence_class, *one.ends):
            if name not in parsed.classes:
                advice = did_you_mean(name, parsed.classes)
                raise UsageError(f"{file}: signature {one.id}: `classes` does not define {name}", advice)
    _check_classes(parsed, file)


def check_rules(
    classes: Mapping[EvidenceClass, ClassEntry], rules: Collection[str], file: str = PATH.name
) -> None:
    """Raise UsageError for the first rule id of a class that is not among `rules`."""
    for name, entry in classes.items():
        for rule in (*entry.rules, *filter(None, [entry.likely_rule])):
            if rule not in rules:
                raise UsageError(
                    f"{file}: class {name}: no rule has the id {rule}", did_you_mean(rule, rules)
                )


def _fault(one: SignatureEntry) -> str:
    if not (one.code or one.literal or one.reason):
        return "it needs a code, a literal or a reason (a pattern needs one beside it)"
    if one.requires and not one.code:
        return "`requires` needs a code beside it"
    if one.pattern and not (one.code or one.literal):
        return "its pattern needs a literal or code beside it"
    try:
        re.compile(one.pattern, re.IGNORECASE)
    except re.error as fault:
        return f"its pattern is not a regular expression: {fault}"
    return ""


def _check_classes(parsed: SignatureFile, file: str) -> None:
    """Every class that code can ask for is defined, and some message can be of it."""
    made = {one.evidence_class for one in parsed.signatures} | CLASSES_BY_NUMBERS
    for name in EvidenceClass:
        if name not in parsed.classes:
            raise UsageError(f"{file}: class {name}: EvidenceClass names it and `classes` does not define it")
        if name not in made:
            raise UsageError(f"{file}: class {name}: no signature has this class")
        entry = parsed.classes[name]
        if entry.likely_rule and entry.likely_rule not in entry.rules:
            raise UsageError(f"{file}: class {name}: likely_rule {entry.likely_rule} is not among its rules")
