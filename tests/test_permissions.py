"""The files under deploy/ grant what the actions need, and nothing else."""

import json
from pathlib import Path

import pytest
import yaml

from eksdoctor.snapshot.actions import ACTIONS
from tests.collect.deploy_files import files

DEPLOY = Path(__file__).parent.parent / "deploy"


STRONG = {"get nodes/proxy"}  # amounts to exec: a file of its own, applied by choice


@pytest.mark.parametrize(("name", "content"), files().items())
def test_the_files_are_generated_from_the_declarations(name, content):
    assert (DEPLOY / name).read_text(encoding="utf-8") == content, "run `make permissions`"


def documents(file):
    return list(yaml.safe_load_all((DEPLOY / file).read_text()))


def granted_by(file):
    found = set()
    for document in documents(file):
        namespace = document["metadata"].get("namespace")
        place = f" in {namespace}" if namespace else ""
        for rule in document.get("rules", ()):
            for group in rule["apiGroups"]:
                for resource in rule["resources"]:
                    name = f"/{rule['resourceNames'][0]}" if "resourceNames" in rule else ""
                    suffix = f".{group}" if group else ""
                    found |= {f"{verb} {resource}{suffix}{name}{place}" for verb in rule["verbs"]}
    return found


def test_kubernetes():
    needed = {a.permission for a in ACTIONS.values() if a.source == "kubernetes"}
    assert granted_by("rbac.yaml") == needed - STRONG
    assert granted_by("rbac-node-logs.yaml") == STRONG
    assert needed >= STRONG


def scope(kind, name, document):
    return kind, name, document["metadata"].get("namespace")


@pytest.mark.parametrize("file", ["rbac.yaml", "rbac-node-logs.yaml"])
def test_every_role_is_bound_to_the_group_in_its_own_scope(file):
    found = documents(file)
    roles = [d for d in found if "rules" in d]
    bindings = [d for d in found if "roleRef" in d]
    assert {scope(d["kind"], d["metadata"]["name"], d) for d in roles} == {
        scope(d["roleRef"]["kind"], d["roleRef"]["name"], d) for d in bindings
    }
    assert all(d["kind"] == f"{d['roleRef']['kind']}Binding" for d in bindings)
    assert {subject["name"] for d in bindings for subject in d["subjects"]} == {"eksdoctor"}


def test_aws():
    statements = json.loads((DEPLOY / "iam-policy.json").read_text())["Statement"]
    granted = {statement["Sid"]: set(statement["Action"]) for statement in statements}
    asked = {a.permission for a in ACTIONS.values() if a.source == "aws"} - {"sts:GetCallerIdentity"}
    optional = {"cloudtrail:LookupEvents"}  # asked with --cloudtrail only
    assert granted == {"EksdoctorReads": asked - optional, "EksdoctorReadsCloudTrail": optional}
    assert all(statement["Effect"] == "Allow" for statement in statements)


def test_all_of_it_only_reads():
    for action in ACTIONS.values():
        if action.source == "kubernetes":
            assert action.permission.split()[0] in {"get", "list", "watch"}
            assert "secrets" not in action.permission
        else:
            assert action.name.split(":")[1].startswith(("Describe", "Get", "List", "Lookup"))
