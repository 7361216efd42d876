"""The moment by which every answer must be in."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock; `seconds` is how far away it was when it was set."""

    moment: float
    seconds: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """The deadline so many seconds from now."""
        return cls(time.monotonic() + seconds, seconds)

    def nearer(self, seconds: float) -> "Deadline":
        """This deadline, or the one so many seconds from now when that comes first."""
        return min(self, Deadline.after(seconds), key=lambda deadline: deadline.moment)

    @property
    def left(self) -> float:
        """The seconds left, never below zero."""
        return max(0.0, self.moment - time.monotonic())

    @property
    def words(self) -> str:
        """What is said of an answer that did not come in time."""
        return f"not within {self.seconds:g} s"
