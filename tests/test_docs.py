"""What the documents say is what the program does.

`python -m tests.test_docs` writes the README's report anew.
"""

import re

import yaml

from eksdoctor.engine.cases import cases
from eksdoctor.engine.rulebook.load import load
from tests import process
from tests.process import EKSDOCTOR, ROOT
from tests.shared import rulebook

MARKED = re.compile(r"(<!-- report -->\n).*?(<!-- /report -->)", re.DOTALL)
SHOWN = "Verdicts"


def first_screen():
    ran = process.ended(
        *EKSDOCTOR, "triage", "--no-keep", "--color", "never", "--from",
        "fixtures/meridian-pay.eksdoctor.tar.gz",
        check=True, env=process.environment(COLUMNS="100"),
    )  # fmt: skip
    return ran.stdout.partition(f"\n{SHOWN}\n")[0].strip("\n")


def with_report(readme, screen):
    indented = "\n".join(f"    {line}".rstrip() for line in screen.splitlines())
    return MARKED.sub(lambda match: f"{match[1]}\n{indented}\n\n{match[2]}", readme)


def test_the_report_in_the_readme_is_the_one_the_program_prints():
    readme = (ROOT / "README.md").read_text()
    assert readme == with_report(readme, first_screen())


def test_every_file_the_documents_link_to_exists():
    for document in ("README.md", "CONTRIBUTING.md", "deploy/README.md", "fixtures/README.md"):
        for link in re.findall(r"\]\(([^)#:]+)\)", (ROOT / document).read_text()):
            assert (ROOT / document).parent.joinpath(link).exists(), (document, link)


def test_every_command_of_the_readme_exists():
    commands = set(re.findall(r"^    eksdoctor (\w+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert commands
    for command in commands:
        ran = process.ended(*EKSDOCTOR, command, "--help")
        assert ran.returncode == 0, command


def test_the_makefile_has_the_targets_the_documents_name():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md"):
        assert set(re.findall(r"^    make ([a-z]+)", (ROOT / document).read_text(), re.MULTILINE)) <= targets


def blocks(text):
    """The indented blocks of a document."""
    return [
        re.sub(r"^    ", "", block, flags=re.MULTILINE)
        for block in re.findall(r"(?:^    .*\n|^\n)+", text, re.MULTILINE)
    ]


def test_the_rule_of_the_contributing_guide_works(tmp_path):
    found = blocks((ROOT / "CONTRIBUTING.md").read_text())
    rule = next(block for block in found if block.strip().startswith("id: node-cordoned")).strip() + "\n"
    case = next(block for block in found if block.strip().startswith("fires:")).strip() + "\n"
    (tmp_path / "30-ipamd").mkdir()
    (tmp_path / "cases").mkdir()
    (tmp_path / "30-ipamd/90-node-cordoned.yaml").write_text(rule)
    (tmp_path / "cases/node-cordoned.yaml").write_text(case)
    assert yaml.safe_load(rule)["id"] == "node-cordoned"
    results = cases.run(load(tmp_path), tmp_path / "cases")
    assert [result.message for result in results] == ["", "", ""]


def test_the_changelog_names_every_rule():
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert [rule.id for rule in rulebook() if f"`{rule.id}`" not in changelog] == []


def test_the_rules_catalogue_is_current():
    ran = process.ended(*EKSDOCTOR, "rules", "docs", "--check")
    assert ran.returncode == 0, ran.stderr


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(with_report(path.read_text(), first_screen()))
