"""Findings of one rule side by side: what they have in common is said with the first of them only."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from eksdoctor.engine.evaluation.finding import Finding, Remedy

T = TypeVar("T")


def without_repetition(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, each without the words that an earlier one of the same rule already said."""
    said: dict[str, set[object]] = {}
    return tuple(_less(finding, said.setdefault(finding.rule, set())) for finding in findings)


def _less(finding: Finding, said: set[object]) -> Finding:
    return replace(
        finding,
        because=() if _told(finding.because, said) else finding.because,
        confirm=_new(finding.confirm, said),
        fix=_titled_once(_new(finding.fix, said)),
        avoid=() if _told(finding.avoid, said) else finding.avoid,
        docs=_new(finding.docs, said),
    )


def _titled_once(fix: tuple[Remedy, ...]) -> tuple[Remedy, ...]:
    """The fixes; one for each of several nodes has its title with the first of them."""
    before = (None, *fix)
    return tuple(
        replace(one, title=(), risk=()) if last is not None and _is_repeated(one, last) else one
        for one, last in zip(fix, before, strict=False)
    )


def _is_repeated(one: Remedy, last: Remedy) -> bool:
    is_alike = replace(one, command=None) == replace(last, command=None)
    return is_alike and one.command is not None and last.command is not None


def _new(parts: tuple[T, ...], said: set[object]) -> tuple[T, ...]:
    return tuple(part for part in parts if not _told(part, said))


def _told(part: object, said: set[object]) -> bool:
    """Whether a part was said before; from now on it was."""
    before = part in said
    said.add(part)
    return before
