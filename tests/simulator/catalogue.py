"""The fixtures by name, and the way from a story to its file."""

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

from eksdoctor.snapshot import archive, manifest
from eksdoctor.snapshot.snapshot import Snapshot
from tests.simulator.capture import capture
from tests.simulator.scenarios import healthy
from tests.simulator.scenarios.ceiling import ceiling
from tests.simulator.scenarios.fragmented import fragmented
from tests.simulator.scenarios.meridian_pay import meridian_pay, meridian_pay_agent
from tests.simulator.scenarios.minimum_ip_freeze import minimum_ip_freeze
from tests.simulator.world import World

FOLDER = Path(__file__).parents[2] / "fixtures"
FIXTURES: dict[str, Callable[[], World]] = {
    "ceiling": ceiling,
    "fragmented": fragmented,
    "healthy-custom-networking-karpenter": healthy.healthy_custom_networking_karpenter,
    "healthy-prefix": healthy.healthy_prefix,
    "healthy-security-groups-for-pods": healthy.healthy_security_groups_for_pods,
    "healthy-stock": healthy.healthy_stock,
    "meridian-pay": meridian_pay,
    "meridian-pay-agent": meridian_pay_agent,
    "min-ip-freeze": minimum_ip_freeze,
}


def path(name: str) -> Path:
    """Where a fixture stands."""
    return FOLDER / f"{name}{archive.SUFFIX}"


def write(name: str) -> Path:
    """Simulate, capture and write a fixture."""
    file = archive.write(capture(FIXTURES[name]()), path(name))
    file.chmod(0o644)  # a fixture is for everybody, a capture of a real cluster is not
    return file


def again(name: str) -> Snapshot:
    """What the simulator makes today of the requests that a fixture records."""
    return capture(FIXTURES[name](), only=archive.read(path(name)).outcomes)


def stale(name: str) -> list[str]:
    """The files within a fixture that are not what the simulator makes; their compression does not count.

    A fixture is valid as long as the program still makes every request that it records, with these answers.
    Requests that the program makes since then do not count: in a replay they read as not collected.
    """
    if not path(name).is_file():
        return [path(name).name]
    fresh, stored = manifest.disassemble(again(name)), _contents(path(name))
    return sorted(file for file in fresh.keys() | stored.keys() if fresh.get(file) != stored.get(file))


def _contents(file: Path) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(file.read_bytes()))) as members:
        return {member.name: members.extractfile(member).read() for member in members}  # type: ignore[union-attr]
