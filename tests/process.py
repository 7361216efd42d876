"""Programs that tests start: which environment they get, and which signals."""

import contextlib
import os
import signal
import site
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
EKSDOCTOR = (sys.executable, "-m", "eksdoctor")
PATIENCE = 900.0
"""Seconds until a program or a socket counts as hung. It ends a broken run; it is no bound on a slow one."""


def environment(*others: Mapping[str, str], **more: str) -> dict[str, str]:
    """The environment of a child process, in which Python finds the checkout under test.

    The root conftest has removed the user's settings; later mappings win over earlier ones.
    """
    found = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUSERBASE": site.getuserbase()}
    for each in (*others, more):
        found |= each
    return found


def ended(*command: object, check: bool = False, **options: object) -> subprocess.CompletedProcess[str]:
    """A program that has run to its end, in the checkout unless `cwd` says otherwise."""
    given = {"capture_output": True, "text": True, "cwd": ROOT, "env": environment()}
    if {"stdout", "stderr"} & set(options):
        del given["capture_output"]
    arguments = [str(part) for part in command]
    return subprocess.run(arguments, check=check, timeout=PATIENCE, **(given | options))


@contextlib.contextmanager
def started(*command: object, **options: object) -> Iterator[subprocess.Popen[str]]:
    """A running program that can be interrupted; it does not outlive the block."""
    given = {"text": True, "cwd": ROOT, "env": environment()}
    with interrupts_restored():
        process = subprocess.Popen([str(part) for part in command], **(given | options))
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@contextlib.contextmanager
def interrupts_restored() -> Iterator[None]:
    """SIGINT with its usual effect for programs started inside.

    A shell starts background jobs with SIGINT ignored, and a program inherits that; it does not inherit
    a handler, which becomes the default action.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers; it was done there if at all
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
