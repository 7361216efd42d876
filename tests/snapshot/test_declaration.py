"""A declaration is complete by itself, and two that collide are an error that names both places."""

import pytest
from msgspec import Struct

from eksdoctor.snapshot import declaration
from eksdoctor.snapshot.actions import ACTIONS, KINDS
from eksdoctor.snapshot.declaration import (
    DeclarationError,
    Kind,
    Resource,
    aws_action,
    kubernetes_action,
    kubernetes_list,
)
from eksdoctor.snapshot.snapshot import Snapshot


class Gateway(Struct):
    id: str = ""


@pytest.fixture(autouse=True)
def undeclared(monkeypatch):
    """What a test declares is forgotten after it."""
    for name in ("ACTIONS", "_PLACES", "_FILES"):
        monkeypatch.setattr(declaration, name, dict(getattr(declaration, name)))


def gateways(name="ec2:DescribeGateways", **more):
    return aws_action(name, Gateway, "Gateways", identity=lambda gateway: gateway.id, **more)


def test_everything_follows_from_the_name_of_an_aws_action():
    action = gateways(MaxResults=1000)
    assert (action.source, action.permission, action.client) == ("aws", "ec2:DescribeGateways", "ec2")
    assert (action.operation, action.method) == ("DescribeGateways", "describe_gateways")
    assert action.kind.file == "aws/ec2-describe-gateways"
    assert action.parameters == (("MaxResults", 1000),)
    assert declaration.ACTIONS[action.name] is action


def test_everything_follows_from_a_kubernetes_resource():
    action = kubernetes_list("gateways", Gateway, "networking.example/v1", scope="cluster")
    assert (action.name, action.source, action.verb) == ("list-gateways", "kubernetes", "list")
    assert action.permission == "list gateways.networking.example"
    assert action.kind.file == "kubernetes/gateways"
    assert action.resource.prefix == "/apis/networking.example/v1"


def test_an_object_by_name_needs_a_permission_for_this_name():
    kind = Kind("kubernetes/gateway", "items", Gateway, lambda gateway: gateway.id)
    action = kubernetes_action(
        "get-gateway", kind, Resource("gateways", names=("main",), namespace="net"), "get"
    )
    assert action.permission == "get gateways/main in net"


def test_a_name_declared_twice_names_both_places():
    gateways()
    with pytest.raises(DeclarationError) as raised:
        gateways()
    assert str(raised.value).count("test_declaration.py:") == 2
    assert "ec2:DescribeGateways" in str(raised.value)


def test_a_file_declared_twice_names_both_places():
    with pytest.raises(
        DeclarationError, match=r"aws/ec2-describe-subnets\.json .*aws\.py:\d+ .*test_declaration"
    ):
        gateways("x:DescribeSubnets", client="ec2")


@pytest.mark.parametrize("name", ["ec2:DeleteSubnet", "ec2:RunInstances", "eks:UpdateAddon"])
def test_an_action_that_writes_cannot_be_declared(name):
    with pytest.raises(DeclarationError, match="read-only"):
        gateways(name)


def test_a_kind_is_listed_once_and_holds_what_its_actions_return():
    assert len({kind.file for kind in KINDS}) == len(KINDS)
    assert {action.kind.file for action in ACTIONS.values()} == {kind.file for kind in KINDS}
    assert Snapshot.of.__annotations__["kind"]
