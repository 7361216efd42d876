"""CloudTrail's events of calls to EC2."""

from msgspec import Struct

from eksdoctor.snapshot.declaration import aws_action
from eksdoctor.snapshot.records.timestamp import Timestamp


class TrailEvent(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """One event of LookupEvents.

    `cloud_trail_event` is the event itself as JSON text, reduced to the fields that
    `eksdoctor.evidence.inputs.cloudtrail_call` keeps: no IPs, no user names, no parameters other than ids.
    """

    event_id: str
    event_name: str = ""
    event_time: Timestamp | None = None
    cloud_trail_event: str = ""


LOOKUP_EVENTS = aws_action(
    "cloudtrail:LookupEvents",
    TrailEvent,
    "Events",
    identity=lambda event: event.event_id,
    grant="cloudtrail",
)
