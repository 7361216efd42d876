"""The Markdown page."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from eksdoctor.engine.evaluation.finding import Document, plain
from eksdoctor.render.markdown.markup import code, escaped, fenced, link
from eksdoctor.render.markdown.page import markdown
from eksdoctor.render.sanitize import one_line
from tests.render import sample
from tests.render.hostile import TEXT, reports

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
# What the template itself makes; a link only to the documents a rule names.
MADE = {
    "heading_open",
    "paragraph_open",
    "bullet_list_open",
    "list_item_open",
    "table_open",
    "thead_open",
    "tbody_open",
    "tr_open",
    "th_open",
    "td_open",
    "strong_open",
    "fence",
    "code_inline",
    "inline",
    "text",
    "softbreak",
    "link_open",
    "link_close",
}


def tokens(text):
    for token in READER.parse(text):
        yield token
        yield from token.children or ()


def read_back(text):
    """The text that a reader sees, of one paragraph."""
    return "".join(token.content if token.type == "text" else " " for token in READER.parse(text)[1].children)


@settings(max_examples=60)
@given(reports(sample.meridian()))
def test_hostile_text_makes_nothing(report):
    links = []
    for token in tokens(markdown(report)):
        assert token.type in MADE or token.type.endswith("_close"), token
        if token.type == "link_open":
            links.append(token.attrs["href"])
    assert set(links) <= {address for finding in report.findings for address in finding.docs}


@given(TEXT)
def test_escaped_text_reads_as_itself(text):
    wanted = one_line(text).strip()
    if wanted:
        assert read_back(str(escaped(text)).strip()) == wanted


@given(TEXT)
def test_a_fence_cannot_be_left(text):
    found = READER.parse(str(fenced(text.replace("\x00", ""))).replace("\x00", "\n"))
    assert [token.type for token in found] == ["fence"]


@given(TEXT)
def test_inline_code_cannot_be_left(text):
    if one_line(text).strip():
        found = READER.parse("a " + str(code(text)) + " b")[1].children
        assert [token.type for token in found] == ["text", "code_inline", "text"]


@pytest.mark.parametrize(
    "text", ["https://evil.example", "www.evil.example", "mailto:a@b.example", "a@b.example"]
)
def test_addresses_are_not_linked_unasked(text):
    linking = MarkdownIt("gfm-like") if _has_linkify() else None
    assert "\\" in str(escaped(text))
    if linking:
        assert "<a " not in linking.render(str(escaped(text)))


def _has_linkify():
    try:
        import linkify_it  # noqa: F401, PLC0415
    except ImportError:
        return False
    return True


def test_only_plain_web_addresses_become_links():
    assert link("https://docs.aws.amazon.com/eks/?a=b#c") == "<https://docs.aws.amazon.com/eks/?a=b#c>"
    assert "<" not in link("javascript:alert(1)")
    assert "<" not in link("https://a b")
    assert "<" not in link("https://a>x")


def test_ordinary_words_are_not_littered_with_backslashes():
    for words in (
        "subnet-0a (eu-central-1a) has 3 of 251; WARM_IP_TARGET is 2.",
        "02:14 UTC",
        "a node claims 20.",
        "10 %, a/b",
    ):
        assert escaped(words) == words


def test_the_page_says_what_the_terminal_says():
    page = markdown(sample.meridian())
    assert page.startswith(
        "# meridian-pay-prod · account 210987654321 · eu-central-1 · 2026-10-17 02:14 UTC\n"
    )
    assert f"**Verdict:** {plain(sample.meridian().summary)}" in page
    assert "**Don't:** add nodes; each takes 11 more addresses from this subnet." in page
    assert "The command needs `ec2:GetSubnetCidrReservations`." in page
    assert page.count("so a handful of free addresses serves nobody") == 1


def test_commands_stand_in_fences_of_their_own():
    fences = [token.content for token in tokens(markdown(sample.meridian())) if token.type == "fence"]
    assert sample.LEVER.command.line + "\n" in fences
    assert fences[0].startswith("aws ec2 describe-subnets")


def test_documents_keep_every_line_and_backticks():
    body = "a: |\n  ```\n\n\n\n  b   \n  ````"
    report = sample.meridian()
    first = report.findings[0]
    fix = (replace(first.fix[1], document=Document("yaml", body)),)
    page = markdown(replace(report, findings=(replace(first, fix=fix), *report.findings[1:])))
    assert body + "\n" in [token.content for token in tokens(page) if token.type == "fence"]


def test_warnings_and_partial_and_blindness_stand_at_the_top():
    assert markdown(sample.other_account()).startswith("# WARNING: AWS shows another cluster")
    assert "**PARTIAL REPORT:" in "\n".join(markdown(sample.partial()).splitlines()[:4])
    top = "\n".join(markdown(sample.blind()).splitlines()[:4])
    assert "**No problem found, but 80 inconclusive checks:" in top


def test_the_same_report_gives_the_same_page():
    assert markdown(sample.meridian()) == markdown(sample.meridian())
