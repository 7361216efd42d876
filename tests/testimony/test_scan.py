"""The fast way through a large log says what the slow way says."""

import random
from collections import Counter
from dataclasses import replace

from eksdoctor.testimony.gathering import gather
from eksdoctor.testimony.lines import lines
from eksdoctor.testimony.scan import LONG, Scan
from eksdoctor.testimony.sift import sift
from eksdoctor.testimony.signatures import Weight
from tests.bench.log_scan import daemon_log
from tests.testimony.samples import assign_refused, zap


def told(statements):
    """What is said, without what only a paste is told: chatter."""
    kept = [one for one in statements if one.signature.weight is not Weight.CHATTER]
    return [replace(one, evidence="", followed_by_success=None) for one in kept]


def by_scan(data, step=1 << 16):
    scan = Scan()
    extent = scan.read(data[at : at + step] for at in range(0, len(data), step))
    return scan.gathering.statements(), extent


def test_fast_and_slow_agree():
    data = b"".join(daemon_log(8 * LONG, random.Random(7)))
    fast, extent = by_scan(data)
    assert told(fast) == told(gather(lines([data])))
    assert extent.size == len(data)
    assert extent.has_debug
    assert len(Counter(one.testifies for one in fast)) > 4


def test_a_very_long_log_loses_nothing_but_debug_lines(monkeypatch):
    data = b"".join(daemon_log(12 * LONG, random.Random(11)))
    whole = {one.testifies: one for one in told(by_scan(data)[0])}
    monkeypatch.setattr("eksdoctor.testimony.scan.VERY_LONG", 2 * LONG)
    sampled, extent = by_scan(data)
    found = {one.testifies: one for one in told(sampled)}
    assert extent.sampled
    assert found.keys() == whole.keys()
    for name in ("subnet-without-addresses", "datastore-empty", "success"):
        assert found[name] == whole[name]
    assert 0 < found["pool"].count < whole["pool"].count


def test_the_first_and_last_lines_of_a_log_bound_it():
    data = b"".join(daemon_log(4 * LONG, random.Random(3)))
    _, extent = by_scan(data)
    at = [line.at for line in lines([data])]
    assert (extent.first, extent.last) == (at[0], at[-1])


def test_a_foreign_line_anywhere_is_read():
    data = b"".join(daemon_log(4 * LONG, random.Random(5)))
    middle = data.find(b"\n", 2 * LONG) + 1
    foreign = (
        b'time="2025-02-03T04:05:06Z" level=error msg="IP_COOLDOWN_PERIOD MUST be a valid positive integer"\n'
    )
    found, _ = by_scan(data[:middle] + foreign + data[middle:])
    assert "env-refused" in {one.testifies for one in found}


def test_a_record_over_a_block_boundary_is_whole():
    pretty = ("{\n" + zap(assign_refused(4))[1:-1].replace('","', '",\n"') + "\n}\n") * 2000
    found, _ = by_scan(pretty.encode(), step=1000)
    (statement,) = found
    assert statement.count == 1


def test_a_long_log_of_2019():
    rows = (
        f"2019-09-06T06:{at // 60 % 60:02d}:{at % 60:02d}.662Z [DEBUG]        IP pool stats: total = 20, "
        f"used = {at % 20}, c.maxIPsPerENI = 10\n"
        for at in range(3600)
    )
    (statement,) = by_scan("".join(rows).encode())[0]
    assert (statement.count, statement.numbers["total"]) == (3600, 20)


def test_what_repeats_is_read_once():
    line = zap("IP stats - total IPs: 9, assigned IPs: 2, cooldown IPs: 0", level="debug").encode()
    (bundle,) = sift(b"\n".join([line] * 100))
    assert bundle.count == 100


def test_noise_is_not_read():
    noise = zap("Reconcile existing ENI eni-0aa11bb22cc33dd44 IP pool", level="debug").encode()
    assert sift(b"\n".join([noise] * 100)) == []
    assert sift(b"not the daemon's\n") is None
