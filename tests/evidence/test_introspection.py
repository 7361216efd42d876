"""`/v1/enis` in the formats of all releases, and the checkpoint."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from eksdoctor.evidence.inputs.ipamd_checkpoint import parse_checkpoint
from eksdoctor.evidence.inputs.ipamd_introspection import parse_enis

ENI = "eni-0aa11bb22cc33dd44"
NEVER = "0001-01-01T00:00:00Z"
AT = datetime(2025, 2, 3, 4, 5, 30, tzinfo=UTC)


def given(address, network="aws-cni", released=NEVER, pod="web-1"):
    return {
        "Address": address,
        "IPAMKey": {"networkName": network, "containerID": "", "ifName": ""},
        "IPAMMetadata": {"k8sPodNamespace": "shop", "k8sPodName": pod},
        "UnassignedTime": released,
    }


def now(*cidrs, **more):
    return {
        "ID": ENI,
        "IsPrimary": True,
        "IsTrunk": False,
        "DeviceNumber": 0,
        "AvailableIPv4Cidrs": dict(cidrs),
        **more,
    }


SINGLE = ("10.1.2.3/32", {"Cidr": {"IP": "10.1.2.3", "Mask": "/////w=="}, "IPAddresses": {"10.1.2.3": given("10.1.2.3")}, "IsPrefix": False})  # fmt: skip  # noqa: E501
UNUSED = (
    "10.1.2.4/32",
    {"Cidr": {"IP": "10.1.2.4", "Mask": "/////w=="}, "IPAddresses": {}, "IsPrefix": False},
)
PREFIX = ("10.1.2.16/28", {"Cidr": {"IP": "10.1.2.16", "Mask": "////8A=="}, "IPAddresses": {"10.1.2.17": given("10.1.2.17")}, "IsPrefix": True})  # fmt: skip  # noqa: E501
OLDEST = {"ID": ENI, "IsPrimary": True, "DeviceNumber": 0, "IPv4Addresses": {"10.1.2.3": {"Assigned": True}, "10.1.2.4": {"Assigned": False}}}  # fmt: skip  # noqa: E501
OLD = {"ID": ENI, "IsPrimary": True, "DeviceNumber": 0, "IPv4Addresses": {"10.1.2.3": given("10.1.2.3"), "10.1.2.4": given("10.1.2.4", network="")}}  # fmt: skip  # noqa: E501
SHAPES = {
    "to 1.6": {"AssignedIPs": 1, "TotalIPs": 2, "ENIIPPools": {ENI: OLDEST}},
    "1.7 and 1.8": {"AssignedIPs": 1, "TotalIPs": 2, "ENIs": {ENI: OLD}},
    "1.9 to 1.19": {"AssignedIPs": 1, "TotalIPs": 2, "ENIs": {ENI: now(SINGLE, UNUSED)}},
    "from 1.20": {"0": {"AssignedIPs": 1, "TotalIPs": 2, "ENIs": {ENI: now(SINGLE, UNUSED)}}},
}


def read(document):
    return parse_enis(json.dumps(document).encode())


@pytest.mark.parametrize("document", SHAPES.values(), ids=SHAPES)
def test_every_format_gives_the_same_enis(document):
    found = read(document)
    (eni,) = found.enis
    assert (found.total, found.assigned, found.whole) == (2, 1, True)
    assert (eni.id, eni.is_primary, eni.slots, eni.prefixes, eni.size, eni.assigned) == (
        ENI,
        True,
        2,
        0,
        2,
        1,
    )
    assert [address.address for cidr in eni.cidrs for address in cidr.addresses if address.assigned] == [
        "10.1.2.3"
    ]


def test_prefixes():
    (eni,) = read({"0": {"TotalIPs": 17, "AssignedIPs": 2, "ENIs": {ENI: now(SINGLE, PREFIX)}}}).enis
    assert (eni.slots, eni.prefixes, eni.size, eni.assigned) == (2, 1, 17, 2)
    assert eni.cidrs[1].addresses[0].pod == "shop/web-1"


def test_cards_add_up_and_excluded_enis_are_marked():
    card = {
        "TotalIPs": 1,
        "AssignedIPs": 1,
        "ENIs": {ENI: now(SINGLE, IsExcludedForPodIPs=True, SubnetID="subnet-1")},
    }
    found = read({"0": card, "1": card})
    assert (found.total, found.assigned) == (2, 2)
    assert [(eni.card, eni.excluded, eni.subnet) for eni in found.enis] == [
        (0, True, "subnet-1"),
        (1, True, "subnet-1"),
    ]
    assert read(SHAPES["1.9 to 1.19"]).enis[0].excluded is None


def test_cooling():
    lately = given("10.1.2.3", network="", released="2025-02-03T04:05:10Z")
    before = given("10.1.2.4", network="", released="2025-02-03T04:04:10Z")
    cidr = {"Cidr": {}, "IPAddresses": {"10.1.2.3": lately, "10.1.2.4": before}, "IsPrefix": True}
    (eni,) = read({"ENIs": {ENI: now(("10.1.2.0/28", cidr))}}).enis
    assert eni.cooling(AT, timedelta(seconds=30)) == 1
    assert eni.cooling(AT, timedelta(seconds=90)) == 2


def test_a_cidr_with_an_unreadable_name_has_the_size_of_its_mask():
    (eni,) = read({"ENIs": {ENI: now(("odd", {"Cidr": {"Mask": "////8A=="}, "IsPrefix": True}))}}).enis
    assert eni.size == 16


def test_a_document_that_was_cut_off_keeps_its_counts():
    text = json.dumps(SHAPES["1.9 to 1.19"], indent=2)
    found = parse_enis(text[: len(text) // 2].encode())
    assert (found.total, found.assigned, found.enis, found.whole) == (2, 1, (), False)


@pytest.mark.parametrize(
    "document", [b"", b"[]", b"{}", b'{"AvailableCommands":["/v1/enis"]}', b"no route", b"{"]
)
def test_another_document_gives_none(document):
    assert parse_enis(document) is None


def test_checkpoint():
    document = {
        "version": "vpc-cni-ipam/1",
        "allocations": [
            {"networkName": "aws-cni", "containerID": "0a", "ifName": "eth0", "ipv4": "10.1.2.3",
             "allocationTimestamp": int(AT.timestamp()) * 1_000_000_000,
             "metadata": {"k8sPodNamespace": "shop", "k8sPodName": "web-1"}},
            {"ipv6": "2001:db8::1"},
        ],
    }  # fmt: skip
    first, second = parse_checkpoint(json.dumps(document).encode())
    assert (first.address, first.pod, first.since) == ("10.1.2.3", "shop/web-1", AT)
    assert (second.address, second.pod, second.since) == ("2001:db8::1", "", None)
    assert parse_checkpoint(b'{"allocations": 3}') is None
