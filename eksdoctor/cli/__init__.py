"""The command line. No other package prints or ends the process."""

import sys
import warnings
from collections.abc import Sequence

from eksdoctor.errors import EksDoctorError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _run(given)
    except KeyboardInterrupt:
        print("interrupted before any request was sent", file=sys.stderr)
        sys.exit(130)
    except EksDoctorError as error:
        _print_error(error)
        sys.exit(error.exit_code)
    except Exception as error:
        if _is_debug():
            raise
        _print_internal_error(error)
        sys.exit(1)


def _run(given: Sequence[str]) -> None:
    from eksdoctor.cli.app import command_line

    # urllib3 warns about a missing SOCKS library although no proxy is used.
    warnings.filterwarnings("ignore", message="SOCKS support in urllib3")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without UTF-8 gets question marks, not a crash
            stream.reconfigure(errors="replace")
    command_line()(given, prog_name="eksdoctor")


def _is_debug() -> bool:
    from eksdoctor.cli.debug import DebugSwitch

    return DebugSwitch.is_on


def _print_error(error: EksDoctorError) -> None:
    from eksdoctor.render.sanitize import lines

    print(f"error: {lines(error.message)}", file=sys.stderr)
    if error.advice:
        print(lines(error.advice), file=sys.stderr)


def _print_internal_error(error: Exception) -> None:
    from eksdoctor.render.sanitize import one_line

    print(f"error: internal error: {type(error).__name__}: {one_line(str(error))}", file=sys.stderr)
    print("Run the command again with --debug for the traceback, and please report it.", file=sys.stderr)
