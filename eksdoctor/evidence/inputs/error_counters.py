"""The daemon's error counters as statements: what EC2 refused it, without any access to its log."""

from collections.abc import Iterator
from datetime import datetime

from eksdoctor.evidence.inputs.prometheus import Counted, Scrape, Series, within
from eksdoctor.evidence.observed.observation import Statement
from eksdoctor.evidence.observed.source import Source
from eksdoctor.evidence.signatures.catalogue import Signature, catalogue

IMDS = "IMDSMetaDataOutOfSync"
"""A label of the counter that no EC2 call answers with."""
_OUT_OF_SYNC = "ec2-eni-vanished"


def counted(scrape: Scrape, source: Source, since: datetime, at: datetime | None) -> tuple[Statement, ...]:
    """What the counters say of the time from `since` on; nothing when they count from before it."""
    found: Counted = within(scrape, since)
    return tuple(_statements(found.refusals, scrape, source, at)) if found.known else ()


def pasted(scrape: Scrape, source: Source) -> tuple[Statement, ...]:
    """What the counters of a pasted text say; since when they count is not known."""
    return tuple(_statements(scrape.refusals, scrape, source, None))


def _statements(series: Series, scrape: Scrape, source: Source, at: datetime | None) -> Iterator[Statement]:
    for (api, code), count in series.items():
        signature = _signature(code)
        if count >= 1:
            yield Statement(
                signature=signature,
                testifies=signature.testifies,
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
    return known[_OUT_OF_SYNC] if code == IMDS else known.by_code[code][-1]
