"""Findings of one rule side by side: what they have in common is said with the first of them only."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from eksdoctor.engine.finding import Finding

T = TypeVar("T")


def unrepeated(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, each without the words that an earlier one of the same rule already said."""
    said: dict[str, set[object]] = {}
    return tuple(_less(finding, said.setdefault(finding.rule, set())) for finding in findings)


def _less(finding: Finding, said: set[object]) -> Finding:
    return replace(
        finding,
        because=() if _told(finding.because, said) else finding.because,
        confirm=_new(finding.confirm, said),
        fix=_new(finding.fix, said),
        avoid=() if _told(finding.avoid, said) else finding.avoid,
        docs=_new(finding.docs, said),
    )


def _new(parts: tuple[T, ...], said: set[object]) -> tuple[T, ...]:
    return tuple(part for part in parts if not _told(part, said))


def _told(part: object, said: set[object]) -> bool:
    """Whether a part was said before; from now on it was."""
    before = part in said
    said.add(part)
    return before
