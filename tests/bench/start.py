"""How long commands without a cluster take, against a bare interpreter in the same run."""

import statistics
import subprocess
import sys
import time

RUNS = 7


def measure():
    """Ratios to `python -c pass`."""
    bare = _seconds("-c", "pass")
    commands = {
        "--help": ("-m", "eksdoctor", "--help"),
        "rules list": ("-m", "eksdoctor", "rules", "list"),
        "explain": ("-m", "eksdoctor", "explain", "subnet-exhausted"),
        "triage --from": (
            "-m", "eksdoctor", "triage", "--no-keep", "--from", "fixtures/meridian-pay.eksdoctor.tar.gz",
        ),
    }  # fmt: skip
    return {
        name: f"{_seconds(*command) / bare:.1f} x a bare interpreter" for name, command in commands.items()
    }


def _seconds(*command):
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
