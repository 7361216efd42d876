"""`explain` and `rules`."""

import json
import shutil

import pytest

from eksdoctor.engine.rulebook.load import load
from eksdoctor.resources import rules_folder
from tests.shared import rulebook

OWN = """
id: our-subnet-low
severity: warning
owner: platform
for: subnet in pod_subnets
when: [subnet.free_ips < 50]
title: Our subnet {{ subnet.id }} has {{ subnet.free_ips }} addresses
because: "We want 50."
confirm:
  - run: aws ec2 describe-subnets --subnet-ids {{ subnet.id }}
    expect: {says: "fewer than 50"}
fix:
  - title: Call the platform team
"""
CASES_FOLDER = rules_folder().parent / "tests" / "rules"


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "10-our-subnet-low.yaml").write_text(OWN)
    return folder


@pytest.mark.parametrize("rule", [rule.id for rule in rulebook()])
def test_every_rule_has_a_page_in_every_format(run, rule):
    page = run("explain", rule)
    assert page.code == 0
    assert page.out.startswith(f"{rule} · ")
    assert "Verify" in page.out
    assert "Fix" in page.out
    assert "{{" not in page.out
    assert run("explain", rule, "-o", "markdown").out.startswith(f"# {rule}\n")
    assert json.loads(run("explain", rule, "-o", "json").out)["id"] == rule


def test_a_near_name_is_suggested(run):
    ended = run("explain", "subnet-exausted")
    assert ended.code == 2
    assert "Did you mean subnet-exhausted?" in ended.err


def test_explain_into_a_file(run, tmp_path):
    file = tmp_path / "page.md"
    assert run("explain", "subnet-exhausted", "-o", f"markdown={file}").out == ""
    assert file.read_text().startswith("# subnet-exhausted")


def test_explain_has_no_html(run):
    assert run("explain", "subnet-exhausted", "-o", "html").code == 2


def test_the_list_names_every_rule(run):
    ids = [rule.id for rule in rulebook()]
    listed = run("rules", "list").out
    assert all(f" {one}\n" in listed for one in ids)
    assert [rule["id"] for rule in json.loads(run("rules", "list", "-o", "json").out)] == ids


def test_own_rules_are_listed_and_explained(run, own):
    assert "our-subnet-low" in run("rules", "list", "--rules", own).out
    assert run("explain", "our-subnet-low", "--rules", own).out.startswith("our-subnet-low · warning")


def test_own_rules_take_part_in_a_triage(run, own, meridian):
    findings = json.loads(run("triage", "--from", meridian, "--rules", own, "-o", "json").out)["findings"]
    assert "our-subnet-low" in {finding["rule"] for finding in findings}


def test_a_rule_without_cases_fails_its_test(run, own):
    ended = run("rules", "test", "--rules", own)
    assert ended.code == 2
    assert "no case folder at" in ended.err
    (own / "cases").mkdir()
    ended = run("rules", "test", "--rules", own)
    assert ended.code == 2
    assert "FAILED our-subnet-low" in ended.out
    assert ended.out.endswith("1 case, 1 failed\n")


def test_the_shipped_rules_hold(run):
    ended = run("rules", "test")
    assert ended.code == 0, ended.out
    assert " 0 failed" in ended.out
    assert run("rules", "test", "-q").out == ""


@pytest.mark.parametrize(
    ("selected", "ended"),
    [
        (["subnet-exhausted"], "cases, 0 failed"),
        (["subnet-exhausted", "-k", "NODE-MONITORING"], "1 case, 0 failed"),
        (["-k", "subnet-exhausted: and (unknown or clear) and not fires"], "cases, 0 failed"),
        ([CASES_FOLDER / "subnet-exhausted.yaml", "subnet-exhausted"], "cases, 0 failed"),
    ],
)
def test_some_cases_alone(run, selected, ended):
    done = run("rules", "test", *selected)
    assert (done.code, done.err) == (0, "")
    assert ended in done.out
    assert int(done.out.split()[0]) < 40


def test_a_case_file_by_path_fails_for_itself_alone(run, tmp_path):
    file = tmp_path / "subnet-exhausted.yaml"
    file.write_text("fires: [{name: all is well}]\n")
    done = run("rules", "test", file)
    assert done.code == 2
    assert "FAILED subnet-exhausted: fires: all is well: it did not fire\n" in done.out
    assert "FAILED subnet-exhausted: clear: no case shows it clear\n" in done.out
    assert done.out.endswith("3 cases, 3 failed\n")
    assert run("rules", "test", file, "-k", "well").out.endswith("1 case, 1 failed\n")


@pytest.mark.parametrize(
    ("selected", "words"),
    [
        (["subnet-exausted"], "Did you mean subnet-exhausted?"),
        (["no/such.yaml"], "no case file at no/such.yaml"),
        (["-k", "no-such-words"], "no case matches"),
        (["-k", "a b"], "expected and, or, found 'b'"),
        (["-k", "(a"], "expected ), found the end"),
        (["-k", "a and"], "expected a word, not, (, found the end"),
        (["-k", "a or )"], "found ')'"),
    ],
)
def test_a_selection_that_selects_nothing_is_a_wrong_call(run, selected, words):
    done = run("rules", "test", *selected)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_the_catalogue_is_written_and_checked(run, tmp_path):
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder, ignore=shutil.ignore_patterns("README.md"))
    stale = run("rules", "docs", "--check", "--rules", folder)
    assert stale.code == 2
    assert "eksdoctor rules docs" in stale.err
    assert run("rules", "docs", "--rules", folder).code == 0
    assert run("rules", "docs", "--check", "--rules", folder).code == 0
    text = (folder / "README.md").read_text()
    for rule in load(folder):
        assert f"(#{rule.id})" in text
        assert f"### {rule.id}\n" in text
    (folder / "README.md").write_text(text + "x")
    assert run("rules", "docs", "--check", "--rules", folder).code == 2
