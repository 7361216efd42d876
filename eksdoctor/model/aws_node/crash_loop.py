"""A container that keeps ending: whether it does, and what it ended of."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from eksdoctor.snapshot.records.kubernetes import ContainerStatus, TerminatedState

BACK_OFF = "CrashLoopBackOff"
FEWEST = 2  # one restart is no loop
RECENT = timedelta(minutes=10)  # twice the kubelet's longest back-off
MOST_SHOWN = 400  # characters of a message
KILLED = 137
SIGNALS = {KILLED: "killed by SIGKILL", 143: "stopped by SIGTERM", 139: "killed by SIGSEGV"}


@dataclass(frozen=True, slots=True)
class ContainerEnd:
    """One container that ends again and again."""

    container: str
    restarts: int
    reason: str
    exit_code: int | None
    message: str
    at: datetime | None

    def __str__(self) -> str:
        return self.container

    @property
    def words(self) -> str:
        """What it ended of, as far as the kubelet knows."""
        if self.reason == "OOMKilled":
            return "it exceeded its memory limit (OOMKilled)"
        if self.exit_code is None:
            return "the kubelet no longer reports the reason"
        signal = SIGNALS.get(self.exit_code)
        return f"exit code {self.exit_code}" + (f", {signal}" if signal else "")


def loop_of(status: ContainerStatus, at: datetime) -> ContainerEnd | None:
    """How a container ends, when it does so again and again; None when it does not.

    Between two ends it runs for a while, so one that is not ready and ended lately counts as well.
    """
    state = status.state
    if state is None or status.restart_count < FEWEST:
        return None
    end = state.terminated or (status.last_state.terminated if status.last_state else None)
    waits = state.waiting is not None and state.waiting.reason == BACK_OFF
    ended = end.finished_at if end is not None else None
    lately = not status.ready and _is_fault(end) and ended is not None and at - ended <= RECENT
    if not (waits or lately):
        return None
    return ContainerEnd(
        container=status.name,
        restarts=status.restart_count,
        reason=end.reason if end is not None else "",
        exit_code=end.exit_code if end is not None else None,
        message=_shortened(end.message if end is not None else ""),
        at=ended,
    )


def _is_fault(end: TerminatedState | None) -> bool:
    return end is not None and end.reason != "Completed"


def _shortened(message: str) -> str:
    """The last words of a message: what it ended of stands at its end."""
    text = " ".join(message.split())
    return text if len(text) <= MOST_SHOWN else "…" + text[1 - MOST_SHOWN :]
