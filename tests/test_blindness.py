"""Hiding what was seen never makes the tool surer: no finding becomes clear, no cause another."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eksdoctor.engine.evaluation.evaluate import evaluate
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.snapshot import archive
from eksdoctor.snapshot.actions import ACTIONS
from eksdoctor.snapshot.request import Refusal
from eksdoctor.snapshot.snapshot import Outcome
from eksdoctor.triage.build_report import build_report
from eksdoctor.triage.report import State
from tests.shared import rulebook

ROOT = Path(__file__).parent.parent
BOOK = rulebook()
FIXTURES = [
    "ceiling",
    "fragmented",
    "min-ip-freeze",
    "meridian-pay-agent",
    "healthy-security-groups-for-pods",
]


@cache
def snapshot(name):
    return archive.read(ROOT / "fixtures" / f"{name}.eksdoctor.tar.gz")


def without(seen, refused, dropped):
    """The snapshot with some requests refused, and some records lost and their lists marked so."""
    records = {
        file: tuple(doc for index, doc in enumerate(docs) if (file, index) not in dropped)
        for file, docs in seen.records.items()
    }
    lost = {file for file, docs in records.items() if len(docs) < len(seen.records[file])}
    outcomes = {}
    for request, outcome in seen.outcomes.items():
        kind = request.action.kind.file
        if request in refused:
            outcomes[request] = Outcome(Refusal("forbidden", "hidden", request.action.permission))
        elif kind in lost:
            outcomes[request] = replace(outcome, dropped=1)
        else:
            outcomes[request] = outcome
    for file in {request.action.kind.file for request in refused}:
        asked = [request for request in seen.outcomes if request.action.kind.file == file]
        if all(request in refused for request in asked):
            records[file] = ()
    return replace(seen, records=records, outcomes=outcomes)


@st.composite
def blindness(draw):
    """A fixture's name, and its snapshot less what a user may not see."""
    name = draw(st.sampled_from(FIXTURES))
    seen = snapshot(name)
    actions = draw(st.sets(st.sampled_from(sorted(ACTIONS)), max_size=6))
    requests = sorted(seen.outcomes, key=str)
    single = draw(st.sets(st.sampled_from(requests), max_size=8))
    refused = single | {request for request in requests if request.action.name in actions}
    files = sorted(file for file, docs in seen.records.items() if docs)
    dropped = set()
    for file in draw(st.sets(st.sampled_from(files), max_size=4)):
        indices = st.sets(st.integers(0, len(seen.records[file]) - 1), min_size=1, max_size=30)
        dropped |= {(file, index) for index in draw(indices)}
    return name, without(seen, refused, dropped)


def said(cluster):
    """Per rule: the subjects it fired for, and the subjects it left undecided."""
    outcomes = [evaluate(rule, cluster) for rule in BOOK]
    fired = {(one.rule.id, str(one.subject)) for outcome in outcomes for one in outcome.fired}
    undecided = {(one.rule.id, one.subject) for outcome in outcomes for one in outcome.undecided}
    return fired, undecided


def causes(report):
    return {
        pod.name: {other.cause for other in report.verdicts if pod in other.pods}
        for verdict in report.verdicts
        if verdict.state != State.CANNOT_TELL
        for pod in verdict.pods
    }


@cache
def all_seen(name):
    """What fires and what causes are named when nothing is hidden."""
    return said(Cluster(snapshot(name)))[0], causes(build_report(snapshot(name), BOOK))


@settings(max_examples=150)
@given(blindness())
def test_hiding_never_makes_surer(pair):
    name, hidden = pair
    before, known = all_seen(name)
    after, undecided = said(Cluster(hidden))
    for rule, subject in before - after:
        assert (rule, subject) in undecided or (rule, "") in undecided, (rule, subject)
    for pod, found in causes(build_report(hidden, BOOK)).items():
        assert found <= known.get(pod, set()), pod


@pytest.mark.parametrize("name", FIXTURES)
def test_every_single_refusal(name):
    seen = snapshot(name)
    _, known = all_seen(name)
    for action in {request.action for request in seen.outcomes}:
        refused = {request for request in seen.outcomes if request.action == action}
        report = build_report(without(seen, refused, set()), BOOK)
        for pod, found in causes(report).items():
            assert found <= known.get(pod, set()), (action.name, pod)
