"""ipamd's metrics, and when its counters are known."""

from datetime import UTC, datetime, timedelta

import pytest

from eksdoctor.evidence.inputs.prometheus import counts_between, counts_since, parse_metrics

STARTED = datetime(2025, 2, 3, 4, tzinfo=UTC)
TEXT = f"""# HELP awscni_aws_api_error_count The number of times AWS API returns an error
# TYPE awscni_aws_api_error_count counter
awscni_aws_api_error_count{{api="AssignPrivateIpAddresses",error="InsufficientFreeAddressesInSubnet"}} 12
awscni_aws_api_error_count{{api="AssignPrivateIpAddresses",error="PrivateIpAddressLimitExceeded"}} 3
awscni_aws_api_error_count{{api="DeleteNetworkInterface",error="InvalidNetworkInterface.InUse"}} 2
awscni_aws_api_error_count{{api="CreateNetworkInterface",error="SomethingNew"}} 1
awscni_aws_api_error_count{{api="DescribeNetworkInterfaces",error="IMDSMetaDataOutOfSync"}} 4
awscni_build_info{{goversion="go1.22.1",version="v1.19.2"}} 1
awscni_eni_max 3
awscni_ip_max 27
awscni_eni_allocated 2
awscni_total_ip_addresses 1.8e+01
awscni_assigned_ip_addresses 18
awscni_total_ipv4_prefixes 0
awscni_no_available_ip_addresses 7
awscni_aws_api_latency_ms{{api="x \\"quoted\\" }}",error="false",quantile="0.5"}} NaN
process_start_time_seconds {STARTED.timestamp():.2f}
go_goroutines 44
"""
REFUSED = ("AssignPrivateIpAddresses", "InsufficientFreeAddressesInSubnet")
OUT_OF_SYNC = ("DescribeNetworkInterfaces", "IMDSMetaDataOutOfSync")


def scrape(text=TEXT):
    return parse_metrics([text.encode()])


def test_errors_and_harmless_errors():
    found = scrape()
    assert found.errors == {REFUSED: 12, OUT_OF_SYNC: 4}
    assert {code for _, code in found.harmless_errors} == {
        "PrivateIpAddressLimitExceeded",
        "InvalidNetworkInterface.InUse",
    }


def test_the_pool_and_the_release():
    found = scrape()
    assert found.pool == {
        "max_enis": 3, "max_addresses": 27, "enis": 2, "total": 18, "assigned": 18, "prefixes": 0,
    }  # fmt: skip
    assert (found.version, found.pool_was_empty, found.started) == ("v1.19.2", 7, STARTED)


def test_counters_count_when_the_process_started_in_the_window():
    found = counts_since(scrape(), STARTED - timedelta(minutes=1))
    assert (found.is_known, found.errors[REFUSED], found.pool_was_empty) == (True, 12, 7)


def test_counters_that_started_before_the_window_are_unknown():
    found = counts_since(scrape(), STARTED + timedelta(minutes=1))
    assert (found.is_known, found.errors, found.since) == (False, {}, STARTED)


def test_counters_without_a_start_time_are_unknown():
    text = "\n".join(line for line in TEXT.splitlines() if not line.startswith("process"))
    assert not counts_since(scrape(text), STARTED).is_known


def test_two_scrapes_give_the_increase():
    later = TEXT.replace('Subnet"} 12', 'Subnet"} 15').replace("addresses 7", "addresses 9")
    found = counts_between(scrape(), scrape(later))
    assert (found.errors, found.pool_was_empty) == ({REFUSED: 3}, 2)


def test_after_a_restart_all_counts_are_new():
    later = TEXT.replace(f"{STARTED.timestamp():.2f}", f"{STARTED.timestamp() + 60:.2f}").replace(
        '"} 12', '"} 2'
    )
    assert counts_between(scrape(), scrape(later)).errors[REFUSED] == 2


def test_a_new_series_increases_from_zero():
    earlier = "\n".join(line for line in TEXT.splitlines() if "InsufficientFree" not in line)
    assert counts_between(scrape(earlier), scrape()).errors == {REFUSED: 12}


@pytest.mark.parametrize(
    "text", ["", "404 page not found", "<html>", "awscni_eni_max", "awscni_eni_max x", "{}"]
)
def test_other_text_gives_an_empty_scrape(text):
    found = scrape(text)
    assert (found.pool, found.errors, found.version, found.started) == ({}, {}, "", None)
