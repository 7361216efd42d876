"""CloudTrail's events of the last hour: what the daemons asked of EC2, and what it refused."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.simulator.account import ACCOUNT, REGION
from tests.simulator.documents import times
from tests.simulator.machine import Interface, Machine
from tests.simulator.names import Names
from tests.simulator.network import NO_ADDRESSES
from tests.simulator.simulation import AT, Simulation

HOUR = timedelta(hours=1)
DELAY = timedelta(minutes=6)  # what was called later is not in it yet
BACK_OFF = timedelta(seconds=120)
AGENT = "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24.1 md/GOOS#linux api/ec2#1.211.1 amazon-vpc-cni-k8s"
WORDS = {
    NO_ADDRESSES: "The specified subnet does not have enough free addresses to satisfy the request.",
}
OTHERWISE = "The specified subnet does not have enough free cidr blocks to satisfy the request."


def events(simulation: Simulation) -> list[dict[str, Any]]:
    """Every event, the newest first."""
    names = Names(Random(f"trail of {simulation.cluster}"))
    found = [event for machine in simulation.machines for event in _of(names, machine)]
    return sorted(found, key=lambda event: (event["EventTime"], event["EventId"]), reverse=True)


def _of(names: Names, machine: Machine) -> Iterator[dict[str, Any]]:
    for interface in machine.interfaces[1:]:
        if AT - HOUR < interface.created < AT - DELAY:
            asked = {"subnetId": interface.subnet.id, "description": interface.description}
            yield _event(names, machine, "CreateNetworkInterface", interface.created, asked)
            asked = {
                "networkInterfaceId": interface.id,
                "instanceId": machine.instance,
                "deviceIndex": interface.device,
            }
            yield _event(names, machine, "AttachNetworkInterface", interface.created, asked)
    if machine.refused is None:
        return
    first, code = machine.refused
    at = max(first, AT - HOUR)
    while at < AT - DELAY:
        interface: Interface = machine.interfaces[-1]
        asked = {"networkInterfaceId": interface.id, "secondaryPrivateIpAddressCount": 1}
        yield _event(names, machine, "AssignPrivateIpAddresses", at, asked, code)
        at += BACK_OFF


def _event(  # noqa: PLR0917
    names: Names, machine: Machine, name: str, at: datetime, asked: dict[str, Any], code: str = ""
) -> dict[str, Any]:
    role = f"{machine.group.name}-node"
    identifier = names.uid()
    event = {
        "eventVersion": "1.10",
        "eventID": identifier,
        "eventName": name,
        "eventSource": "ec2.amazonaws.com",
        "eventTime": times.kubernetes(at),
        "awsRegion": REGION,
        "sourceIPAddress": machine.address,
        "userAgent": AGENT,
        "requestID": names.uid(),
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROA{names.hex(16).upper()}:{machine.instance}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{machine.instance}",
            "sessionContext": {"sessionIssuer": {"arn": f"arn:aws:iam::{ACCOUNT}:role/{role}"}},
        },
        "requestParameters": asked,
    }
    if code:
        event |= {"errorCode": f"Client.{code}", "errorMessage": WORDS.get(code, OTHERWISE)}
    return {
        "EventId": identifier,
        "EventName": name,
        "EventTime": times.aws(at),
        "EventSource": "ec2.amazonaws.com",
        "Username": machine.instance,
        "CloudTrailEvent": json.dumps(event),
    }
