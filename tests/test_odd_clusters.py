"""Clusters of odd shape: every page comes, and nothing that is missing is taken for health."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec
import pytest

from eksdoctor.render.html import html
from eksdoctor.render.json_page import json_page
from eksdoctor.render.markdown.page import markdown
from eksdoctor.render.terminal.page import terminal
from eksdoctor.snapshot import archive, manifest
from eksdoctor.triage.build_report import build_report
from tests.shared import rulebook

ROOT = Path(__file__).parent.parent
BOOK = rulebook()
NODES, PODS, EVENTS = "kubernetes/nodes", "kubernetes/pods", "kubernetes/events"
DAEMON_SETS, SUBNETS = "kubernetes/daemonsets", "aws/ec2-describe-subnets"


@cache
def files(name):
    return manifest.disassemble(archive.read(ROOT / "fixtures" / f"{name}.eksdoctor.tar.gz"))


def each(change):
    """The same change done to every object of a list."""

    def changed(document):
        key = "Subnets" if "Subnets" in document else "items"
        return {**document, key: [change(entry) for entry in document[key]]}

    return changed


def without(*path):
    def change(entry):
        inner = entry
        for step in path[:-1]:
            inner = inner.get(step, {})
        inner.pop(path[-1], None)
        return entry

    return each(change)


def addressed(address):
    def change(node):
        node["status"]["addresses"] = [{"type": "InternalIP", "address": address}]
        return node

    return each(change)


def containers(value):
    def change(daemon_set):
        daemon_set["spec"]["template"]["spec"]["containers"] = value
        return daemon_set

    return each(change)


def merged(**fields):
    return each(lambda entry: {**entry, **fields})


CASES = {
    "no nodes": (NODES, lambda document: {**document, "items": []}),
    "nodes null": (NODES, lambda document: {**document, "items": None}),
    "nodes without labels": (NODES, without("metadata", "labels")),
    "nodes without status": (NODES, without("status")),
    "nodes without spec": (NODES, without("spec")),
    "nodes with IPv6 alone": (NODES, addressed("2001:db8::1")),
    "nodes with an address that is none": (NODES, addressed("999.1.2")),
    "nodes with odd allocatable": (NODES, merged(status={"allocatable": {"pods": "many"}})),
    "pods without spec": (PODS, without("spec")),
    "pods without status": (PODS, without("status")),
    "pods without containers": (PODS, without("spec", "containers")),
    "pods bound in no year": (PODS, merged(status={"phase": "Pending", "startTime": "0001-01-01T00:00:00Z"})),
    "pods of the future": (PODS, merged(status={"phase": "Pending", "startTime": "9999-12-31T23:59:59Z"})),
    "events without times": (
        EVENTS,
        merged(firstTimestamp=None, lastTimestamp=None, eventTime=None, series=None, count=None),
    ),
    "events without objects": (EVENTS, without("involvedObject")),
    "events of another calendar": (EVENTS, merged(lastTimestamp="9999-12-31T23:59:59-12:00")),
    "events counted beyond reason": (EVENTS, merged(count=-(2**62))),
    "a DaemonSet with no containers": (DAEMON_SETS, containers([])),
    "a DaemonSet with null containers": (DAEMON_SETS, containers(None)),
    "a DaemonSet without template": (DAEMON_SETS, without("spec", "template")),
    "subnets without IPv4": (SUBNETS, without("CidrBlock")),
    "subnets with an odd range": (SUBNETS, merged(CidrBlock="::/0", AvailableIpAddressCount=-4)),
    "subnets in no zone": (SUBNETS, without("AvailabilityZone")),
}  # fmt: skip


@pytest.mark.parametrize("purpose", ["triage", "audit"])
@pytest.mark.parametrize("name", ["min-ip-freeze", "fragmented", "healthy-security-groups-for-pods"])
@pytest.mark.parametrize("case", CASES)
def test_every_page_comes(case, name, purpose):
    file, change = CASES[case]
    odd = dict(files(name))
    odd[f"{file}.json"] = msgspec.json.encode(change(msgspec.json.decode(odd[f"{file}.json"])))
    report = build_report(replace(manifest.assemble(odd, name), purpose=purpose), BOOK)
    for page in (terminal, markdown, html, json_page):
        assert page(report)
