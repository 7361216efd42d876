"""The account of what a lab was asked: every request, and how many were under way at once."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple


class Served(NamedTuple):
    """One request; every page of a list is a request."""

    source: str
    action: str
    arguments: dict[str, Any]


class Record:
    """Requests in the order of their arrival."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[Served] = []
        self._in_flight = 0
        self.most_in_flight = 0
        self.errors: list[BaseException] = []
        self._sent: Counter[str] = Counter()

    @property
    def requests(self) -> list[Served]:
        """A copy of the list so far."""
        with self._lock:
            return list(self._requests)

    @contextmanager
    def request(self, served: Served) -> Iterator[None]:
        """Note a request for as long as it is being answered."""
        with self._lock:
            self._requests.append(served)
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1

    def sent(self, action: str, size: int) -> None:
        """Note bytes of a body that went out in answer to an action."""
        with self._lock:
            self._sent[action] += size

    @property
    def bytes_sent(self) -> dict[str, int]:
        """Bytes of bodies by action; what a client that hung up never took is counted with them."""
        with self._lock:
            return dict(self._sent)

    def forget(self) -> None:
        """Start counting anew."""
        with self._lock:
            self._requests.clear()
            self._sent.clear()
            self.most_in_flight = self._in_flight
