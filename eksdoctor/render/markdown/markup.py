"""Markdown building blocks: escaped text, code and links."""

import re

from markupsafe import Markup

from eksdoctor.render.sanitize import one_line

_WEB = re.compile(r"https://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SPECIAL = re.compile(
    r"[&<>]"
    r"|[\\`*\[\]#|~$@]"  # emphasis, code, links, headings, tables, strike-through, formulas, mentions
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"  # inside a word an underscore is only that
    r"|(?:^|(?<=^ ))[-+=]"  # list marks and underlines
    r"|:(?=/)|(?i:(?<=mailto):|(?<=xmpp):|(?<=www)\.)",  # URLs that GitHub links automatically
)
_NUMBERED = re.compile(r"^( ?[0-9]{1,9})([.)])(?=\s|$)")
_LINE_END = "\x00"  # stands for a line end in a code block until blank lines are collapsed


def collapse_blank_lines(text: str) -> str:
    """The text with one blank line between blocks; inside code blocks every line stays as it is."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" +\n", "\n", text)).replace(_LINE_END, "\n")


def escaped(text: str) -> Markup:
    """The text on one line with every character that has a meaning in Markdown or HTML escaped."""
    return Markup(_NUMBERED.sub(r"\1\\\2", _SPECIAL.sub(_escape, one_line(text))))  # noqa: S704


def _escape(match: re.Match[str]) -> str:
    return _ENTITIES.get(match[0], "\\" + match[0])


def fenced(body: str, language: str = "") -> Markup:
    """A code block; its fence is longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall(r"`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    info = re.sub(r"[^a-z0-9]", "", language.lower())
    block = f"{fence}{info}\n{body}\n{fence}".replace("\n", _LINE_END)
    return Markup(block)  # noqa: S704


def code(text: str) -> Markup:
    """Inline code, its fence longer than any run of backticks inside."""
    line = one_line(text).strip()
    if not line:
        return Markup("")
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line[0] == "`" or line[-1] == "`" else ""
    return Markup(f"{fence}{pad}{line}{pad}{fence}")  # noqa: S704


def link(address: str) -> Markup:
    """A link if the text is an https URL, else the escaped text."""
    return Markup(f"<{address}>") if _WEB.fullmatch(address) else escaped(address)  # noqa: S704
