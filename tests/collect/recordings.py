"""The cassettes: for each action the request, the answer, and the values that the collector must read.

A cassette is a file of vcrpy with four more keys: `arguments` of the request, the number of `records` in the
answer, some `values` of the first record by path, and `absent`: arguments that are answered with not-found.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from eksdoctor.snapshot.actions import ACTIONS
from eksdoctor.snapshot.request import Request

CASSETTES = Path(__file__).parent / "cassettes"


@dataclass(frozen=True, slots=True)
class Recording:
    """What the keys of one cassette hold."""

    request: Request
    records: int
    values: dict[str, Any]
    absent: tuple[Request, ...]


def file_of(action):
    """`ec2:DescribeSubnets` is in ec2-describe-subnets.yaml."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", action.name).lower()
    return CASSETTES / f"{words.replace(':', '-')}.yaml"


@cache
def recordings():
    """A recording for every action that has a cassette."""
    return {name: _read(action) for name, action in sorted(ACTIONS.items()) if file_of(action).is_file()}


def _read(action):
    document = yaml.safe_load(file_of(action).read_text(encoding="utf-8"))

    def request(arguments):
        return Request.of(action, **{k: tuple(v) if isinstance(v, list) else v for k, v in arguments.items()})

    return Recording(
        request(document["arguments"]),
        document["records"],
        document["values"],
        tuple(request(arguments) for arguments in document.get("absent", ())),
    )
