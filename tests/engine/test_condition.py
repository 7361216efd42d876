"""Three-valued logic, by property and by example."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eksdoctor.engine.language.condition import compile_condition, every, opposite, some, truth_of
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import Items, Reason, Unknown

truths = st.lists(
    st.one_of(st.booleans(), st.builds(lambda n: Unknown((Reason(f"r{n}"),)), st.integers(0, 3)))
)


def same(one, two):
    """Equal truths; unknown ones hold the same reasons."""
    if isinstance(one, Unknown) and isinstance(two, Unknown):
        return set(one.reasons) == set(two.reasons)
    return one is two


@given(truths)
def test_de_morgan(values):
    assert same(opposite(every(values)), some([opposite(value) for value in values]))
    assert same(opposite(some(values)), every([opposite(value) for value in values]))


@given(truths, st.randoms())
def test_order_does_not_matter(values, random):
    shuffled = values[:]
    random.shuffle(shuffled)
    assert same(every(values), every(shuffled))
    assert same(some(values), some(shuffled))


@given(truths, st.data())
def test_hiding_a_part_never_decides_otherwise(values, data):
    hidden = [Unknown((Reason("hidden"),)) if data.draw(st.booleans()) else value for value in values]
    for combine in (every, some):
        if isinstance(combine(hidden), bool):
            assert combine(hidden) is combine(values)


def test_false_and_unknown():
    unknown = Unknown.because("why")
    assert every([False, unknown]) is False
    assert every([True, unknown]) == unknown
    assert some([True, unknown]) is True
    assert some([False, unknown]) == unknown


def test_a_bare_collection():
    why = Unknown.because("page two was refused")
    assert truth_of(Items((1,), why)) is True
    assert truth_of(Items((), why)) == why
    assert truth_of(Items()) is False


class Thing:
    count: int
    name: str

    def __init__(self, count):
        self.count, self.name = count, "x"


@pytest.mark.parametrize(
    ("text", "count", "wanted"),
    [
        ("thing.count > 3", 4, True),
        ("3 < thing.count", 3, False),
        ("1 < thing.count < 5", 4, True),
        ("thing.count in [1, 2]", 2, True),
        ("thing.name not in ['x', 'y']", 2, False),
        ("not thing.count == 2 or thing.name == 'x'", 2, True),
        ("thing.count > 3 and thing.count < 5", Unknown.because("?"), None),
        ("thing.count > 3 or thing.name == 'x'", Unknown.because("?"), True),
    ],
)
def test_conditions(text, count, wanted):
    judge = compile_condition(text, {"thing": Thing, "cluster": Cluster}).judge
    truth = judge({"thing": Thing(count)})
    assert isinstance(truth, Unknown) if wanted is None else truth is wanted
