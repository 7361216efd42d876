"""The HTML page."""

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

from hypothesis import given, settings

from eksdoctor.render.html import html
from tests.render import sample
from tests.render.hostile import reports

VOID = {"meta"}
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class", "id", "scope", "href", "rel"}


class Reader(HTMLParser):
    """Elements, attributes and texts of a page."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.attributes, self.texts, self.open, self.comments = [], [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        self.comments.append(data)

    @property
    def text(self):
        return " ".join("".join(self.texts).split())


def values(reader, name):
    return [value for _, attribute, value in reader.attributes if attribute == name]


def shape(report):
    """The report with the same structure and harmless words."""
    reader = Reader(html(report))
    return Counter(reader.elements), Counter((tag, name) for tag, name, _ in reader.attributes)


@settings(max_examples=60)
@given(reports(sample.meridian()))
def test_hostile_text_makes_no_element_and_no_attribute(report):
    reader = Reader(html(report))
    allowed = set(Reader(html(sample.meridian())).elements)
    assert set(reader.elements) <= allowed
    assert {name for _, name, _ in reader.attributes} <= ATTRIBUTES
    assert not reader.open
    assert not reader.comments
    docs = {address for finding in report.findings for address in finding.docs}
    assert all(value.startswith("#") or value in docs for value in values(reader, "href"))
    assert all(
        re.fullmatch(r"[a-z0-9 -]+", value) for value in values(reader, "id") + values(reader, "class")
    )


def test_hostile_words_change_no_element_count():
    report = sample.meridian()
    hostile = replace(report, summary=sample.prose(["<b>x</b><script>1</script>"], "y", ['" onload="x']))
    harmless = replace(report, summary=sample.prose(["a"], "y", ["b"]))
    assert shape(hostile) == shape(harmless)


def test_links_are_web_links_or_none():
    first = sample.meridian().findings[0]
    docs = ("javascript:alert(1)", "https://ok.example/a?b=c&d", 'https://a" onclick=x', "data:text/html,x")
    reader = Reader(html(replace(sample.meridian(), findings=(replace(first, docs=docs),), verdicts=())))
    assert values(reader, "href") == ["https://ok.example/a?b=c&d"]


def test_the_policy_forbids_everything_but_this_very_style():
    page = html(sample.meridian())
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(value for value in values(Reader(page), "content") if "default-src" in value)
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "unsafe" not in policy
    assert not {"script", "img", "link", "iframe"} & set(Reader(page).elements)


def test_the_style_loads_nothing():
    page = html(sample.meridian())
    assert "url(" not in page
    assert "@import" not in page


def test_anchors_are_rule_ids_and_unique():
    identifiers = values(Reader(html(sample.meridian())), "id")
    assert len(identifiers) == len(set(identifiers))
    assert {"subnet-exhausted", "subnet-exhausted-2", "subnet-nearly-exhausted"} <= set(identifiers)


def test_every_inner_link_has_its_anchor():
    reader = Reader(html(sample.meridian()))
    inner = [value[1:] for value in values(reader, "href") if value.startswith("#")]
    assert inner
    assert set(inner) <= set(values(reader, "id"))


def test_headings_step_down_one_level_at_a_time():
    levels = [int(tag[1]) for tag in Reader(html(sample.meridian())).elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_top_says_warning_partial_and_blindness():
    warned = Reader(html(sample.other_account())).text
    assert warned.index("AWS shows another cluster") < warned.index("41 pods have no IP")
    partial = Reader(html(sample.partial())).text
    assert partial.index("PARTIAL REPORT") < partial.index("41 pods have no IP")
    blind = html(sample.blind())
    assert re.search(r'<h1 class="incomplete">No problem found, but 80 inconclusive checks', blind)


def test_missing_grants_and_commands_are_there():
    text = Reader(html(sample.meridian())).text
    assert "The command needs ec2:GetSubnetCidrReservations." in text
    assert sample.LEVER.command.line in text
    assert text.count("so a handful of free addresses serves nobody") == 1


def test_the_same_report_gives_the_same_page():
    assert html(sample.meridian()) == html(sample.meridian())
