"""Hostile text, and reports full of it."""

from dataclasses import fields, is_dataclass, replace
from enum import Enum

from hypothesis import strategies as st

from eksdoctor.engine.evaluation.finding import Span

NASTY = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x9b2J",
    "\u202egnp.exe",
    "zero\u200bwidth\ufeff",
    "[bold red]markup[/]",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    "<!-- ",
    "]]>",
    "&lt;b&gt;",
    "</style><style>*{display:none}",
    "[text](https://evil.example)",
    "![image](https://evil.example/x.png)",
    "<https://evil.example>",
    "www.evil.example https://evil.example me@evil.example",
    "`code` ``more`` ```` fence",
    "```\nout\n```",
    "~~~",
    "# heading",
    "1. one\n2. two",
    "- list",
    "+ list",
    "> quote",
    "| a | b |",
    "---",
    "===",
    "a\n\n    code",
    "[ref]: https://evil.example",
    "*a* _b_ __c__ ~~d~~ $x$ @someone #1",
    "\\",
    "{{ 7 * 7 }} {% raw %}",
    "\ud800",
    "\x00\x7f\x85\u2028",
    "$(reboot) `reboot` ; reboot",
)
TEXT = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=30),
    st.lists(st.sampled_from(NASTY), min_size=1, max_size=3).map("".join),
    st.text(alphabet="[]()<>!`*_#-+=|\\&:/.~$@\n {}\"'1ahtpsw", max_size=25),
)
# The author's own: rule ids, severities' words and links are no cluster text.
OWN = {"docs", "rule", "cause", "outcome", "language", "takes_effect", "purpose", "lever", "id"}


def spoilt(draw, value, name=""):
    """The same object with every string that may come from cluster, account or log made hostile."""
    if isinstance(value, Span):
        return replace(value, text=draw(TEXT)) if value.is_value else value
    if isinstance(value, str) and not isinstance(value, Enum):
        return value if name in OWN or not value else draw(TEXT) or "x"
    if isinstance(value, tuple):
        return tuple(spoilt(draw, part, name) for part in value[:2])
    if is_dataclass(value):
        return replace(
            value,
            **{field.name: spoilt(draw, getattr(value, field.name), field.name) for field in fields(value)},
        )
    return value


@st.composite
def reports(draw, report):
    return spoilt(draw, replace(report, verdicts=report.verdicts[:2], findings=report.findings[:2]))
