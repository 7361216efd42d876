"""Which of several findings is a pod's verdict, and what is asked for where none is."""

from dataclasses import replace

import pytest

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.engine.evaluation.evaluate import Undecided
from eksdoctor.engine.evaluation.finding import Confidence, Finding, Severity
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.model.facts.fact import Items, Reason, Unknown
from eksdoctor.triage.pod_verdicts import verdicts
from eksdoctor.triage.report import State
from tests.shared import rulebook

CLUSTER = Cluster(patched(Patch(starve={"shop/cart-1": "node-a"})))
RULE = rulebook().get("subnet-exhausted")
FINDING = Finding(
    rule="x", stage="", severity=Severity.CRITICAL, confidence=Confidence.LIKELY, owner="", group="",
    subjects=(), title=(), because=(), pods=("shop/cart-1",),
)  # fmt: skip


def finding(rule, confidence, **more):
    return replace(FINDING, rule=rule, confidence=confidence, **more)


@pytest.mark.parametrize("is_seen", [True, False])
@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        (Confidence.CONFIRMED, Confidence.LIKELY),
        (Confidence.CONFIRMED, Confidence.PAST),
        (Confidence.LIKELY, Confidence.PAST),
    ],
)
def test_the_more_certain_finding_is_the_verdict(stronger, weaker, is_seen):
    found = (finding("weaker", weaker, is_seen=is_seen), finding("stronger", stronger, is_seen=is_seen))
    for findings in (found, found[::-1]):
        assert [verdict.cause for verdict in verdicts(CLUSTER, findings, ())] == ["stronger"]


def test_of_equal_certainty_both_are_shown():
    found = (finding("one", Confidence.LIKELY), finding("other", Confidence.LIKELY))
    assert [verdict.cause for verdict in verdicts(CLUSTER, found, ())] == ["one", "other"]


def undecided(*reasons):
    return Undecided(RULE, "", Unknown(reasons), Items(tuple(CLUSTER.pods_in_trouble)))


def test_the_reason_that_hides_most_rules_is_asked_for_first():
    rare, usual = Reason("subnets are not known", "ec2:DescribeSubnets"), Reason("no events", "list events")
    without = Reason("the line has no time")
    hidden = (
        undecided(rare, usual),
        undecided(usual),
        undecided(without),
        undecided(without),
        undecided(without),
    )
    for each in (hidden, hidden[::-1]):
        (verdict,) = verdicts(CLUSTER, (), each)
        assert verdict.state == State.CANNOT_TELL
        assert "no events" in "".join(span.text for span in verdict.sentence)
        assert "list events" in "".join(span.text for span in verdict.next)
