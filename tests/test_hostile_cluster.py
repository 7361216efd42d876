"""Names and texts that a cluster's users choose, served live: no page obeys them."""

import json
import re
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import msgspec
import pytest

from eksdoctor.collect.dispatch import connect
from eksdoctor.collect.rounds import Observer, collect
from eksdoctor.collection_plan.next_requests import next_requests
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.render.html import html
from eksdoctor.render.json_page import json_page
from eksdoctor.render.markdown.page import markdown
from eksdoctor.render.terminal.page import terminal
from eksdoctor.snapshot import archive
from eksdoctor.snapshot.snapshot import Snapshot
from eksdoctor.triage.build_report import build_report
from tests.lab import Lab
from tests.process import PATIENCE
from tests.render.hostile import NASTY
from tests.shared import rulebook

ROOT = Path(__file__).parent.parent
BOOK = rulebook()
TEXTS = [text for text in NASTY if "\ud800" not in text] + ["x" * 100_000, "a\nb\r\nc", "null"]
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f]")
HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def spoilt(snapshot):
    """The same incident with hostile names of pods, texts of events and tags and zones of subnets."""
    texts, records, names = cycle(TEXTS), dict(snapshot.records), {}
    pods, events = [], []
    for pod in records["kubernetes/pods"]:
        key = (pod.metadata.namespace, pod.metadata.name)
        names[key] = key[1] + next(texts) if pod.status.phase == "Pending" else key[1]
        pods.append(
            msgspec.structs.replace(pod, metadata=msgspec.structs.replace(pod.metadata, name=names[key]))
        )
    for event in records["kubernetes/events"]:
        about = event.involved_object
        name = names.get((about.namespace, about.name), about.name)
        events.append(
            msgspec.structs.replace(
                event,
                message=f"{event.message} {next(texts)}",
                involved_object=msgspec.structs.replace(about, name=name),
            )
        )
    subnets = [
        {**subnet, "AvailabilityZone": subnet["AvailabilityZone"] + NOT_IN_XML.sub("", next(texts))}
        for subnet in records["aws/ec2-describe-subnets"]
    ]
    files = ("kubernetes/pods", "kubernetes/events", "aws/ec2-describe-subnets")
    return replace(
        snapshot, records={**records, **dict(zip(files, map(tuple, (pods, events, subnets)), strict=True))}
    )


@pytest.fixture(scope="module")
def report():
    recorded = spoilt(archive.read(ROOT / "fixtures" / "meridian-pay-agent.eksdoctor.tar.gz"))
    with pytest.MonkeyPatch.context() as patch, Lab(recorded) as lab:
        for name, value in lab.environment.items():
            patch.setenv(name, value)
        options = ConnectionOptions(kubeconfig=str(lab.kubeconfig), aws_endpoint=lab.aws_endpoint)
        target = connect(options).target
        blank = Snapshot(at=recorded.at, target=target)
        return build_report(collect(blank, next_requests, connect(options), PATIENCE, Observer()), BOOK)


def test_the_verdict_is_the_same_as_under_plain_names(report):
    assert sum(len(verdict.pods) for verdict in report.verdicts) == 41
    assert {verdict.cause for verdict in report.verdicts} == {"subnet-exhausted"}


@pytest.mark.parametrize("page", [terminal, markdown, html, json_page], ids=lambda page: page.__name__)
def test_no_page_holds_a_control_an_escape_or_an_invisible(report, page):
    assert HARMFUL.search(page(report)) is None


def test_html_and_markdown_hold_no_element_of_theirs(report):
    assert not re.search(r"<(script|img|style[^>]*>\*)", html(report))
    assert not re.search(r"(?<!\\)<(script|img)", markdown(report))


def test_json_keeps_every_name_as_it_is(report):
    names = {pod["name"] for verdict in json.loads(json_page(report))["verdicts"] for pod in verdict["pods"]}
    assert names == {pod.name for verdict in report.verdicts for pod in verdict.pods}
    assert any("\x1b]0;title\x07" in name for name in names)
