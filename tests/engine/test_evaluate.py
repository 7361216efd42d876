"""The table in which structure and testimony combine."""

import pytest

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.engine.evaluation.evaluate import _combine, evaluate
from eksdoctor.engine.evaluation.finding import Confidence
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown
from tests.shared import rulebook

UNKNOWN = Unknown.because("?")
EMPTY = ["DataStore has no available IP/Prefix addresses"]


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
        assert _combine(structure, testimony, confirms_alone=settles) == wanted


def test_structure_alone_settles_a_setting_but_not_a_pods_cause():
    assert _combine(True, None, confirms_alone=True) == Confidence.CONFIRMED
    assert _combine(True, None, confirms_alone=False) == Confidence.LIKELY


def outcome(**changes):
    cluster = Cluster(patched(Patch(starve={"shop/cart-1": "node-a"}, say={"node-a": EMPTY}, **changes)))
    return evaluate(rulebook().get("minimum-ip-freeze"), cluster)


def test_what_confirms_only_is_no_word_of_the_past_either():
    assert not outcome().fired
    assert {one.confidence for one in outcome(env={"MINIMUM_IP_TARGET": "9"}).fired} >= {Confidence.CONFIRMED}
