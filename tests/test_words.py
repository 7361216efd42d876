"""User text uses the words of the field and keeps its lengths; one test per file."""

import ast
import re
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from eksdoctor.cli.app import app
from eksdoctor.engine.cases.cases import CaseFile, evaluate, grouped
from eksdoctor.engine.cases.patch import patched
from eksdoctor.engine.evaluation.finding import plain
from eksdoctor.engine.evaluation.write_finding import write_finding
from eksdoctor.engine.rulebook.compile import read_strictly
from eksdoctor.engine.rulebook.load import load
from eksdoctor.model.entities.cluster import Cluster
from tests.words import count_words, reported, sentences, strings, wrong_words

ROOT = Path(__file__).parent.parent
SIGNATURES = ROOT / "eksdoctor/evidence/signatures/signatures.yaml"
MOST_TITLE, MOST_SENTENCE, MOST_EXPECT = 90, 25, 12
TEXT_KEYS = {
    "title", "title_by_testimony", "because", "avoid", "says", "expect", "risk", "name", "changes",
    "falsepositives",
}  # fmt: skip
BOOK = load(ROOT / "rules")
RULE_FILES = sorted(ROOT.glob("rules/**/*.yaml"))
MODULES = sorted(ROOT.glob("eksdoctor/**/*.py"))
PAGES = [path for path in MODULES if path.relative_to(ROOT).parts[1] in {"render", "cli", "triage"}]
PENDING = frozenset((ROOT / "tests/words_pending.txt").read_text(encoding="utf-8").splitlines())


def relative(path):
    return path.relative_to(ROOT).as_posix()


def texts_of(document, key=""):
    """Every text of a rule or option file, with its key."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield from texts_of(value, name)
    elif isinstance(document, list):
        for value in document:
            yield from texts_of(value, key)
    elif isinstance(document, str) and key in TEXT_KEYS:
        yield key, document


def faults(texts):
    return [f"{wrong}: {text}" for text in texts for wrong in wrong_words(text)]


@pytest.fixture(autouse=True)
def _still_to_rewrite(request):
    """A text of tests/words_pending.txt is expected to fail, and must leave the list once it passes."""
    if request.node.name in PENDING:
        request.node.add_marker(pytest.mark.xfail(strict=True, reason="still to be rewritten"))


@pytest.mark.parametrize("path", RULE_FILES, ids=relative)
def test_words_of_a_rule_file(path):
    assert faults(text for _, text in texts_of(yaml.safe_load(path.read_text()))) == []


@pytest.mark.parametrize("path", RULE_FILES, ids=relative)
def test_lengths_of_a_rule_file(path):
    document = yaml.safe_load(path.read_text())
    long = [one for one in sentences(document.get("because", "")) if count_words(one) > MOST_SENTENCE]
    for confirm in document.get("confirm", ()):
        expect = confirm["expect"]
        says = expect if isinstance(expect, str) else expect["says"]
        long += [one for one in sentences(says) if count_words(one) > MOST_EXPECT]
    assert long == []


@pytest.mark.parametrize("rule", list(BOOK), ids=lambda rule: rule.id)
def test_titles_as_rendered(rule):
    titles = set()
    for case in read_strictly(ROOT / f"tests/rules/{rule.id}.yaml", CaseFile).fires:
        snapshot = patched(case)
        fired = evaluate(rule, Cluster(snapshot)).fired
        titles |= {plain(write_finding(members, snapshot.target).title) for members in grouped(fired)}
    assert [title for title in sorted(titles) if len(title) > MOST_TITLE] == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("reports/*.j2")), ids=relative)
def test_words_of_a_template(path):
    text = re.sub(r"\{[{%].*?[%}]\}|<[^>]+>", "\n", path.read_text(), flags=re.DOTALL)
    assert faults(line for line in text.splitlines() if line.strip()) == []


def test_words_of_the_sentences():
    found = yaml.safe_load((ROOT / "reports/sentences.yaml").read_text())
    assert faults(found.values()) == []
    parts = [one for text in found.values() for one in sentences(text)]
    assert [one for one in parts if count_words(one) > MOST_SENTENCE] == []


def test_words_of_the_schema():
    described = re.findall(r'"description": "(.*)"', (ROOT / "reports/report.schema.json").read_text())
    assert faults(described) == []


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_words_of_labels(path):
    assert faults(strings(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_words_of_errors_and_reasons(path):
    assert faults(reported(ast.parse(path.read_text()))) == []


def helps(command, name=""):
    yield name, command.help or ""
    for parameter in command.params:
        yield f"{name} {parameter.name}", getattr(parameter, "help", None) or ""
    for below, inner in getattr(command, "commands", {}).items():
        yield from helps(inner, f"{name} {below}")


def test_words_of_the_help():
    found = dict(helps(get_command(app)))
    assert len(found) > 50
    assert faults(found.values()) == []


def test_words_of_the_readme():
    skipped = re.compile(r"<!-- report -->.*?<!-- /report -->|^    .*$", re.DOTALL | re.MULTILINE)
    text = skipped.sub("", (ROOT / "README.md").read_text())
    assert faults(text.split("\n\n")) == []


def signatures():
    document = yaml.safe_load(SIGNATURES.read_text())
    for name, entry in document["classes"].items():
        yield name, [entry.get("says", ""), entry.get("settle", "")]
    for entry in document["signatures"]:
        yield entry["id"], [entry.get("means", ""), entry.get("action", ""), entry.get("not", "")]


@pytest.mark.parametrize(("name", "texts"), [pytest.param(*one, id=one[0]) for one in signatures()])
def test_words_of_a_signature(name, texts):
    assert faults(texts) == [], name


@pytest.mark.parametrize("text", ["EC2 refuses an address", "the daemon was not asked", "See it below"])
def test_the_list_finds_a_word(text):
    assert wrong_words(text)


@pytest.mark.parametrize("text", ["`spare`", "AssignPrivateIpAddresses failed", "warm-pool-hoarding is on"])
def test_quoted_names_are_skipped(text):
    assert wrong_words(text) == []
