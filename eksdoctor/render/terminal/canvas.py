"""Terminal canvas: paragraphs that wrap under their indent, and commands that never wrap.

Text from cluster, account or log is printed as `rich.text.Text`, which is never parsed as markup.
"""

import io
from typing import Literal

from rich.console import Console
from rich.text import Text

from eksdoctor.engine.evaluation.finding import Command, Document, Prose
from eksdoctor.render.sanitize import command_words, lines, one_line

ColorMode = Literal["color", "plain"]


class Canvas:
    """Terminal text of a given width, at least 40 columns."""

    def __init__(self, width: int, color_mode: ColorMode) -> None:
        self._out = io.StringIO()
        self._width = max(width, 40)
        self._console = Console(
            file=self._out,
            width=self._width,
            force_terminal=color_mode == "color",
            color_system="standard" if color_mode == "color" else None,
            no_color=color_mode == "plain",
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
            _environ={},
        )

    @property
    def text(self) -> str:
        """Everything written."""
        return self._out.getvalue()

    def blank(self) -> None:
        """An empty line."""
        self._out.write("\n")

    def heading(self, text: str) -> None:
        """A blank line and the title of a section."""
        self.blank()
        self.line(Text(text, style="bold underline"))

    def line(self, text: Text, indent: int = 0) -> None:
        """One line that is not wrapped."""
        self._console.print(Text(" " * indent) + text, soft_wrap=True)

    def paragraph(self, text: Text, indent: int = 0, label: Text | None = None) -> None:
        """A text wrapped at `indent`; the label is printed in the indent of its first line."""
        mark = label or Text("")
        for row in text.wrap(self._console, max(self._width - indent, 20)):
            row.rstrip()
            self._console.print(mark + Text(" " * (indent - mark.cell_len)) + row, soft_wrap=True)
            mark = Text("")

    def command(self, command: Command, indent: int, label: Text | None = None) -> None:
        """A command on one line, never wrapped, so that it can be copied."""
        mark = label or Text("")
        shown = Text(command_words(command.line), style="green")
        self._console.print(mark + Text(" " * (indent - mark.cell_len)) + shown, soft_wrap=True)

    def document(self, document: Document, indent: int) -> None:
        """A document to apply, unchanged."""
        for row in lines(document.body).rstrip("\n").split("\n"):
            self.line(Text(row, style="green"), indent)


def styled(prose: Prose, style: str = "", value: str = "bold") -> Text:
    """Prose as terminal text: values are highlighted, control characters are removed."""
    text = Text()
    for span in prose:
        text.append(one_line(span.text), f"{style} {value}".strip() if span.is_value else style)
    return text


def sanitized(text: str, style: str = "") -> Text:
    """A string from cluster, account or log on one line, control characters removed."""
    return label(one_line(text), style)


def label(text: str, style: str = "") -> Text:
    """A label of the page; its style does not extend to text appended to it."""
    return Text().append(text, style)
