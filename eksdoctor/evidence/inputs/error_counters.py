"""Observations from ipamd's error counters: which EC2 errors it got, without access to its log."""

from collections.abc import Iterator
from datetime import datetime

from eksdoctor.evidence.inputs.prometheus import ErrorCounts, Scrape, counts_since
from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.evidence.observed.source import Source
from eksdoctor.evidence.signatures.catalogue import Signature, catalogue

IMDS_OUT_OF_SYNC = "IMDSMetaDataOutOfSync"
"""A label of the counter that is no EC2 error code."""
_OUT_OF_SYNC = "ec2-eni-vanished"


def counter_observations(
    scrape: Scrape, source: Source, since: datetime, at: datetime | None
) -> tuple[Observation, ...]:
    """The observations since `since`; empty if the counters started before it."""
    found = counts_since(scrape, since)
    return tuple(_observations(found.errors, scrape, source, at)) if found.is_known else ()


def pasted_counter_observations(scrape: Scrape, source: Source) -> tuple[Observation, ...]:
    """The observations of pasted counters; when they started is unknown."""
    return tuple(_observations(scrape.errors, scrape, source, None))


def _observations(
    counts: ErrorCounts, scrape: Scrape, source: Source, at: datetime | None
) -> Iterator[Observation]:
    for (api, code), count in counts.items():
        signature = _signature(code)
        if count >= 1:
            yield Observation(
                signature=signature,
                evidence_class=signature.evidence_class,
                count=int(count),
                evidence=f'awscni_aws_api_error_count{{api="{api}",error="{code}"}} {int(count)}',
                first=scrape.started,
                last=at,
                node=source.node,
                action=api,
                code=code,
                sources=(source,),
            )


def _signature(code: str) -> Signature:
    known = catalogue()
    return known[_OUT_OF_SYNC] if code == IMDS_OUT_OF_SYNC else known.by_code[code][-1]
