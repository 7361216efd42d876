"""The steps of CONTRIBUTING.md, followed to the letter in a copy of the tree, give a rule that fires."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from eksdoctor.snapshot import archive

ROOT = Path(__file__).parent.parent
SECTION = "## A collector, a fact and a rule, step by step"
COPIED = ("eksdoctor", "rules", "reports", "deploy", "tests", "pyproject.toml")
BLOCK = r"\n\n(?P<block>(?:    [^\n]*\n|\n)+)"
STEP = re.compile(
    rf"^(?P<how>Create|Append to|Insert in) `(?P<file>[^`]+)`(?: before `(?P<anchor>[^`]+)`)?:{BLOCK}",
    re.MULTILINE,
)
ACTION, VPC = "ec2:DescribeNatGateways", "vpc-0123456789abcdef0"
FACT_FILES = ("eksdoctor/model/",)
LIVE = """
import sys
from dataclasses import replace
from pathlib import Path
from eksdoctor.cli import main
from eksdoctor.snapshot import archive
from eksdoctor.snapshot.records.network import DESCRIBE_NAT_GATEWAYS, NatGateway
from tests.lab import Lab

recorded = archive.read(Path(sys.argv[1]))
gateways = (NatGateway("nat-1", state="failed", failure_code="Gateway.NotAttached", vpc_id=sys.argv[2]),
            NatGateway("nat-2", state="available", vpc_id=sys.argv[2]),
            NatGateway("nat-3", state="failed", vpc_id="vpc-other"))
records = recorded.records | {DESCRIBE_NAT_GATEWAYS.kind.file: gateways}
with Lab(replace(recorded, records=records)) as lab:
    import os
    os.environ.update({k: v for k, v in lab.environment.items() if k != "AWS_ENDPOINT_URL"})
    options = ["--kubeconfig", str(lab.kubeconfig), "--aws-endpoint", lab.aws_endpoint]
    sys.argv[1:] = ["audit", "--no-keep", "-q", "-o", "json", *options]
    try:
        main()
    finally:
        asked = [(one.action, one.arguments) for one in lab.requests if "NatGateways" in one.action]
        print(asked, file=sys.stderr)
"""
UNKNOWN = """
import sys
from pathlib import Path
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.snapshot import archive

print(Cluster(archive.read(Path(sys.argv[1]))).nat_gateways.in_vpc.missing)
"""


def steps():
    """How, which file, before what and with which text, in the order of CONTRIBUTING.md."""
    section = (
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition(SECTION)[2].partition("\n## ")[0]
    )
    for match in STEP.finditer(section):
        lines = match["block"].rstrip("\n").split("\n")
        text = "\n".join(line.removeprefix("    ") for line in lines) + "\n"
        yield match["how"], match["file"], (match["anchor"] or "").replace("\\n", "\n"), text


def follow(tree, how, file, anchor, text):
    """One step, in the copy of the tree."""
    path = tree / file
    if how == "Create":
        assert not path.exists()
        path.write_text(text, encoding="utf-8")
        return
    old = path.read_text(encoding="utf-8")
    if how == "Append to":
        path.write_text(f"{old}\n\n{text}", encoding="utf-8")
        return
    assert old.count(anchor) == 1, (file, anchor)
    spacing = "\n" if "def " in text else ""
    path.write_text(old.replace(anchor, f"{text}{spacing}{anchor}"), encoding="utf-8")


def write_fact(tree):
    """The steps that write the fact: apart, because where a fact stands may change."""
    for how, file, anchor, text in steps():
        if file.startswith(FACT_FILES):
            follow(tree, how, file, anchor, text)


def write_the_rest(tree):
    """The declaration, when the request is made, the rule and its cases."""
    for how, file, anchor, text in steps():
        if not file.startswith(FACT_FILES):
            follow(tree, how, file, anchor, text)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the tree in which the steps were followed."""
    copy = tmp_path_factory.mktemp("tree")
    for name in COPIED:
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, copy)
            continue
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.tar.gz"))
    write_the_rest(copy)
    write_fact(copy)
    return copy


def run(tree, *arguments, **variables):
    """Python in the copy: nothing is imported from here."""
    environment = {**os.environ, "PYTHONPATH": str(tree), **variables}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_steps_touch_few_files_of_the_product():
    touched = {file for _, file, _, _ in steps() if file.startswith(("eksdoctor/", "rules/"))}
    assert len(touched) == 4


def test_the_permission_is_generated(tree):
    assert run(tree, "-m", "tests.collect.deploy_files").returncode == 0
    assert f'"{ACTION}"' in (tree / "deploy/iam-policy.json").read_text()


def test_the_cassette_is_written_and_its_request_is_what_the_collector_sends(tree):
    made = run(tree, "-m", "tests.collect.new_cassette", ACTION, f"filter:vpc-id={VPC}")
    assert made.returncode == 0, made.stderr
    text = (tree / "tests/collect/cassettes/ec2-describe-nat-gateways.yaml").read_text()
    assert (
        f"Action=DescribeNatGateways&Version=2016-11-15&Filter.1.Name=vpc-id&Filter.1.Value.1={VPC}" in text
    )
    tests = [
        "tests/collect/test_cassettes.py",
        "tests/collect/test_collectors.py",
        "-k",
        "NatGateways or cassette",
    ]
    checked = run(tree, "-m", "pytest", "-n0", "-p", "no:cacheprovider",
                  f"--rootdir={tree}", *tests)  # fmt: skip
    assert checked.returncode == 0, checked.stdout
    assert "passed" in checked.stdout


def test_the_cases_of_the_rule_pass(tree):
    ran = run(tree, "-m", "eksdoctor", "rules", "test")
    assert ran.returncode == 0, ran.stdout
    assert ", 0 failed" in ran.stdout


def test_a_live_audit_makes_the_request_and_the_rule_fires(tree):
    recorded = ROOT / "fixtures" / "healthy-stock.eksdoctor.tar.gz"
    (vpc,) = [vpc["VpcId"] for vpc in archive.read(recorded).records["aws/ec2-describe-vpcs"]]
    ran = run(tree, "-c", LIVE, str(recorded), vpc)
    assert ran.returncode in (0, 3), ran.stderr
    assert f"[('{ACTION}', {{'filter:vpc-id': ('{vpc}',)" in ran.stderr
    found = {finding["rule"]: finding for finding in json.loads(ran.stdout)["findings"]}
    assert found["nat-gateway-failed"]["subjects"] == ["nat-1"]


def test_an_older_snapshot_reads_as_not_collected(tree):
    """The fixtures were made before the action: the rule neither fires nor passes."""
    recorded = str(ROOT / "fixtures/healthy-stock.eksdoctor.tar.gz")
    page = json.loads(run(tree, "-m", "eksdoctor", "audit", "--from", recorded, "--why", "-o", "json").stdout)
    assert page["passed"]
    assert "nat-gateway-failed" not in json.dumps([page["findings"], page["passed"]])
    ran = run(tree, "-c", UNKNOWN, recorded)
    assert f"{ACTION} was not collected" in ran.stdout, ran.stderr
