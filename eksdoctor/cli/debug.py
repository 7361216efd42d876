"""`--debug`, before or after the command name: a fault in eksdoctor ends with its traceback."""

from collections.abc import Mapping
from typing import Any

from typer.core import TyperGroup, TyperOption

HELP = "Show the traceback of an internal error."


class DebugSwitch:
    """Whether `--debug` was given in this process; the parser sets it before a command runs."""

    is_on = False

    @classmethod
    def callback(cls, _context: object, _parameter: object, is_given: bool | None) -> None:
        """Called by the parser for every command that is reached."""
        cls.is_on = cls.is_on or bool(is_given)


def add_debug_option(command: Any) -> None:
    """Give a command, and every command below it, the option `--debug`."""
    command.params.append(
        TyperOption(
            param_decls=["--debug"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            default=False,
            help=HELP,
            callback=DebugSwitch.callback,
            hidden=not isinstance(command, TyperGroup),
        )
    )
    below: Mapping[str, Any] = getattr(command, "commands", {})
    for one in below.values():
        add_debug_option(one)
