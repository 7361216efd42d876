"""The table in which structure and testimony combine."""

import pytest

from eksdoctor.engine.evaluate import _combine
from eksdoctor.engine.finding import Confidence
from eksdoctor.model.fact import Unknown

UNKNOWN = Unknown.because("?")


@pytest.mark.parametrize(
    ("structure", "testimony", "wanted"),
    [
        (True, True, Confidence.CONFIRMED),
        (True, False, Confidence.PRESSURE),
        (True, UNKNOWN, Confidence.LIKELY),
        (False, True, Confidence.PAST),
        (False, False, None),
        (False, UNKNOWN, None),
        (UNKNOWN, True, Confidence.LIKELY),
        (UNKNOWN, False, UNKNOWN),
        (UNKNOWN, UNKNOWN, UNKNOWN),
        (None, True, Confidence.CONFIRMED),
        (None, False, None),
        (None, UNKNOWN, UNKNOWN),
        (UNKNOWN, None, UNKNOWN),
        (False, None, None),
    ],
)
def test_the_table(structure, testimony, wanted):
    for settles in (True, False):
        assert _combine(structure, testimony, settles=settles) == wanted


def test_structure_alone_settles_a_setting_but_not_a_pods_cause():
    assert _combine(True, None, settles=True) == Confidence.CONFIRMED
    assert _combine(True, None, settles=False) == Confidence.LIKELY
