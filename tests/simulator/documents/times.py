"""Times as the two APIs write them."""

from datetime import datetime


def kubernetes(time: datetime) -> str:
    """`2026-11-14T02:14:00Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def microseconds(time: datetime) -> str:
    """`2026-11-14T02:14:00.000000Z`, of events in the newer form."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def aws(time: datetime) -> str:
    """`2026-11-14T02:14:00+00:00`, as the aws command line prints it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00")
