"""The JSON page and its published schema."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker

from eksdoctor.render.json_page import json_page
from eksdoctor.render.json_schema import schema
from eksdoctor.resources import reports_folder
from tests.render import sample
from tests.render.hostile import reports

SCHEMA = json.loads((reports_folder() / "report.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
SAMPLES = [sample.meridian(), sample.healthy(), sample.blind(), sample.partial(), sample.other_account()]


def objects(schema):
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            yield schema
        for part in schema.values():
            yield from objects(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from objects(part)


def test_the_published_schema_is_generated_from_the_records():
    published = (reports_folder() / "report.schema.json").read_text(encoding="utf-8")
    assert published == schema(), "python -m eksdoctor.render.json_schema > reports/report.schema.json"


def test_the_schema_is_a_schema_and_closed():
    Draft202012Validator.check_schema(SCHEMA)
    closed = [one for one in objects(SCHEMA) if set(one["properties"])]
    assert len(closed) > 8
    for one in closed:
        assert one["additionalProperties"] is False
        assert set(one["required"]) == set(one["properties"])


@pytest.mark.parametrize("report", SAMPLES)
def test_samples_fit_the_schema(report):
    VALIDATOR.validate(json.loads(json_page(report)))


@settings(max_examples=40)
@given(reports(sample.meridian()))
def test_hostile_reports_fit_the_schema_in_plain_ascii(report):
    page = json_page(report)
    VALIDATOR.validate(json.loads(page))
    assert all(letter == "\n" or " " <= letter <= "~" for letter in page)


def test_hostile_text_is_kept_as_it_is():
    row = replace(sample.meridian().could_not_tell[0], reason="\x1b[31m\u202e\ud800<b>")
    page = json.loads(json_page(replace(sample.meridian(), could_not_tell=(row,))))
    assert page["could_not_tell"][0]["reason"] == "\x1b[31m\u202e\ud800<b>"


def test_the_shape_is_frozen():
    page = json.loads(json_page(sample.meridian()))
    assert list(page) == [
        "format",
        "run",
        "summary",
        "verdicts",
        "findings",
        "levers",
        "could_not_tell",
        "asks",
        "refusals",
        "passed",
    ]
    assert page["format"] == 1
    assert page["run"]["at"] == "2026-10-17T02:14:00Z"
    assert set(page["verdicts"][0]) == {"state", "cause", "confidence", "sentence", "pods", "next", "finding"}
    assert {
        "rule",
        "severity",
        "stage",
        "confidence",
        "subjects",
        "title",
        "evidence",
        "confirm",
        "fix",
        "avoid",
        "owner",
        "pods",
        "because",
        "docs",
    } <= set(page["findings"][0])
    assert page["findings"][0]["confirm"][0]["command"]["argv"][:2] == ["aws", "ec2"]
    assert set(page["could_not_tell"][0]) == {"rule", "reason", "grant", "count", "subjects"}


def test_the_same_report_gives_the_same_bytes():
    assert json_page(sample.meridian()) == json_page(sample.meridian())
    shuffled = replace(sample.meridian(), counts={"pods": 1640, "nodes": 180})
    assert json_page(shuffled) == json_page(sample.meridian())
