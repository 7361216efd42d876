"""A rule: its file as written, and compiled against the model."""

from dataclasses import dataclass

import msgspec

from eksdoctor.engine.evaluation.finding import Confidence, Severity
from eksdoctor.engine.language.condition import Condition, Getter
from eksdoctor.engine.language.prose import Template
from eksdoctor.engine.rulebook.commands import CommandTemplate


class Expect(msgspec.Struct, forbid_unknown_fields=True):
    """The expected output of a confirming command."""

    says: str
    is_: str = msgspec.field(default="", name="is")


class ConfirmText(msgspec.Struct, forbid_unknown_fields=True, rename={"for_": "for"}):
    """An entry of `confirm`."""

    run: str
    expect: Expect | str
    for_: str = ""
    when: str | list[str] = []


class Text(msgspec.Struct, forbid_unknown_fields=True):
    """A document to apply."""

    language: str
    body: str


class FixText(msgspec.Struct, forbid_unknown_fields=True, rename={"for_": "for"}):
    """An entry of `fix`: at most one of `run`, `text` and `lever`."""

    title: str = ""
    run: str = ""
    text: Text | None = None
    lever: str = ""
    takes_effect: str = ""
    reversible: bool = True
    risk: str = ""
    for_: str = ""
    when: str | list[str] = []


class EvidenceText(msgspec.Struct, forbid_unknown_fields=True, rename={"for_": "for"}):
    """An entry of `evidence`."""

    says: str
    for_: str = ""
    when: str | list[str] = []


class RuleText(msgspec.Struct, forbid_unknown_fields=True, rename={"for_": "for"}):
    """A rule file as written.

    `title_by_testimony` replaces `title` if a value of it is unknown. `alone_when` replaces `seen_when` if
    `when` does not hold. `suspect_when` makes the cause likely for `decode`. `at_most` limits the confidence
    of weak evidence.
    """

    id: str
    severity: Severity
    owner: str
    title: str
    because: str
    confirm: list[ConfirmText]
    fix: list[FixText]
    title_by_testimony: str = ""
    for_: str = ""
    by_structure: Severity | None = None
    applies_when: list[str] = []
    when: list[str] = []
    seen_when: list[str] = []
    alone_when: list[str] = []
    suspect_when: list[str] = []
    at_most: Confidence | None = None
    explains: str = ""
    yields_to: list[str] = []
    verdict: str = "explained"
    group: str = ""
    evidence: list[EvidenceText] = []
    avoid: str = ""
    docs: list[str] = []
    falsepositives: list[str] = []


@dataclass(frozen=True, slots=True)
class Loop:
    """`NAME in COLLECTION`: the subjects of a rule or of one entry."""

    name: str
    collection: str
    get: Getter


@dataclass(frozen=True, slots=True)
class EvidencePart:
    """Compiled `evidence`."""

    says: Template
    loop: Loop | None
    when: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class ConfirmPart:
    """Compiled `confirm`."""

    command: CommandTemplate
    says: Template
    result: Template
    loop: Loop | None
    when: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class FixPart:
    """Compiled `fix`."""

    title: Template
    command: CommandTemplate | None
    language: str
    body: Template | None
    lever: str
    takes_effect: str
    reversible: bool
    risk: Template
    loop: Loop | None
    when: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule: conditions and texts."""

    id: str
    stage: str
    file: str
    text: RuleText
    loop: Loop | None
    applies_when: tuple[Condition, ...]
    when: tuple[Condition, ...]
    seen_when: tuple[Condition, ...]
    alone_when: tuple[Condition, ...]
    suspect_when: tuple[Condition, ...]
    explains: Getter | None
    group: Getter | None
    title: Template
    title_by_testimony: Template
    because: Template
    avoid: Template
    evidence: tuple[EvidencePart, ...]
    confirm: tuple[ConfirmPart, ...]
    fix: tuple[FixPart, ...]

    @property
    def severity(self) -> Severity:
        """The severity if the problem affects pods now."""
        return self.text.severity

    @property
    def owner(self) -> str:
        """The team that fixes it: network, platform or application."""
        return self.text.owner

    @property
    def docs(self) -> tuple[str, ...]:
        """Links to documentation."""
        return tuple(self.text.docs)

    @property
    def title_text(self) -> str:
        """The title with `<path>` for values."""
        return self.title.source

    @property
    def because_text(self) -> str:
        """The explanation with `<path>` for values."""
        return self.because.source

    @property
    def avoid_text(self) -> str:
        """What not to do, with `<path>` for values."""
        return self.avoid.source


def conditions(text: str | list[str]) -> list[str]:
    """`when` of an entry: one condition or a list."""
    return [text] if isinstance(text, str) else list(text)
