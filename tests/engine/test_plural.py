"""The filters `plural` and `form`: both forms stand in the text."""

import pytest

from eksdoctor.engine.evaluation.finding import Span, plain
from eksdoctor.engine.language.prose import compile_prose, readable_source
from eksdoctor.engine.language.sentences import sentence
from eksdoctor.errors import UsageError
from eksdoctor.model.facts.fact import Items, Unknown

SCOPE = {"number": int, "pods": Items[int], "name": str}
TEXT = "{{ number | plural('pod waits', 'pods wait') }} and {{ number | form('is', 'are') }} pending"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 pods wait and are pending"),
        (1, "1 pod waits and is pending"),
        (2, "2 pods wait and are pending"),
    ],
)
def test_the_form_fits_the_number(number, text):
    assert plain(compile_prose(TEXT, SCOPE).render({"number": number})) == text


def test_a_collection_counts_its_elements_and_may_have_more():
    template = compile_prose("{{ pods | plural('pod waits', 'pods wait') }}", SCOPE)
    assert plain(template.render({"pods": Items((7,))})) == "1 pod waits"
    assert plain(template.render({"pods": Items((7,), Unknown.because("no list"))})) == "at least 1 pod waits"


def test_the_number_is_a_value_and_the_form_is_not():
    template = compile_prose("{{ number | plural('pod', 'pods') }}", SCOPE)
    assert template.render({"number": 2}) == (Span("2", is_value=True), Span(" pods"))


def test_an_unknown_number_takes_the_plural():
    unknown = Unknown.because("no list")
    assert plain(compile_prose(TEXT, SCOPE).render({"number": unknown})) == (
        "unknown (no list) pods wait and are pending"
    )


def test_the_source_shows_the_plural():
    assert compile_prose(TEXT, SCOPE).source == "<number> pods wait and are pending"
    assert readable_source(TEXT) == "<number> pods wait and are pending"


@pytest.mark.parametrize("text", ["plural('pod')", "plural", "plural(1, 2)", "form('a', 'b', 'c')"])
def test_two_texts_are_needed(text):
    with pytest.raises(UsageError, match=r"two texts|unknown filter"):
        compile_prose(f"{{{{ number | {text} }}}}", SCOPE)


def test_a_text_has_no_plural():
    with pytest.raises(UsageError, match="needs a number"):
        compile_prose("{{ name | plural('a', 'b') }}", SCOPE)


def test_a_sentence_keeps_the_spans_of_prose_inside():
    title = (Span("3", is_value=True), Span(" risks"))
    assert sentence("verdict", pods=1, title=title) == (
        Span("1", is_value=True),
        Span(" pod"),
        Span(": "),
        *title,
    )


def test_a_sentence_with_a_missing_value_is_an_error():
    with pytest.raises(KeyError):
        sentence("verdict", pods=1)
