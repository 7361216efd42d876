"""The time limit of a collection."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock; `seconds` is the time limit it was set with, for messages."""

    moment: float
    seconds: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """The deadline `seconds` from now."""
        return cls(time.monotonic() + seconds, seconds)

    def at_most(self, seconds: float) -> "Deadline":
        """The earlier of this deadline and the one `seconds` from now."""
        return min(self, Deadline.after(seconds), key=lambda deadline: deadline.moment)

    @property
    def left(self) -> float:
        """The seconds left, at least 0."""
        return max(0.0, self.moment - time.monotonic())

    @property
    def message(self) -> str:
        """The message of a refusal by timeout: `not within 20 s`."""
        return f"not within {self.seconds:g} s"
