"""Release numbers that compare as releases do."""

import re
from dataclasses import dataclass

PATTERN = re.compile(r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?")


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """`major.minor.patch`; build suffixes (`-eksbuild.1`) are the same release."""

    major: int
    minor: int
    patch: int = 0

    @classmethod
    def parse(cls, text: str) -> "Version | None":
        """The version at the start of `text`, None when there is none."""
        match = PATTERN.match(text)
        if match is None:
            return None
        return cls(int(match[1]), int(match[2]), int(match[3] or 0))

    def __str__(self) -> str:
        return f"v{self.major}.{self.minor}.{self.patch}"
