"""A live triage of meridian-pay behind 50 ms a request: waiting beyond CPU, in round trips.

The lab runs as a process of its own, so that its CPU is not ours.
"""

import os
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from eksdoctor.collect.dispatch import connect
from eksdoctor.collect.rounds import Observer, collect
from eksdoctor.collection_plan.next_requests import next_requests
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.snapshot.snapshot import Snapshot

LATENCY = 0.05
RUNS = 5
ROOT = Path(__file__).parents[2]


class Rounds(Observer):
    """Counts rounds."""

    count = 0

    def round_started(self, number, requests):
        """Note the round."""
        self.count = number


def measure():
    """Wall less CPU of the collection, per round trip, with connections set up in it."""
    lab = subprocess.Popen(
        [sys.executable, "-m", "tests.lab", "meridian-pay", "--latency", str(LATENCY * 1000)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    try:
        said = _until_ready(lab)
        script = next(line.split(maxsplit=1)[1] for line in said if line.strip().startswith(". "))
        for line in Path(script).read_text().splitlines():
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").partition("=")
                os.environ[name] = value.strip("'")
        found = [_one_run() for _ in range(RUNS)]
    finally:
        lab.terminate()
        lab.wait()
    rounds, requests = found[0][1:3]
    waits = [wait for wait, _, _, _ in found]
    return {
        "rounds": rounds,
        "requests": requests,
        "wall less CPU, seconds (min, median, max)": [
            round(f(waits), 3) for f in (min, statistics.median, max)
        ],
        "the same in round trips of 50 ms each, per round (at most 1.5 and connection set-up)": round(
            statistics.median(waits) / LATENCY / rounds, 2
        ),
        "CPU, seconds (median)": round(statistics.median(cpu for _, _, _, cpu in found), 3),
    }


def _until_ready(lab):
    said = []
    for line in lab.stdout:
        said.append(line.rstrip())
        if line.startswith("Ctrl-C"):
            break
    return said


def _one_run():
    observe = Rounds()
    options = ConnectionOptions(
        kubeconfig=os.environ["KUBECONFIG"], aws_endpoint=os.environ.get("AWS_ENDPOINT_URL", "")
    )
    wall, cpu = time.perf_counter(), time.process_time()
    target = connect(options).target
    blank = Snapshot(at=datetime.now(UTC), target=target)
    seen = collect(blank, next_requests, connect(options), 20.0, observe)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert not seen.refusals, seen.refusals
    return wall - cpu, observe.count, len(seen.outcomes), cpu
