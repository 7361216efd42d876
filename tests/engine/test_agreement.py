"""One of a thing reads as one."""

import pytest

from eksdoctor.engine.evaluation.finding import Span, plain
from eksdoctor.engine.language.plural import OF_ONE, agree_in_number
from tests.shared import rulebook


def said(*parts):
    """Numbers and names as values, other parts as the author's words."""
    return plain(
        agree_in_number(tuple(Span(part.strip("*"), is_value=part.startswith("*")) for part in parts))
    )


@pytest.mark.parametrize(
    ("parts", "reads"),
    [
        (("*1", " pods get no branch ENI"), "1 pod gets no branch ENI"),
        (("*2", " pods get no branch ENI"), "2 pods get no branch ENI"),
        (("*11", " nodes are full"), "11 nodes are full"),
        (("*at least 1", " interfaces were listed"), "at least 1 interface was listed"),
        (
            ("*1", " ", "*m5.large", " nodes have every ENI attached"),
            "1 m5.large node has every ENI attached",
        ),
        (("*1", " ", "*m5.large", " nodes that do not"), "1 m5.large node that does not"),
        (("in ", "*1", " address slots and 2"), "in 1 address slot and 2"),
        (("*0", " of ", "*1", " addresses are free"), "0 of 1 addresses are free"),
        (("puts pods of ", "*1", " nodes into"), "puts pods of 1 node into"),
        (("*1", " podsandbox"), "1 podsandbox"),
        (("below ", "*1", " confirms; ", "*0", " at capture"), "below 1 confirms; 0 at capture"),
        (("*1",), "1"),
        ((), ""),
    ],
)
def test_noun_and_verb_agree_with_one(parts, reads):
    assert said(*parts) == reads


def test_values_stay_as_they_are():
    assert said("*1", "* pods are") == "1 pods are"


def test_titles_of_one_node_or_pod_have_a_verb_that_is_known():
    """A title such as `{{ all | count }} nodes refuse` would read `1 node refuse`."""
    heads = ("<all> nodes ", "<all> <node.instance_type> nodes ", "pods> pods ")
    after = [
        title.partition(head)[2].partition(" ")[0]
        for title in (rule.title_text for rule in rulebook())
        for head in heads
        if head in title
    ]
    no_verbs = {
        "and",
        "at",
        "from",
        "goes",
        "of",
        "on",
        "still",
        "such",
        "that",
        "to",
        "where",
        "with",
        "would",
    }
    assert after
    assert not {word for word in after if word.isalpha()} - set(OF_ONE) - no_verbs
