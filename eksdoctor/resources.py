"""The folders of rules and page templates, in the installed package or in the checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def rules_folder() -> Path:
    """The folder of the built-in rules."""
    return _folder("rules")


def reports_folder() -> Path:
    """The folder of the pages' templates, stylesheet and schema."""
    return _folder("reports")


def _folder(name: str) -> Path:
    bundled = _PACKAGE / "_bundled" / name
    return bundled if bundled.is_dir() else _PACKAGE.parent / name
