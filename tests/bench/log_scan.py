"""How fast a large ipamd.log is read, beside `grep -cE` for the EC2 codes in it."""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from eksdoctor.evidence.fast_scan.log_scan import LogScan
from eksdoctor.evidence.signatures.catalogue import catalogue

SIZE = 512 << 20
TRACED = 64 << 20
ROUNDS = 5
STEP = 128 << 10
ENI = "eni-0aa11bb22cc33d"
SUFFIX = "bcdfghjklmnpqrstvwxz2456789"
"""What Kubernetes makes the ends of pod names from."""


def measure(size: int = SIZE) -> dict[str, object]:
    """Ratios of throughput, in each round one after the other, and the most memory that the reading held."""
    with tempfile.NamedTemporaryFile(suffix=".log") as file:
        for piece in daemon_log(size, random.Random(1)):
            file.write(piece)
        file.flush()
        path = Path(file.name)
        _timed(_grep, path)  # now the file is in the page cache
        rounds = [(_timed(_grep, path), _timed(_scan, path)) for _ in range(ROUNDS)]
        wall = [grep[0] / scan[0] for grep, scan in rounds]
        cpu = [grep[1] / scan[1] for grep, scan in rounds]
        held, resident = _held(path), _resident(path)
    return {
        "scan MB/s (median)": round(size / statistics.median(scan[0] for _, scan in rounds) / 1e6),
        "grep MB/s (median)": round(size / statistics.median(grep[0] for grep, _ in rounds) / 1e6),
        "scan / grep, wall (min, median, max)": _spread(wall),
        "scan / grep, CPU (min, median, max)": _spread(cpu),
        f"MB held, of {TRACED >> 20} MiB": round(held / 1e6, 1),
        "MB resident at most, both processes, interpreters and all": round(resident / 1e6),
    }


def daemon_log(size: int, chance: random.Random) -> Iterator[bytes]:
    """About `size` bytes of a busy node: the 5-second series, reconciling, pods that come, refusals."""
    written, second = 0, 0
    while written < size:
        second += 5
        piece = "".join(_cycle(second, chance)).encode()
        written += len(piece)
        yield piece


def _cycle(second: int, chance: random.Random) -> Iterator[str]:
    used = 20 + second // 600 % 7
    yield _line(
        second,
        "debug",
        "ipamd/ipamd.go:805",
        f"IP stats for Network Card 0 - total IPs: 27, assigned IPs: {used}, cooldown IPs: 0",
    )
    yield _line(
        second,
        "debug",
        "ipamd/ipamd.go:2651",
        f"IP pool is too low for Network Card 0: available ({27 - used}) < ENI target (1) * addrsPerENI (9)",
    )
    yield _line(
        second,
        "debug",
        "ipamd/ipamd.go:1005",
        "Skipping ENI allocation as the max ENI limit is already reached",
    )
    if second % 60 == 0:
        yield from _reconcile(second)
    if chance.random() < 0.2:
        yield from _pod(second, chance, used)
    if chance.random() < 0.03:
        yield from _refusal(second, chance)


def _reconcile(second: int) -> Iterator[str]:
    yield _line(
        second,
        "debug",
        "ipamd/ipamd.go:1610",
        "Reconciling ENI/IP pool info because time since last 1m0.1s > 1m0s",
    )
    for eni in range(3):
        yield _line(second, "debug", "ipamd/ipamd.go:1640", f"Reconcile existing ENI {ENI}{eni}10 IP pool")
        yield _line(
            second,
            "debug",
            "ipamd/ipamd.go:1655",
            f"Reconcile and skip primary IP 10.1.{eni}.10 on ENI {ENI}{eni}10",
        )
        yield _line(
            second,
            "debug",
            "awsutils/awsutils.go:710",
            f"Found IPv4 addresses associated with interface. This is not efa-only interface {ENI}{eni}10",
        )
    yield _line(second, "debug", "ipamd/ipamd.go:1690", "Successfully Reconciled ENI/IP pool")


def _pod(second: int, chance: random.Random, used: int) -> Iterator[str]:
    sandbox = f"{chance.getrandbits(256):064x}"
    pod = "web-5d8c7b6f9d-" + "".join(chance.choices(SUFFIX, k=5))
    address = f"10.1.{used % 3}.{chance.randrange(20, 250)}"
    yield _line(
        second,
        "info",
        "rpc/rpc.pb.go:863",
        f"Received AddNetwork for NS /var/run/netns/cni-{sandbox[:8]}, Sandbox {sandbox}, ifname eth0",
    )
    yield _line(
        second,
        "debug",
        "rpc/rpc.pb.go:863",
        f'AddNetworkRequest: K8S_POD_NAME:\\"{pod}\\" K8S_POD_NAMESPACE:\\"shop\\" '
        f'K8S_POD_INFRA_CONTAINER_ID:\\"{sandbox}\\" ContainerID:\\"{sandbox}\\" '
        f'IfName:\\"eth0\\" NetworkName:\\"aws-cni\\"',
    )
    for number in range(used):
        taken = f"no free IP available in the prefix - 10.1.{number % 3}.{20 + number}/ffffffff"
        yield _line(second, "debug", "datastore/data_store.go:687", f"Get free IP from prefix failed {taken}")
        yield _line(
            second, "debug", "datastore/data_store.go:607", f"Unable to get IP address from CIDR: {taken}"
        )
    yield _line(
        second,
        "info",
        "datastore/data_store.go:780",
        f"assignPodIPAddressUnsafe: Assign IP {address} to sandbox aws-cni/{sandbox}/eth0",
    )
    yield _line(
        second,
        "info",
        "rpc/rpc.pb.go:863",
        f"Send AddNetworkReply: Success: true IPAddr: [{address}], resp: ok, err: <nil>",
    )
    yield _line(second, "info", "rpc/rpc.pb.go:881", f"Received DelNetwork for Sandbox {sandbox}")
    yield _line(
        second,
        "info",
        "ipamd/rpc_handler.go:420",
        f"UnassignPodIPAddress: sandbox aws-cni/{sandbox}/eth0's ipAddr {address}, DeviceNumber 0",
    )


def _refusal(second: int, chance: random.Random) -> Iterator[str]:
    number = f"{chance.getrandbits(128):032x}"
    request = "-".join((number[:8], number[8:12], number[12:16], number[16:20], number[20:]))
    cause = (
        "operation error EC2: AssignPrivateIpAddresses, https response error StatusCode: 400, "
        f"RequestID: {request}, api error InsufficientFreeAddressesInSubnet: "
        "The specified subnet does not have enough free addresses to satisfy the request."
    )
    yield _line(
        second,
        "error",
        "awsutils/awsutils.go:2082",
        f"Failed to allocate a private IP/Prefix addresses on ENI {ENI}010: {cause}",
    )
    yield _line(
        second,
        "debug",
        "ipamd/ipamd.go:382",
        f"containsPrivateIPAddressLimitExceededError encountered {cause}",
    )
    yield _line(
        second,
        "warn",
        "ipamd/ipamd.go:1137",
        f"failed to allocate all available IP addresses on ENI {ENI}010, err: {cause}",
    )
    yield _line(
        second, "error", "datastore/data_store.go:858", "DataStore has no available IP/Prefix addresses"
    )


def _line(second: int, level: str, caller: str, message: str) -> str:
    day, rest = divmod(second, 86_400)
    stamp = f"2025-01-{day % 28 + 1:02d}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}.123Z"
    return f'{{"level":"{level}","ts":"{stamp}","caller":"{caller}","msg":"{message}"}}\n'


def _chunks(path: Path, most: int) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while file.tell() < most and (chunk := file.read(STEP)):
            yield chunk


def _scan(path: Path, most: int = sys.maxsize) -> None:
    """As `eksdoctor decode` reads a file; a part of it in this process alone."""
    scan = LogScan()
    scan.read(_chunks(path, most), path=path if most == sys.maxsize else None)
    scan.aggregator.observations()


def _grep(path: Path) -> None:
    codes = "|".join(sorted(catalogue().by_code))
    subprocess.run(["grep", "-cE", codes, str(path)], check=False, capture_output=True)


def _timed(work, path: Path) -> tuple[float, float]:
    """Seconds by the clock and of the processor, children's too."""
    wall, before = perf_counter(), os.times()
    work(path)
    after = os.times()
    return perf_counter() - wall, sum(after[:4]) - sum(before[:4])


def _held(path: Path) -> int:
    tracemalloc.start()
    _scan(path, TRACED)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def _resident(path: Path) -> int:
    """The greatest resident size of a process that reads the log and does nothing else, and of its child."""
    code = (
        "import resource, pathlib; from tests.bench import log_scan; "
        f"log_scan._scan(pathlib.Path({str(path)!r})); "
        "print(sum(resource.getrusage(who).ru_maxrss "
        "for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))"
    )
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(printed.stdout) * (1 if sys.platform == "darwin" else 1024)


def _spread(ratios: list[float]) -> str:
    return ", ".join(f"{found:.2f}" for found in (min(ratios), statistics.median(ratios), max(ratios)))


if __name__ == "__main__":
    print(measure())
