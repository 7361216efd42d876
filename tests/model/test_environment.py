"""Values as Go parses them, and labels as Kubernetes selects."""

import pytest

from eksdoctor.model.aws_node_settings.environment import Environment
from eksdoctor.model.facts.fact import NotKnown
from eksdoctor.model.facts.label_selector import selects
from eksdoctor.model.facts.version import Version
from eksdoctor.snapshot.records.kubernetes import Selector


@pytest.mark.parametrize(
    ("value", "number"),
    [("5", 5), ("+5", 5), ("-5", 3), ("", 3), ("five", 3), (" 5", 3), ("5.0", 3), ("9" * 30, 3)],
)
def test_numbers(value, number):
    assert Environment({"X": value}).number("X", 3) == number


@pytest.mark.parametrize(
    ("value", "flag"), [("1", True), ("T", True), ("TRUE", True), ("f", False), ("0", False)]
)
def test_flags(value, flag):
    assert Environment({"X": value}).flag("X", default=not flag) is flag


@pytest.mark.parametrize("value", ["yes", "tRUE", "", " true"])
def test_junk_flags_are_the_default(value):
    assert Environment({"X": value}).flag("X", default=True) is True
    assert Environment({"X": value}).flag("X", default=False) is False


def test_a_value_from_elsewhere_is_not_known():
    with pytest.raises(NotKnown, match="X comes from another object"):
        Environment({"X": None}).number("X", 0)


def test_versions_compare_as_releases():
    assert Version.parse("v1.20.4-eksbuild.1") > Version(1, 9)
    assert Version.parse("latest") is None
    assert str(Version.parse("1.18")) == "v1.18.0"


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ({"key": "a", "operator": "In", "values": ["1", "2"]}, True),
        ({"key": "a", "operator": "NotIn", "values": ["1"]}, False),
        ({"key": "z", "operator": "NotIn", "values": ["1"]}, True),
        ({"key": "a", "operator": "Exists"}, True),
        ({"key": "a", "operator": "DoesNotExist"}, False),
        ({"key": "z", "operator": "DoesNotExist"}, True),
        ({"key": "a", "operator": "Gt", "values": ["0"]}, False),
    ],
)
def test_selectors(expression, wanted):
    assert selects(Selector(match_expressions=(expression,)), {"a": "1"}) is wanted
    assert selects(Selector(match_labels={"a": "2"}, match_expressions=(expression,)), {"a": "1"}) is False
    assert selects(Selector(), {}) is True
