"""Counters and gauges of the daemon, and when a counter counts."""

from datetime import UTC, datetime, timedelta

import pytest

from eksdoctor.evidence.inputs.prometheus import between, read, within

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
    return read([text.encode()])


def test_what_ec2_refused_and_what_is_no_error():
    found = scrape()
    assert found.refusals == {REFUSED: 12, OUT_OF_SYNC: 4}
    assert {code for _, code in found.harmless} == {
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
    found = within(scrape(), STARTED - timedelta(minutes=1))
    assert (found.known, found.refusals[REFUSED], found.pool_was_empty) == (True, 12, 7)


def test_counters_from_before_the_window_say_nothing():
    found = within(scrape(), STARTED + timedelta(minutes=1))
    assert (found.known, found.refusals, found.since) == (False, {}, STARTED)


def test_without_a_start_the_counters_say_nothing():
    text = "\n".join(line for line in TEXT.splitlines() if not line.startswith("process"))
    assert not within(scrape(text), STARTED).known


def test_two_scrapes_give_what_rose():
    later = TEXT.replace('Subnet"} 12', 'Subnet"} 15').replace("addresses 7", "addresses 9")
    found = between(scrape(), scrape(later))
    assert (found.refusals, found.pool_was_empty) == ({REFUSED: 3}, 2)


def test_after_a_restart_between_them_all_is_new():
    later = TEXT.replace(f"{STARTED.timestamp():.2f}", f"{STARTED.timestamp() + 60:.2f}").replace(
        '"} 12', '"} 2'
    )
    assert between(scrape(), scrape(later)).refusals[REFUSED] == 2


def test_a_series_that_is_new_rose_from_nothing():
    earlier = "\n".join(line for line in TEXT.splitlines() if "InsufficientFree" not in line)
    assert between(scrape(earlier), scrape()).refusals == {REFUSED: 12}


@pytest.mark.parametrize(
    "text", ["", "404 page not found", "<html>", "awscni_eni_max", "awscni_eni_max x", "{}"]
)
def test_what_is_no_scrape_is_an_empty_one(text):
    found = scrape(text)
    assert (found.pool, found.refusals, found.version, found.started) == ({}, {}, "", None)
