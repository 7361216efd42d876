"""The files under deploy/ grant what the actions need, and nothing else."""

import json
from pathlib import Path

import yaml

from eksdoctor.snapshot.request import ACTIONS

DEPLOY = Path(__file__).parent.parent / "deploy"


def granted_in_kubernetes():
    found = set()
    for document in yaml.safe_load_all((DEPLOY / "rbac.yaml").read_text()):
        for rule in document.get("rules", ()):
            for group in rule["apiGroups"]:
                for resource in rule["resources"]:
                    names = (
                        "/" + rule["resourceNames"][0] + " in kube-system" if "resourceNames" in rule else ""
                    )
                    suffix = f".{group}" if group else ""
                    found |= {f"{verb} {resource}{suffix}{names}" for verb in rule["verbs"]}
    return found


def test_kubernetes():
    assert granted_in_kubernetes() == {a.permission for a in ACTIONS.values() if a.source == "kubernetes"}


def test_aws():
    (statement,) = json.loads((DEPLOY / "iam-policy.json").read_text())["Statement"]
    asked = {a.permission for a in ACTIONS.values() if a.source == "aws"} - {"sts:GetCallerIdentity"}
    assert set(statement["Action"]) == asked


def test_all_of_it_only_reads():
    for action in ACTIONS.values():
        if action.source == "kubernetes":
            assert action.permission.split()[0] in {"get", "list", "watch"}
            assert "secrets" not in action.permission
        else:
            assert action.name.split(":")[1].startswith(("Describe", "Get", "List", "Lookup"))
