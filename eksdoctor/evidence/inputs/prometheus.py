"""ipamd's Prometheus metrics: its EC2 errors, its IP pool, its release and its start time."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from eksdoctor.evidence.signatures.catalogue import catalogue
from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.evidence.text.blocks import read_blocks
from eksdoctor.evidence.text.timestamps import parse_timestamp

MAX_SAMPLES = 20_000
_MAX_LINE_BYTES = 8192
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
_POOL_EMPTY = "awscni_no_available_ip_addresses"
_HARMLESS = frozenset({EvidenceClass.BENIGN, EvidenceClass.CLEAN_UP})
_NOT_EC2_CODES = {"IMDSMetaDataOutOfSync": EvidenceClass.IMDS_OUT_OF_SYNC}
"""Labels of the error counter that are no EC2 error code."""

ErrorCounts = Mapping[tuple[str, str], float]
"""Counts by API call and error code."""


@dataclass(frozen=True, slots=True)
class Scrape:
    """One response of the metrics port.

    `errors` counts EC2 error codes that matter, `harmless_errors` those that ipamd handles itself or gets
    while it deletes ENIs. Both count since `started`, which is None if the metrics lack it.
    """

    pool: Mapping[str, int] = field(default_factory=dict)
    errors: ErrorCounts = field(default_factory=dict)
    harmless_errors: ErrorCounts = field(default_factory=dict)
    pool_was_empty: float | None = None
    version: str = ""
    started: datetime | None = None


@dataclass(frozen=True, slots=True)
class WindowCounts:
    """The counts inside a time window.

    `is_known` is False if the counters started before the window, at `since`, or at an unknown time; then the
    counts are empty.
    """

    errors: ErrorCounts = field(default_factory=dict)
    harmless_errors: ErrorCounts = field(default_factory=dict)
    pool_was_empty: float | None = None
    since: datetime | None = None
    is_known: bool = True


def parse_metrics(chunks: Iterable[bytes]) -> Scrape:
    """The scrape in a text; other lines are ignored."""
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
        errors={
            key: count for key, count in errors.items() if class_of_error(key[1]) not in (None, *_HARMLESS)
        },
        harmless_errors={key: count for key, count in errors.items() if class_of_error(key[1]) in _HARMLESS},
        pool_was_empty=other.get(_POOL_EMPTY),
        version=version,
        started=parse_timestamp(other.get("process_start_time_seconds")),
    )


def class_of_error(code: str) -> EvidenceClass | None:
    """The evidence class of an error label; None for an unknown code."""
    signatures = catalogue().by_code.get(code)
    return _NOT_EC2_CODES.get(code) if signatures is None else signatures[-1].evidence_class


def counts_since(scrape: Scrape, since: datetime) -> WindowCounts:
    """The counts of one scrape; known only if the process started inside the window."""
    if scrape.started is None:
        return WindowCounts(is_known=False)
    if scrape.started < since:
        return WindowCounts(is_known=False, since=scrape.started)
    return WindowCounts(scrape.errors, scrape.harmless_errors, scrape.pool_was_empty)


def counts_between(earlier: Scrape, later: Scrape) -> WindowCounts:
    """The increase from one scrape to the next; after a restart, all counts of the later one."""
    if earlier.started != later.started:
        return WindowCounts(later.errors, later.harmless_errors, later.pool_was_empty)
    increase = None
    if later.pool_was_empty is not None:
        increase = max(later.pool_was_empty - (earlier.pool_was_empty or 0.0), 0.0)
    return WindowCounts(
        _increase(earlier.errors, later.errors),
        _increase(earlier.harmless_errors, later.harmless_errors),
        increase,
    )


def _increase(earlier: ErrorCounts, later: ErrorCounts) -> ErrorCounts:
    return {
        key: count - earlier.get(key, 0.0) for key, count in later.items() if count > earlier.get(key, 0.0)
    }


def _samples(chunks: Iterable[bytes]) -> Iterable[tuple[str, dict[str, str], float]]:
    seen = 0
    for block in read_blocks(chunks):
        for physical in block.lines:
            match = _SAMPLE.match(physical[:_MAX_LINE_BYTES].decode("utf-8", "replace").strip())
            if match is None:
                continue
            value = _number(match["value"])
            if value is None:
                continue
            yield match["name"], dict(_LABEL.findall(match["labels"] or "")), value
            seen += 1
            if seen >= MAX_SAMPLES:
                return


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
