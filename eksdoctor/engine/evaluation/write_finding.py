"""Write the finding of a rule that fired: title, evidence, commands and fixes."""

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from eksdoctor.engine.evaluation.evaluate import Fired, truth
from eksdoctor.engine.evaluation.finding import (
    Command,
    Confidence,
    Confirmation,
    Document,
    Evidence,
    Finding,
    Prose,
    Remedy,
    Severity,
)
from eksdoctor.engine.language.condition import Condition, Values
from eksdoctor.engine.language.prose import Template
from eksdoctor.engine.language.sentences import sentence
from eksdoctor.engine.rulebook.commands import CommandTemplate
from eksdoctor.engine.rulebook.rule import ConfirmPart, FixPart, Loop, Rule
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown
from eksdoctor.snapshot.snapshot import Target

MOST_ENTRIES = 10  # of one `for` in evidence, confirm or fix


class Entry(Protocol):
    """A part of a rule that has a `for` and a `when` of its own."""

    @property
    def loop(self) -> Loop | None:
        """The collection the part is repeated for."""

    @property
    def when(self) -> tuple[Condition, ...]:
        """The conditions for showing the part."""


E = TypeVar("E", bound=Entry)


def write_finding(members: tuple[Fired, ...], target: Target) -> Finding:
    """One finding for the subjects of a group; its text is about the first, which explains most pods."""
    first = members[0]
    rule, values = first.rule, {**first.values, "all": Items(tuple(one.subject for one in members))}
    pods = {pod.name: None for one in members for pod in one.explains}
    return Finding(
        rule=rule.id,
        stage=rule.stage,
        severity=min((one.severity for one in members), key=list(Severity).index),
        confidence=_highest_confidence(members),
        owner=rule.owner,
        group=first.group,
        subjects=tuple(str(one.subject) for one in members),
        title=_title(rule, values),
        because=rule.because.render(values),
        evidence=(*_evidence(rule, values), *_some_confirmed(members)),
        confirm=tuple(_confirmation(part, seen, target) for part, seen in entries(rule.confirm, values)),
        fix=tuple(remedy(part, seen, target) for part, seen in entries(rule.fix, values)),
        avoid=rule.avoid.render(values) if rule.avoid.parts else (),
        docs=rule.docs,
        pods=tuple(sorted(pods)),
        yields_to=tuple(rule.text.yields_to),
        verdict=rule.text.verdict,
        is_seen=any(one.is_seen for one in members),
    )


def _evidence(rule: Rule, values: Values) -> Iterator[Evidence]:
    """The evidence of which a value is known."""
    for part, seen in entries(rule.evidence, values):
        if part.says.has_known_value(seen):
            yield Evidence(part.says.render(seen))


def _title(rule: Rule, values: Values) -> Prose:
    """The title; the title for log evidence if a value of the first is unknown."""
    by_evidence = rule.title_by_testimony
    is_by_evidence = by_evidence.parts and not rule.title.is_known(values)
    return (by_evidence if is_by_evidence else rule.title).render(values)


def _highest_confidence(members: tuple[Fired, ...]) -> Confidence:
    return min((one.confidence for one in members), key=list(Confidence).index)


def _some_confirmed(members: tuple[Fired, ...]) -> Iterator[Evidence]:
    """How many of the group are confirmed, if not all: logs are read on some nodes only."""
    confirmed = sum(one.confidence == Confidence.CONFIRMED for one in members)
    if 0 < confirmed < len(members):
        yield Evidence(sentence("some_confirmed", confirmed=confirmed, others=len(members) - confirmed))


def entries(parts: Iterable[E], values: Values) -> Iterator[tuple[E, Values]]:
    """The entries that apply, with their values: once, or once per element of `for`."""
    for part in parts:
        for seen in _iterations(part.loop, values):
            if truth(part.when, seen) is True:
                yield part, seen


def _iterations(loop: Loop | None, values: Values) -> Iterator[Values]:
    if loop is None:
        yield values
        return
    found = loop.get(values)
    if isinstance(found, Unknown) or not isinstance(found, Iterable):
        return
    for element in tuple(found)[:MOST_ENTRIES]:
        yield {**values, loop.name: element}


def _confirmation(part: ConfirmPart, values: Values, target: Target) -> Confirmation:
    command, missing = _command(part.command, values, target)
    is_shown = command is None or part.says.has_known_value(values)
    expect = part.says.render(values) if is_shown else ()
    return Confirmation(command, expect, _exact(part.result, values), missing)


def remedy(part: FixPart, values: Values, target: Target) -> Remedy:
    """A fix with its values; `missing` is what the command needs if it can't be written."""
    command, missing = _command(part.command, values, target) if part.command else (None, "")
    document = None
    if part.body is not None:
        try:
            document = Document(part.language, part.body.render_exact(values))
        except NotKnown as unknown:
            missing = needs(unknown.unknown)
    title: Prose = part.title.render(values)
    return Remedy(
        title,
        command,
        document,
        part.lever,
        part.takes_effect,
        part.reversible,
        part.risk.render(values),
        missing,
    )


def _command(template: CommandTemplate, values: Values, target: Target) -> tuple[Command | None, str]:
    try:
        return template.render(values, target), ""
    except NotKnown as missing:
        return None, needs(missing.unknown)


def _exact(template: Template, values: Values) -> str:
    try:
        return template.render_exact(values)
    except NotKnown:
        return ""


def needs(unknown: Unknown) -> str:
    """The missing permissions or steps; the reasons if there are none."""
    grants = dict.fromkeys(reason.grant for reason in unknown.reasons if reason.grant)
    return ", ".join(grants) or str(unknown)
