"""API objects among other lines."""

import json

import pytest

from eksdoctor.paste import api_objects
from eksdoctor.snapshot.records.aws import DESCRIBE_SUBNETS
from eksdoctor.snapshot.records.kubernetes import LIST_NODES

SUBNET = {"SubnetId": "subnet-0aa11bb22cc33dd44", "AvailableIpAddressCount": 3}


def names(text):
    return [kind.file for kind, _ in api_objects.find_records(text)]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"Subnets": [SUBNET]}),
        json.dumps({"Subnets": [SUBNET]}, indent=4),
        "$ aws ec2 describe-subnets\n" + json.dumps({"Subnets": [SUBNET]}, indent=4) + "\n$ date\n",
        '{"level":"info"}\n' + json.dumps({"Subnets": [SUBNET]}),
    ],
)
def test_subnets(text):
    assert names(text) == [DESCRIBE_SUBNETS.kind.file]


def test_a_list_of_kubernetes():
    text = json.dumps({"kind": "List", "items": [{"kind": "Node", "metadata": {"name": "a"}}] * 2})
    assert names(text) == [LIST_NODES.kind.file] * 2


def test_yaml_that_ends_in_something_else():
    text = "apiVersion: v1\nkind: Node\nmetadata:\n  name: a\n  labels:\n    x: {y\nThat was it.\n"
    assert names(text) == [LIST_NODES.kind.file]


def test_yaml_that_was_cut():
    text = 'apiVersion: v1\nkind: Node\nmetadata:\n  name: a\nspec:\n  providerID: "aws:///eu'
    assert names(text) == [LIST_NODES.kind.file]


@pytest.mark.parametrize(
    "text",
    [
        "kind: Node\nmetadata: &a {name: x}\nspec: *a\n",
        "a: &a [x, x]\nkind: Node\nb: &b [*a, *a]\nc: [*b, *b]\n",
        '{"kind": "Node", "metadata": 3}',
        "kind: Node\nmetadata: [1]\n",
        "[" * 5000 + '"kind"',
        "kind: " + "[" * 3000,
        "",
    ],
)
def test_what_is_ignored(text):
    assert names(text) == []


def test_at_most_max_documents():
    assert (
        len(api_objects.find_records('{"kind":"Node","metadata":{"name":"a"}}\n' * 1000))
        == api_objects.MAX_DOCUMENTS
    )
