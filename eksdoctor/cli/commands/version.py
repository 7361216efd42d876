"""`eksdoctor version`."""

import typer

from eksdoctor import __version__


def version() -> None:
    """Print the version."""
    typer.echo(f"eksdoctor {__version__}")


def print_version(is_asked: bool) -> None:
    """`eksdoctor --version`."""
    if is_asked:
        version()
        raise typer.Exit
