"""A minimum interval between calls, across threads."""

import threading
import time
from dataclasses import dataclass, field

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.refusal import refused


@dataclass(slots=True)
class RateLimit:
    """Calls are at least `seconds` apart."""

    seconds: float
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next_start: float = 0.0

    def wait(self, deadline: Deadline) -> None:
        """Wait until the next call may start; raises Refused when that is after the deadline."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next_start)
            if start - now > deadline.left:
                raise refused("timeout", deadline.message)
            self._next_start = start + self.seconds
        time.sleep(start - now)
