"""The real programs that tests run against the lab."""

import os
import shutil
import sys
from pathlib import Path

import pytest


def executable(name: str) -> str:
    """The path of a program; where CI promises it, its absence is a failure, elsewhere a spoken skip."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} is not on the PATH")
    return found
