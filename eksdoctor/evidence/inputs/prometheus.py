"""The daemon's Prometheus text: what EC2 refused it, its pool, its release and since when it runs."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from eksdoctor.evidence.signatures.catalogue import catalogue
from eksdoctor.evidence.text.blocks import blocks
from eksdoctor.evidence.text.timestamps import moment

MOST_SERIES = 20_000
_MOST_LINE = 8192
_SAMPLE = re.compile(
    r"(?P<name>awscni_[a-z0-9_]{1,80}|process_start_time_seconds)"
    r'(?:\{(?P<labels>(?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s+(?P<value>[-+.\dA-Za-z]{1,40})'
)
_LABEL = re.compile(r'([a-z_]{1,40})="((?:[^"\\]|\\.)*)"')
_GAUGES = {
    "awscni_eni_max": "max_enis",
    "awscni_ip_max": "max_addresses",
    "awscni_eni_allocated": "enis",
    "awscni_total_ip_addresses": "total",
    "awscni_assigned_ip_addresses": "assigned",
    "awscni_total_ipv4_prefixes": "prefixes",
}
_API_ERRORS = "awscni_aws_api_error_count"
_EMPTY = "awscni_no_available_ip_addresses"
_HARMLESS = frozenset({"benign", "clean-up"})
_NO_CODES = {"IMDSMetaDataOutOfSync": "imds-out-of-sync"}
"""Labels of the error counter that EC2 never says."""

Series = Mapping[tuple[str, str], float]
"""Counts by API call and error code."""


@dataclass(frozen=True, slots=True)
class Scrape:
    """One answer of the metrics port.

    `refusals` are counts of EC2 codes that mean something, `harmless` of those that do not (the daemon
    counts what it handles, and races while cleaning up). Both count since `started`.
    """

    pool: Mapping[str, int] = field(default_factory=dict)
    refusals: Series = field(default_factory=dict)
    harmless: Series = field(default_factory=dict)
    pool_was_empty: float | None = None
    version: str = ""
    started: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What the counters say about a window, or why they say nothing of it.

    `since` is set when they count from before the window: then they are no testimony.
    """

    refusals: Series = field(default_factory=dict)
    harmless: Series = field(default_factory=dict)
    pool_was_empty: float | None = None
    since: datetime | None = None
    known: bool = True


def read(chunks: Iterable[bytes]) -> Scrape:
    """A scrape; lines that are none are passed over."""
    pool: dict[str, int] = {}
    errors: dict[tuple[str, str], float] = {}
    other: dict[str, float] = {}
    version = ""
    for name, labels, value in _samples(chunks):
        if name in _GAUGES and 0 <= value < 1 << 31:
            pool[_GAUGES[name]] = int(value)
        elif name == _API_ERRORS and labels.get("error"):
            errors[labels.get("api", ""), labels["error"]] = value
        elif name == "awscni_build_info":
            version = labels.get("version", "")[:64]
        else:
            other[name] = other.get(name, 0.0) + value
    return Scrape(
        pool=pool,
        refusals={key: count for key, count in errors.items() if testifies(key[1]) not in (None, *_HARMLESS)},
        harmless={key: count for key, count in errors.items() if testifies(key[1]) in _HARMLESS},
        pool_was_empty=other.get(_EMPTY),
        version=version,
        started=moment(other.get("process_start_time_seconds")),
    )


def testifies(code: str) -> str | None:
    """The class of an error label; None for what is no known EC2 code."""
    signatures = catalogue().by_code.get(code)
    return _NO_CODES.get(code) if signatures is None else signatures[-1].testifies


def within(scrape: Scrape, since: datetime) -> Counted:
    """The counters of one scrape; they count only if the process started inside the window."""
    if scrape.started is None:
        return Counted(known=False)
    if scrape.started < since:
        return Counted(known=False, since=scrape.started)
    return Counted(scrape.refusals, scrape.harmless, scrape.pool_was_empty)


def between(earlier: Scrape, later: Scrape) -> Counted:
    """What rose from one scrape to the next; after a restart between them, all that was counted since."""
    if earlier.started != later.started:
        return Counted(later.refusals, later.harmless, later.pool_was_empty)
    rose = None
    if later.pool_was_empty is not None:
        rose = max(later.pool_was_empty - (earlier.pool_was_empty or 0.0), 0.0)
    return Counted(_risen(earlier.refusals, later.refusals), _risen(earlier.harmless, later.harmless), rose)


def _risen(earlier: Series, later: Series) -> Series:
    return {
        key: count - earlier.get(key, 0.0) for key, count in later.items() if count > earlier.get(key, 0.0)
    }


def _samples(chunks: Iterable[bytes]) -> Iterable[tuple[str, dict[str, str], float]]:
    seen = 0
    for block in blocks(chunks):
        for physical in block.lines:
            match = _SAMPLE.match(physical[:_MOST_LINE].decode("utf-8", "replace").strip())
            if match is None:
                continue
            value = _number(match["value"])
            if value is None:
                continue
            yield match["name"], dict(_LABEL.findall(match["labels"] or "")), value
            seen += 1
            if seen >= MOST_SERIES:
                return


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
