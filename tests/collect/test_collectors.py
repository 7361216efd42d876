"""Every declared action has a collector, and none of them can change anything."""

import ast
import re
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from eksdoctor import collect
from eksdoctor.collect import dispatch  # noqa: F401  registers the special collectors
from eksdoctor.collect.registry import AWS, KUBERNETES, aws_collector
from eksdoctor.snapshot.actions import ACTIONS
from eksdoctor.snapshot.declaration import AwsAction, DeclarationError, KubernetesAction
from eksdoctor.snapshot.records.cloudtrail import LOOKUP_EVENTS

SOURCES = sorted(Path(collect.__file__).parent.glob("**/*.py"))
READING = ("describe_", "get_", "list_", "lookup_")
NAMED_EXCEPTIONS = {"assume_role"}  # a session in the role that the kubeconfig or the user names
SERVICES = sorted({action.client for action in ACTIONS.values() if isinstance(action, AwsAction)})


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


def test_special_collectors_are_of_declared_actions():
    assert set(AWS) <= {name for name, action in ACTIONS.items() if isinstance(action, AwsAction)}
    assert set(KUBERNETES) <= {
        name for name, action in ACTIONS.items() if isinstance(action, KubernetesAction)
    }


@pytest.mark.parametrize(("name", "function"), sorted((KUBERNETES | AWS).items()))
def test_a_special_collector_is_named_after_its_action(name, function):
    action = name.partition(":")[2] or name
    assert function.__name__.replace("_", "") == action.replace("-", "").lower()


def test_two_collectors_of_one_action_are_an_error_that_names_both():
    with pytest.raises(DeclarationError, match=r"lookup_events and by .*<lambda>"):
        aws_collector(LOOKUP_EVENTS)(lambda account, request, deadline: None)


@pytest.mark.parametrize(
    "action", [a for a in ACTIONS.values() if isinstance(a, AwsAction)], ids=lambda a: a.name
)
def test_every_aws_action_is_an_operation_of_botocore(action):
    model = botocore.session.Session().get_service_model(action.client).operation_model(action.operation)
    assert action.method == xform_name(action.operation)
    assert set(dict(action.parameters)) <= set(model.input_shape.members)
    assert not action.kind.items or action.kind.items in model.output_shape.members


def test_only_reading_operations_of_aws_are_named():
    known = set(operations())
    assert {"create_tags", "describe_subnets", "assume_role", "get_caller_identity"} <= known
    named = {
        node.attr
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in known
    }
    assert {name for name in named if not name.startswith(READING)} == NAMED_EXCEPTIONS & named
    declared = {action.method for action in ACTIONS.values() if isinstance(action, AwsAction)}
    assert "describe_subnets" in declared <= known
    assert all(name.startswith(READING) for name in declared)


def test_a_method_by_a_computed_name_is_a_declared_one_and_none_is_a_raw_api_call():
    """A declaration admits only names of reading operations."""
    computed = []
    for name, node in calls():
        if isinstance(node.func, ast.Name) and node.func.id == "getattr":
            target = node.args[0]
            assert isinstance(target, ast.Name), name
            if "client" in target.id:
                computed.append((name, ast.unparse(node)))
        assert not (
            isinstance(node.func, ast.Attribute) and node.func.attr in {"_make_api_call", "call_api"}
        ), name
    assert computed == [("read.py", "getattr(client, action.method)")]


def test_kubernetes_is_only_ever_asked_by_get():
    methods = [
        (name, node.args[0])
        for name, node in calls()
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in {"request", "urlopen", "request_encode_body"}
    ]
    assert [name for name, _ in methods] == ["api.py"]
    assert all(isinstance(method, ast.Constant) and method.value == "GET" for _, method in methods)


def test_secrets_are_in_no_path():
    texts = [
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert any("/proxy/logs/" in text for text in texts)
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
