"""The bundled table against the published lists, row by row, and against the API's own data."""

import csv
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import moto.ec2
import msgspec
import pytest

from eksdoctor.model.instance_types import table
from eksdoctor.model.instance_types.limits import bundled_limits, limits_of
from eksdoctor.model.instance_types.max_pods_formula import Networking, PodMode, cap, pod_limits
from eksdoctor.model.instance_types.provisioner_defaults import auto_mode
from eksdoctor.snapshot.records import aws

HERE = Path(__file__).parent
PUBLISHED = {
    row["instance_type"]: row
    for row in csv.DictReader((HERE / "published_max_pods.csv").read_text(encoding="ascii").splitlines())
}
API = json.loads(
    gzip.decompress((Path(moto.ec2.__file__).parent / "resources" / "instance_types.json.gz").read_bytes())
)
# The API splits these types' ENIs over two cards, the lists that nodes boot with still count one.
TWO_CARDS = {"i7ie.48xlarge", "i7ie.metal-48xl", "i8ge.48xlarge", "i8ge.metal-48xl"}


def pods(name, **settings):
    return pod_limits(bundled_limits(name), Networking(**settings))


def test_every_published_type_is_in_the_table_and_no_other():
    assert set(table.rows()) == set(PUBLISHED)
    assert len(PUBLISHED) == 1447


def test_single_addresses_give_the_published_number_for_every_type():
    published = {
        name: int(row["eni_max_pods_txt"]) for name, row in PUBLISHED.items() if row["eni_max_pods_txt"]
    }
    assert {name: pods(name)[PodMode.SECONDARY].uncapped for name in published} == published
    assert len(published) == 1391


def test_custom_networking_and_prefixes_for_every_type():
    for name, row in PUBLISHED.items():
        found = pods(name)
        assert found[PodMode.CUSTOM_NETWORKING].uncapped == int(row["custom_networking_uncapped"]), name
        prefix = found[PodMode.PREFIX]
        assert (str(prefix.uncapped) if prefix else "") == row["prefix_uncapped"], name


def test_prefixes_without_the_primary_eni_for_every_type():
    """Sixteen times what custom networking leaves beside the two pods of the host."""
    for name, row in PUBLISHED.items():
        found = pods(name)[PodMode.PREFIX_CUSTOM_NETWORKING]
        single = int(row["custom_networking_uncapped"]) - 2
        assert (found.uncapped if found else "") == (single * 16 + 2 if row["prefix_uncapped"] else ""), name


def test_every_recommended_number_is_capped_by_the_type_s_vcpus():
    for name, row in PUBLISHED.items():
        for limit in pods(name).values():
            if limit and row["recommended_cap"]:
                assert limit.recommended == min(limit.uncapped, int(row["recommended_cap"])), name
            elif limit:
                assert limit.recommended is None, name


def test_live_and_bundled_limits_agree_for_every_type():
    live = {name: limits_of(msgspec.convert(record, aws.InstanceType)) for name, record in API.items()}
    assert len(live) == 1395
    assert {name for name, limits in live.items() if limits != bundled_limits(name)} == TWO_CARDS
    for name in TWO_CARDS:
        assert replace(live[name], enis=bundled_limits(name).enis) == bundled_limits(name)


def test_a_type_of_neither_source_is_unknown_and_not_zero():
    assert bundled_limits("zz9.large") is None
    assert bundled_limits("g3.4xlarge") is None  # retired: in a list of numbers, its ENIs in no source
    assert limits_of(aws.InstanceType(instance_type="zz9.large")) is None


def test_what_no_source_states_is_none():
    assert bundled_limits("r9g.large").branch_enis is None
    assert bundled_limits("r9g.large").trunking is None
    assert bundled_limits("r9g.large").may_trunk  # the daemon takes a type it does not know for capable
    assert bundled_limits("p3.2xlarge").vcpus is None
    network = aws.NetworkInfo(maximum_network_interfaces=4, ipv4_addresses_per_interface=15)
    unsized = limits_of(aws.InstanceType(instance_type="zz9.large", network_info=network))
    assert (unsized.enis, unsized.vcpus, unsized.branch_enis) == (4, None, None)


def test_the_cap_has_no_type_at_its_edge():
    assert not {limits.vcpus for limits in table.rows().values()} & {29, 30, 31}
    assert [cap(vcpus) for vcpus in (1, 28, 30, 31, 32, 896)] == [110, 110, 110, 250, 250, 250]


def test_counts_over_every_type_of_the_api():
    kinds = [limits_of(msgspec.convert(record, aws.InstanceType)) for record in API.values()]
    caps = [cap(kind.vcpus) for kind in kinds]
    assert (caps.count(110), caps.count(250)) == (645, 750)
    plain = [pod_limits(kind, Networking())[PodMode.SECONDARY].uncapped for kind in kinds]
    assert sum(pods > most for pods, most in zip(plain, caps, strict=True)) == 784
    prefix = [pod_limits(kind, Networking())[PodMode.PREFIX] for kind in kinds]
    assert sum(one is None for one in prefix) == 74  # Xen
    assert sum(one.uncapped < most for one, most in zip(prefix, caps, strict=True) if one) == 45
    fewer = [
        kind for kind, one, pods in zip(kinds, prefix, plain, strict=True) if one and one.recommended < pods
    ]
    assert len(fewer) == 769  # prefixes, as recommended, give these fewer pods than single addresses
    assert sum(kind.vcpus <= 30 for kind in fewer) == 207


def test_the_sum_over_all_cards_is_wrong_for_every_type_of_several():
    wrong = {
        name
        for name, record in API.items()
        if record["NetworkInfo"]["MaximumNetworkInterfaces"]
        != limits_of(msgspec.convert(record, aws.InstanceType)).enis
    }
    assert len(wrong) == 71
    assert {"p4d.24xlarge", "p5.48xlarge", "c6in.32xlarge"} | TWO_CARDS < wrong


# type, vCPUs, ENIs, IPs, then uncapped and recommended by mode, then EKS Auto Mode, then branch ENIs
WORKED = """
t3.micro      2  2  2     4   4     3   3     34  34     18  18        2    0
t3.small      2  3  4    11  11     8   8    146 110     98  98        9    0
t3.medium     2  3  6    17  17    12  12    242 110    162 110       15    0
t3.large      2  3 12    35  35    24  24    530 110    354 110       33    0
m5.large      2  3 10    29  29    20  20    434 110    290 110       27    9
c5.large      2  3 10    29  29    20  20    434 110    290 110       27    9
r5.large      2  3 10    29  29    20  20    434 110    290 110       27    9
m5.xlarge     4  4 15    58  58    44  44    898 110    674 110       56   18
c5.xlarge     4  4 15    58  58    44  44    898 110    674 110       56   18
m5.2xlarge    8  4 15    58  58    44  44    898 110    674 110       56   38
c5.2xlarge    8  4 15    58  58    44  44    898 110    674 110       56   38
c5.4xlarge   16  8 30   234 110   205 110   3714 110   3250 110      110   54
m5.4xlarge   16  8 30   234 110   205 110   3714 110   3250 110      110   54
m5.8xlarge   32  8 30   234 234   205 205   3714 250   3250 250      110   54
c5.9xlarge   36  8 30   234 234   205 205   3714 250   3250 250      110   54
c5.18xlarge  72 15 50   737 250   688 250  11762 250  10978 250      110  107
m5.24xlarge  96 15 50   737 250   688 250  11762 250  10978 250      110  107
m4.large      2  2 10    20  20    11  11      -   -      -   -       18    0
c5.metal     96 15 50   737 250   688 250  11762 250  10978 250      110  107
p5.48xlarge 192  2 50   100 100    51  51   1570 250    786 250       98  120
t3.nano       2  2  2     4   4     3   3     34  34     18  18        2    0
m6g.medium    1  2  4     8   8     5   5     98  98     50  50        6    4
"""


@pytest.mark.parametrize("line", WORKED.split("\n")[1:-1], ids=lambda line: line.split()[0])
def test_worked_values(line):
    name, *expected = line.split()
    limits = bundled_limits(name)
    shown = [limits.vcpus, limits.enis, limits.addresses_per_eni]
    for limit in pods(name).values():
        shown += [limit.uncapped, limit.recommended] if limit else ["-", "-"]
    shown += [auto_mode(limits)[0], limits.branch_enis]
    assert list(map(str, shown)) == expected


def test_two_cards_in_the_api_give_the_smaller_number():
    live = limits_of(msgspec.convert(API["i7ie.48xlarge"], aws.InstanceType))
    assert pod_limits(live, Networking())[PodMode.SECONDARY].uncapped == 394
    assert pods("i7ie.48xlarge")[PodMode.SECONDARY].uncapped == 737
    found = [(limit.uncapped, limit.recommended) for limit in pod_limits(live, Networking()).values()]
    assert found == [(394, 250), (345, 250), (6274, 250), (5490, 250)]
    assert (live.vcpus, live.branch_enis, auto_mode(live)[0]) == (192, 107, 110)


def test_numbers_that_popular_playbooks_have_wrong():
    assert pods("m5.4xlarge")[PodMode.PREFIX].recommended == 110  # not 250: 16 vCPUs
    assert pods("m5.4xlarge")[PodMode.SECONDARY].uncapped == 234  # prefixes give fewer here, not more
    assert bundled_limits("m5.8xlarge").branch_enis == 54  # not 84, which is m6i.8xlarge's
    assert bundled_limits("m6i.8xlarge").branch_enis == 84
    large = pods("m5.24xlarge")[PodMode.SECONDARY]
    assert (large.uncapped, large.recommended) == (737, 250)
    assert bundled_limits("p4d.24xlarge").enis == 15  # its default card's; 60 over all cards
    assert pods("m5.large")[PodMode.CUSTOM_NETWORKING].uncapped == 20
    assert pods("t3.micro")[PodMode.PREFIX].recommended == 34  # not 110
    assert pods("m6g.medium")[PodMode.PREFIX].recommended == 98  # not 110


def test_no_type_of_the_t_family_carries_a_trunk():
    family = [name for name in table.rows() if re.match(r"t[1234]", name)]
    assert len(family) == 29
    assert {bundled_limits(name).trunking for name in family} == {False}


def test_names_and_patterns():
    assert table.matching("m5.large") == ("m5.large",)
    assert table.matching("t3.*") == tuple(
        f"t3.{size}" for size in ("nano", "micro", "small", "medium", "large", "xlarge", "2xlarge")
    )
    assert table.matching("m5.?xlarge") == ("m5.2xlarge", "m5.4xlarge", "m5.8xlarge")
    assert len(table.matching("*")) == 1447
    assert table.matching("zz*") == ()
    assert table.near("m5.lrge")[0] == "m5.large"


def test_the_table_states_its_day():
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", table.date())
