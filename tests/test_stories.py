"""Whole clusters with several faults at once: what is said of each pod, and what must not be said."""

from pathlib import Path

import msgspec
import pytest
import yaml

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.engine.evaluation.finding import Confidence
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.snapshot.actions import ACTIONS
from eksdoctor.triage.build_report import build_report
from eksdoctor.triage.report import State
from tests.shared import rulebook

FOLDER = Path(__file__).parent / "stories"
GIVEN = "given"
BOOK = rulebook()
FOLDED = {rule.id: set(rule.text.yields_to) for rule in BOOK}


class Story(msgspec.Struct, forbid_unknown_fields=True):
    """A cluster, and per pod its verdict: a rule's id, several, or cannot-tell.

    `beneath` are causes that fold under these and may be named while these are hidden.
    """

    story: str
    verdicts: dict[str, str | list[str]]
    given: list[str] = []
    beneath: list[str] = []
    patch: dict[str, object] = {}
    env: dict[str, str | None] = {}
    starve: dict[str, str] = {}
    say: dict[str, list[str]] = {}
    listen: list[str] = []
    refuse: list[str] = []


def read(name):
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


CIRCUMSTANCES = read(GIVEN)
STORIES = [
    pytest.param(msgspec.convert(story, Story), id=f"{path.stem}: {story['story']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    if path.stem != GIVEN
    for story in read(path.stem)
]


def together(old, new):
    """Two patches as one: what either adds or takes away, the later having its way."""
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *new]
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{key: together(old[key], value) if key in old else value for key, value in new.items()}}


def patch_of(story, refused=()):
    own = {name: getattr(story, name) for name in ("env", "starve", "say", "listen")}
    found = {"patch": {}}
    for part in [*(CIRCUMSTANCES[name] for name in story.given), {**own, "patch": story.patch}]:
        changes = {name: value for name, value in part.items() if name != "patch"}
        found = together(found, changes)
        found["patch"] = laid_over(found["patch"], part.get("patch", {}))
    found["refuse"] = [*found.get("refuse", []), *story.refuse, *refused]
    return msgspec.convert(found, Patch)


def laid_over(old, new):
    """Records over records; a list takes the place of a list."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{key: laid_over(old[key], value) if key in old else value for key, value in new.items()}}


def told(report):
    """Per pod what is said of it."""
    found = {}
    for verdict in report.verdicts:
        for pod in verdict.pods:
            found.setdefault(pod.name, []).append(verdict.cause or str(verdict.state))
    return {pod: sorted(causes) for pod, causes in found.items()}


def expected(story):
    return {
        pod: sorted([causes] if isinstance(causes, str) else causes) for pod, causes in story.verdicts.items()
    }


@pytest.mark.parametrize("story", STORIES)
def test_each_pod_has_its_cause(story):
    snapshot = patched(patch_of(story))
    report = build_report(snapshot, BOOK)
    assert told(report) == expected(story)
    trouble = Cluster(snapshot).pods_in_trouble
    assert set(told(report)) == {pod.name for pod in trouble}
    for verdict in report.verdicts:
        if verdict.state != State.EXPLAINED or verdict.confidence != Confidence.CONFIRMED:
            continue
        assert report.findings[verdict.finding].is_seen, f"{verdict.cause} is confirmed, and nobody said so"


@pytest.mark.parametrize("story", STORIES)
def test_no_single_refusal_names_another(story):
    known = expected(story)
    for action in ACTIONS:
        report = build_report(patched(patch_of(story, [action])), BOOK)
        for pod, causes in told(report).items():
            allowed = {*known.get(pod, ()), *story.beneath, str(State.CANNOT_TELL)}
            assert set(causes) <= allowed, (action, pod)


def test_yields_to_names_rules_that_are_there():
    for rule, causes in FOLDED.items():
        assert causes <= set(BOOK.rules), (rule, causes - set(BOOK.rules))
        assert rule not in causes


def test_no_rule_yields_to_itself_by_way_of_others():
    left = dict(FOLDED)
    while ready := {rule for rule, causes in left.items() if not causes & set(left)}:
        left = {rule: causes for rule, causes in left.items() if rule not in ready}
    assert not left, f"these yield to each other: {sorted(left)}"
