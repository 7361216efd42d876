"""`python -m tests.lab FIXTURE`: serve a snapshot until Ctrl-C, and say how to look at it."""

import argparse
import os
import shlex
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

from eksdoctor.errors import SnapshotError
from eksdoctor.snapshot import archive
from tests.lab.clock import moved
from tests.lab.lab import Lab
from tests.surroundings import USUAL, foreign

FIXTURES = Path(__file__).parents[2] / "fixtures"
SUFFIX = ".eksdoctor.tar.gz"


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("fixture", help="a snapshot's path, or the name of one in fixtures/")
    parser.add_argument("--latency", type=float, default=0.0, metavar="MS", help="milliseconds per request")
    parser.add_argument(
        "--deny", nargs="+", default=[], metavar="ACTION", help="`list pods`, ec2:DescribeSubnets, ec2:*"
    )
    parser.add_argument(
        "--clock",
        choices=("now", "recorded"),
        default="now",
        help="whether the incident happens now, or when it did",
    )
    options = parser.parse_args()
    try:
        snapshot = archive.read(_found(options.fixture))
    except SnapshotError as error:
        parser.error(f"{error.message} {error.advice}")
    if options.clock == "now":
        snapshot = moved(snapshot, datetime.now(UTC).replace(microsecond=0))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Lab(snapshot, latency=options.latency / 1000, deny=frozenset(options.deny)) as lab:
        _explain(lab)
        stop.wait()
        print(f"\nserved {len(lab.requests)} requests, at most {lab.most_in_flight} at once")


def _found(name: str) -> Path:
    """The path, or the fixture of that name."""
    for path in (Path(name), FIXTURES / name, FIXTURES / f"{name}{SUFFIX}"):
        if path.exists():
            return path
    return Path(name)


def _explain(lab: Lab) -> None:
    unset = sorted({*USUAL, *foreign(os.environ)} - set(lab.environment))
    lines = [
        f"unset {' '.join(unset)}",
        *(f"export {name}={shlex.quote(value)}" for name, value in lab.environment.items()),
    ]
    script = lab.folder / "environment.sh"
    script.write_text("\n".join([*lines, ""]))
    assignments = shlex.join(f"{name}={value}" for name, value in lab.environment.items())
    print(f"kubeconfig: {lab.kubeconfig}")
    print(f"Kubernetes: {lab.kubernetes_endpoint}\nAWS:        {lab.aws_endpoint}\n")
    print(f"In another terminal:\n\n  . {script}\n  eksdoctor triage\n")
    present = "".join(f"-u {name} " for name in unset if name in os.environ)
    print(f"or in one line:\n\n  env {present}{assignments} eksdoctor triage\n")
    print("Ctrl-C ends it.", flush=True)


if __name__ == "__main__":
    main()
