"""Calls kept apart in time, over all threads."""

import threading
import time
from dataclasses import dataclass, field

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.refusal import refused


@dataclass(slots=True)
class Pace:
    """So many seconds between two calls."""

    seconds: float
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _free: float = 0.0

    def wait(self, deadline: Deadline) -> None:
        """Wait for this caller's turn; raises Refused when that comes after the deadline."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._free)
            if turn - now > deadline.left:
                raise refused("timeout", deadline.words)
            self._free = turn + self.seconds
        time.sleep(turn - now)
