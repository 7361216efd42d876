"""When and how often an event was seen, in whichever of the API's forms."""

from datetime import datetime

from eksdoctor.snapshot.records import kubernetes


def last_seen(event: kubernetes.Event) -> datetime | None:
    """When an event was last repeated, in whichever of the API's forms."""
    series = event.series.last_observed_time if event.series else None
    return series or event.last_timestamp or event.event_time or event.first_timestamp


def times(event: kubernetes.Event) -> int:
    """How often an event was seen; at least once."""
    return max((event.series.count if event.series else 0), event.count or 0, 1)
