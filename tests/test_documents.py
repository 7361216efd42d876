"""What docs/ says exists: links, paths, commands, rule ids and keys."""

import json
import re
from pathlib import Path

import msgspec
import pytest
import yaml
from typer.main import get_command

from eksdoctor.cli.app import app
from eksdoctor.engine.cases.cases import Case, CaseFile
from eksdoctor.engine.cases.patch import Patch
from eksdoctor.engine.evaluation.finding import Confidence, Severity
from eksdoctor.engine.language.condition import parse, path_of
from eksdoctor.engine.language.prose import FILTERS
from eksdoctor.engine.rulebook.compile import TAKES_EFFECT, VERDICTS
from eksdoctor.engine.rulebook.load import load
from eksdoctor.engine.rulebook.rule import ConfirmText, EvidenceText, Expect, FixText, RuleText, Text
from eksdoctor.evidence.observed.source import SourceKind
from eksdoctor.evidence.signatures.catalogue import catalogue
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.snapshot.actions import ACTIONS, KINDS
from eksdoctor.snapshot.request import REFUSALS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
BOOK = load(ROOT / "rules")
PROGRAM_FOLDERS = [
    folder
    for folder in (ROOT / "eksdoctor", *(ROOT / "eksdoctor").rglob("*"))
    if folder.is_dir() and (folder / "__init__.py").is_file()
]
# What a page announces and the program does not have yet.
COMING: set[str] = set()
# Names of AWS, Kubernetes and tools that are written with hyphens.
OTHER_NAMES = {
    "amazon-vpc-cni", "aws-eks-nodeagent", "aws-k8s-branch-eni", "aws-k8s-trunk-eni", "aws-node",
    "aws-vpc-cni-init", "branch-eni-cooldown", "eks-log-collector", "kube-proxy", "kube-system",
    "update-addon", "vpc-cni", "yaml-language-server",
}  # fmt: skip


def text_of(page):
    return (DOCS / page).read_text(encoding="utf-8")


def code_spans(text):
    """Everything between single backticks, outside fenced blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def facts():
    """The ids of the facts."""
    return re.findall(r"^\| `([a-z0-9-]+)` \|", text_of("facts.md"), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_resolve(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        target, _, anchor = link.partition("#")
        if target.startswith(("https://", "mailto:")):
            continue
        file = page.parent / target if target else page
        assert file.exists(), link
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), link


def anchors(text):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_exist(page):
    """Every path of this repository that a page names, but for those with a placeholder such as `<id>`."""
    text = page.read_text(encoding="utf-8")
    if page.name == "facts.md":  # its sources name files of other repositories
        text = "\n".join(code_spans(text))
    top = "eksdoctor|rules|reports|tests|fixtures|deploy|docs"
    for path in re.findall(rf"(?<![\w/~-])(?:\.\./)*((?:{top})/[\w./<>-]*)", text):
        if "<" in path or "PATH" in path or "_bundled" in path or path in COMING:
            continue
        assert (ROOT / path.rstrip(".")).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_hyphenated_names_exist(page):
    """Rule ids above all: a name in backticks that looks like one is one, or another known name."""
    report = (ROOT / "reports" / "report.schema.json").read_text(encoding="utf-8")
    known = {
        *BOOK.rules, *BOOK.levers, *facts(), *ACTIONS, *TAKES_EFFECT, *VERDICTS, *REFUSALS, *OTHER_NAMES,
        *re.findall(r'"([a-z]+(?:-[a-z]+)+)"', report),
        *(str(word) for enum in (Severity, Confidence, SourceKind) for word in enum),
        *catalogue().classes, *(signature.id for signature in catalogue()),
        *(path.name.partition(".")[0] for path in (ROOT / "fixtures").iterdir()),
        *(path.name for path in (ROOT / "rules").iterdir()),
    }  # fmt: skip
    names = {
        name
        for name in code_spans(page.read_text(encoding="utf-8"))
        if re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+", name)
    }
    assert names - known == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_facts_of_the_model_exist(page):
    scope = {"cluster": Cluster, "cni": CNI, "node": Node, "subnet": Subnet}
    for path in code_spans(page.read_text(encoding="utf-8")):
        if re.fullmatch(r"(?:cluster|cni|node|subnet)(?:\.(?!py\b)[a-z_]+)+", path):
            path_of(parse(path), scope, path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page):
    """`eksdoctor COMMAND` in a code span or an indented line."""
    text = page.read_text(encoding="utf-8")
    lines = [*code_spans(text), *re.findall(r"^    (.+)$", text, re.MULTILINE)]
    called = {
        found[1]
        for line in lines
        if (found := re.match(r"(?:python -m )?eksdoctor ([a-z]+(?: [a-z]+)?)", line))
    }
    for command in called - COMING:
        group = get_command(app)
        for word in command.split():
            if not hasattr(group, "commands"):
                break  # an argument
            assert word in group.commands, command
            group = group.commands[word]


def test_every_page_is_in_the_index():
    index = text_of("README.md")
    assert [page.name for page in PAGES if page.name != "README.md" and f"]({page.name})" not in index] == []


def test_the_rule_guide_names_every_key():
    guide = set(code_spans(text_of("rule-authors.md")))
    for kind in (RuleText, ConfirmText, Expect, FixText, Text, EvidenceText, Patch, Case, CaseFile):
        keys = {field.encode_name for field in msgspec.structs.fields(kind)}
        assert keys - guide == set(), kind.__name__
    assert {*FILTERS} - guide == set()


def test_the_rule_of_the_guide_loads(tmp_path):
    rules = re.findall(r"^```yaml\n(id: .*?)^```", text_of("rule-authors.md"), re.MULTILINE | re.DOTALL)
    assert rules
    for rule in rules:
        (tmp_path / f"10-{yaml.safe_load(rule)['id']}.yaml").write_text(rule)
    assert len(load(ROOT / "rules", tmp_path)) == len(BOOK) + len(rules)


def test_the_snapshot_page_names_every_file():
    page = set(code_spans(text_of("snapshot-format.md")))
    assert {f"{kind.file}.json" for kind in KINDS} - page == set()


def test_the_glossary_names_every_key_and_state_of_the_json_page():
    schema = json.loads((ROOT / "reports" / "report.schema.json").read_text(encoding="utf-8"))
    parts = [schema, *schema["$defs"].values()]
    keys = {key for part in parts for key in part.get("properties", {})}
    states = {
        value
        for part in parts
        for field in part.get("properties", {}).values()
        for value in field.get("enum", ())
        if isinstance(value, str)
    }
    assert (keys | states) - set(code_spans(text_of("glossary.md"))) == set()


def test_the_architecture_names_every_folder():
    page = text_of("architecture.md")
    folders = {folder.relative_to(ROOT).as_posix() for folder in PROGRAM_FOLDERS}
    named = set(re.findall(r"eksdoctor(?:/\w+)*", page))
    assert {folder for folder in folders if 1 <= folder.count("/") <= 2} - named == set()
