"""Inconclusive rules by reason: one row per reason, not per rule."""

from dataclasses import dataclass

from eksdoctor.render.labels import listed, plural
from eksdoctor.triage.report import Report

MOST_REASONS = 8


@dataclass(frozen=True, slots=True)
class FoldedUnknown:
    """A reason with the rules it makes inconclusive; `of` is the number of subjects, as text."""

    reason: str
    grant: str
    rules: str
    of: str


def folded_unknowns(report: Report) -> tuple[tuple[FoldedUnknown, ...], int]:
    """The reasons that make most rules inconclusive, and the number of reasons left out."""
    groups: dict[tuple[str, str], list[str]] = {}
    subjects: dict[tuple[str, str], int] = {}
    for row in report.could_not_tell:
        key = (row.reason, row.grant)
        rules = groups.setdefault(key, [])
        if row.rule not in rules:
            rules.append(row.rule)
        subjects[key] = max(subjects.get(key, 0), row.count)
    ordered = sorted(groups, key=lambda key: (-len(groups[key]), key))
    rows = tuple(
        FoldedUnknown(key[0], key[1], listed(groups[key], 6), _subjects(subjects[key])) for key in ordered
    )
    return rows[:MOST_REASONS], max(len(rows) - MOST_REASONS, 0)


def _subjects(number: int) -> str:
    return f" [{plural(number, 'subject', 'subjects')}]" if number else ""
