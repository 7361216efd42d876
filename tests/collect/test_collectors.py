"""The table of collectors is complete, and none of them can change anything."""

import ast
import re
from pathlib import Path

import botocore.session
import pytest

from eksdoctor import collect
from eksdoctor.collect.dispatch import AWS, KUBERNETES
from eksdoctor.snapshot.request import ACTIONS

SOURCES = sorted(Path(collect.__file__).parent.glob("**/*.py"))
READING = ("describe_", "get_", "list_", "lookup_")
NAMED_EXCEPTIONS = {"assume_role"}  # a session in the role that the kubeconfig or the user names
SERVICES = ("cloudtrail", "ec2", "eks", "iam", "service-quotas", "sts")


def calls():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield path.name, node


def operations():
    session = botocore.session.Session()
    for service in SERVICES:
        for name in session.get_service_model(service).operation_names:
            yield re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def test_every_action_has_its_collector_and_every_collector_its_action():
    assert set(KUBERNETES) | set(AWS) == set(ACTIONS)
    assert set(KUBERNETES) == {name for name, action in ACTIONS.items() if action.source == "kubernetes"}


@pytest.mark.parametrize(("name", "function"), sorted((KUBERNETES | AWS).items()))
def test_a_collector_is_named_after_its_action(name, function):
    spoken = name.partition(":")[2] or name
    assert function.__name__.replace("_", "") == spoken.replace("-", "").lower()


def test_every_service_that_is_asked_is_known_to_this_test():
    asked = {
        node.args[0].value
        for _, node in calls()
        if isinstance(node.func, ast.Attribute)
        and node.func.attr == "client"
        and isinstance(node.args[0], ast.Constant)
    }
    assert asked <= set(SERVICES)
    assert asked


def test_only_reading_operations_of_aws_are_named():
    known = set(operations())
    assert {"create_tags", "describe_subnets", "assume_role", "get_caller_identity"} <= known
    named = {
        node.attr
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in known
    }
    assert "describe_subnets" in named
    assert {name for name in named if not name.startswith(READING)} == NAMED_EXCEPTIONS & named


def test_no_method_is_found_by_a_computed_name_nor_by_the_raw_api_call():
    for name, node in calls():
        if isinstance(node.func, ast.Name) and node.func.id == "getattr":
            target = node.args[0]
            assert isinstance(target, ast.Name), name
            assert "client" not in target.id, name
        assert not (
            isinstance(node.func, ast.Attribute) and node.func.attr in {"_make_api_call", "call_api"}
        ), name


def test_kubernetes_is_only_ever_asked_by_get():
    methods = [
        (name, node.args[0])
        for name, node in calls()
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in {"request", "urlopen", "request_encode_body"}
    ]
    assert [name for name, _ in methods] == ["kubernetes_api.py"]
    assert all(isinstance(method, ast.Constant) and method.value == "GET" for _, method in methods)


def test_secrets_are_in_no_path():
    texts = [
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert any(text.endswith("/nodes") for text in texts)
    assert not [text for text in texts if "secrets" in text.lower()]
    assert not [
        action for action in ACTIONS.values() if "secret" in f"{action.name} {action.permission}".lower()
    ]


def test_heavy_packages_are_imported_inside_functions_only():
    for path in SOURCES:
        for node in ast.parse(path.read_text()).body:
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            heavy = {"boto3", "botocore", "kubernetes", "urllib3"} & {
                module.partition(".")[0] for module in modules
            }
            assert not heavy, path.name
