"""The text and commands of a rule file for readers: `<name>` in place of values."""

import re
import shlex

from eksdoctor.engine.language.prose import PLACEHOLDER, readable_source

ALL = "all"
"""The name of the subjects of a finding; readers see `N`."""


def prose_source(text: str) -> str:
    """A text on one line."""
    return " ".join(readable_source(text).split()).replace(f"<{ALL}>", "N")


def command_source(text: str) -> str:
    """A command for a shell, with `<name>` in place of values."""
    paths: list[str] = []

    def keep(match: re.Match[str]) -> str:
        paths.append(readable_source(match[0]))
        return f"PATH{len(paths) - 1}PATH"

    line = shlex.join(shlex.split(PLACEHOLDER.sub(keep, text)))
    return re.sub(r"PATH(\d+)PATH", lambda match: paths[int(match[1])], line)
