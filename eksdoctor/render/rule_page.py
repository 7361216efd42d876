"""The runbook page of a rule; `<name>` stands for a value in a report."""

import json
from dataclasses import asdict, dataclass

from rich.text import Text

from eksdoctor.engine.language.prose import readable_source
from eksdoctor.engine.rulebook.rule import ConfirmText, FixText, Rule, conditions
from eksdoctor.render.labels import TAKES_EFFECT, stage
from eksdoctor.render.markdown.markup import code, collapse_blank_lines, escaped, fenced, link
from eksdoctor.render.rule_source import command_source, prose_source
from eksdoctor.render.sanitize import command_words, lines
from eksdoctor.render.terminal.canvas import Canvas, ColorMode, sanitized


@dataclass(frozen=True, slots=True)
class Step:
    """A command, document or option of a rule, with its condition and risk."""

    title: str
    command: str = ""
    document: str = ""
    lever: str = ""
    when: tuple[str, ...] = ()
    risk: str = ""


@dataclass(frozen=True, slots=True)
class RulePage:
    """A rule as text: condition, checks, fixes and links."""

    id: str
    severity: str
    stage: str
    owner: str
    title: str
    because: str
    looks_at: str
    applies_when: tuple[str, ...]
    when: tuple[str, ...]
    seen_when: tuple[str, ...]
    confirm: tuple[Step, ...]
    fix: tuple[Step, ...]
    avoid: str
    yields_to: tuple[str, ...]
    falsepositives: tuple[str, ...]
    docs: tuple[str, ...]


def build(rule: Rule) -> RulePage:
    """The page of a rule."""
    text = rule.text
    return RulePage(
        id=rule.id,
        severity=rule.severity.value,
        stage=rule.stage,
        owner=rule.owner,
        title=prose_source(text.title),
        because=prose_source(text.because),
        looks_at=text.for_,
        applies_when=tuple(text.applies_when),
        when=tuple(text.when),
        seen_when=tuple(text.seen_when),
        confirm=tuple(_confirm(part) for part in text.confirm),
        fix=tuple(_fix(part) for part in text.fix),
        avoid=prose_source(text.avoid),
        yields_to=tuple(text.yields_to),
        falsepositives=tuple(prose_source(one) for one in text.falsepositives),
        docs=rule.docs,
    )


def _confirm(part: ConfirmText) -> Step:
    expect = part.expect if isinstance(part.expect, str) else part.expect.says
    when = tuple(conditions(part.when))
    return Step(prose_source(expect), command=command_source(part.run), when=when)


def _fix(part: FixText) -> Step:
    effect = TAKES_EFFECT.get(part.takes_effect, part.takes_effect)
    return Step(
        prose_source(part.title) + (f" (takes effect {effect})" if effect else ""),
        command=command_source(part.run),
        document=readable_source(part.text.body).rstrip("\n") if part.text else "",
        lever=part.lever,
        when=tuple(conditions(part.when)),
        risk=prose_source(part.risk),
    )


def terminal(page: RulePage, width: int = 100, color_mode: ColorMode = "plain") -> str:
    """The page for a terminal."""
    canvas = Canvas(width, color_mode)
    canvas.paragraph(
        sanitized(page.id, "bold")
        + sanitized(f" · {page.severity} · {stage(page.stage)} · owner: {page.owner}")
    )
    canvas.blank()
    canvas.paragraph(sanitized(page.title, "bold"))
    canvas.paragraph(sanitized(page.because))
    for title, texts in _conditions(page):
        canvas.heading(title)
        for text in texts:
            canvas.line(sanitized(text), 2)
    for title, steps in (("Verify", page.confirm), ("Fix", page.fix)):
        if steps:
            canvas.heading(title)
        for step in steps:
            _terminal_step(canvas, step)
    for title, texts in _remarks(page):
        canvas.heading(title)
        for text in texts:
            canvas.paragraph(sanitized(text), 2)
    return canvas.text


def _terminal_step(canvas: Canvas, step: Step) -> None:
    if step.title:
        canvas.paragraph(sanitized(step.title), 2)
    if step.when:
        canvas.paragraph(sanitized(f"when {' and '.join(step.when)}"), 2)
    for line in (step.command, *(lines(step.document).split("\n") if step.document else ())):
        if line:
            canvas.line(Text(command_words(line), style="green"), 4)
    if step.lever:
        canvas.paragraph(sanitized(f"option {step.lever}"), 4)
    if step.risk:
        canvas.paragraph(sanitized(f"Risk: {step.risk}"), 2)


def markdown(page: RulePage, level: int = 1) -> str:
    """The page as Markdown, its title a heading of `level`."""
    head = "#" * level
    blocks = [
        f"{head} {escaped(page.id)}",
        f"**{escaped(page.severity)}** · {escaped(stage(page.stage))} · owner: {escaped(page.owner)}",
        f"*{escaped(page.title)}*",
        escaped(page.because),
    ]
    for title, texts in _conditions(page):
        blocks += [f"{title}:", "\n".join(f"- {code(text)}" for text in texts)]
    for title, steps in (("Verify", page.confirm), ("Fix", page.fix)):
        for step in steps:
            blocks += _markdown_step(title, step)
    for title, texts in _remarks(page):
        shown = [link(text) if title == "Docs" else escaped(text) for text in texts]
        blocks += [f"{title}:", "\n".join(f"- {text}" for text in shown)]
    return collapse_blank_lines("\n\n".join(block for block in blocks if block) + "\n")


def _markdown_step(title: str, step: Step) -> list[str]:
    when = f" (when {' and '.join(code(text) for text in step.when)})" if step.when else ""
    blocks = [
        f"**{title}**{when}: {escaped(step.title)}" + (f" (option {code(step.lever)})" if step.lever else "")
    ]
    if step.command:
        blocks.append(fenced(step.command, "sh"))
    if step.document:
        blocks.append(fenced(lines(step.document)))
    if step.risk:
        blocks.append(f"Risk: {escaped(step.risk)}")
    return blocks


def json_page(page: RulePage) -> str:
    """The page as JSON."""
    return json.dumps(asdict(page), indent=2) + "\n"


def _conditions(page: RulePage) -> list[tuple[str, tuple[str, ...]]]:
    looks = (page.looks_at,) if page.looks_at else ()
    parts = [
        ("Checks each", looks),
        ("Applies when", page.applies_when),
        ("Condition on API data", page.when),
        ("Condition on logs and events", page.seen_when),
    ]
    return [(title, texts) for title, texts in parts if texts]


def _remarks(page: RulePage) -> list[tuple[str, tuple[str, ...]]]:
    avoid = (page.avoid.removeprefix("Do not ").removeprefix("Don't "),) if page.avoid else ()
    parts = [
        ("Don't", avoid),
        ("Rule it out if", page.falsepositives),
        ("Superseded by, for the same pods", page.yields_to),
        ("Docs", page.docs),
    ]
    return [(title, texts) for title, texts in parts if texts]
