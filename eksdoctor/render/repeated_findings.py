"""Several findings of one rule: text they share is shown with the first of them only."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from eksdoctor.engine.evaluation.finding import Finding, Remedy

T = TypeVar("T")


def without_repetition(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, each without the text that an earlier finding of the same rule already shows."""
    shown: dict[str, set[object]] = {}
    return tuple(_without_shown(finding, shown.setdefault(finding.rule, set())) for finding in findings)


def _without_shown(finding: Finding, shown: set[object]) -> Finding:
    return replace(
        finding,
        because=() if _was_shown(finding.because, shown) else finding.because,
        confirm=_not_shown(finding.confirm, shown),
        fix=_with_title_once(_not_shown(finding.fix, shown)),
        avoid=() if _was_shown(finding.avoid, shown) else finding.avoid,
        docs=_not_shown(finding.docs, shown),
    )


def _with_title_once(fix: tuple[Remedy, ...]) -> tuple[Remedy, ...]:
    """The fixes; of fixes that differ only in the command, the first one keeps the title and risk."""
    before = (None, *fix)
    return tuple(
        replace(one, title=(), risk=()) if last is not None and _is_repeated(one, last) else one
        for one, last in zip(fix, before, strict=False)
    )


def _is_repeated(one: Remedy, last: Remedy) -> bool:
    is_alike = replace(one, command=None) == replace(last, command=None)
    return is_alike and one.command is not None and last.command is not None


def _not_shown(parts: tuple[T, ...], shown: set[object]) -> tuple[T, ...]:
    return tuple(part for part in parts if not _was_shown(part, shown))


def _was_shown(part: object, shown: set[object]) -> bool:
    """Whether a part was shown before; adds it to the shown parts."""
    before = part in shown
    shown.add(part)
    return before
