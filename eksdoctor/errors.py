"""Errors that a user can fix: a message and the next step."""


class EksDoctorError(Exception):
    """An error to report to the user; only the command line catches it.

    `advice` is the next step to try, `exit_code` the exit code of the process.
    """

    exit_code = 1

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class UsageError(EksDoctorError):
    """An option, a rule file or a case file is wrong."""

    exit_code = 2


class SnapshotError(EksDoctorError):
    """A snapshot can't be read or written."""

    exit_code = 2


class StoppedError(EksDoctorError):
    """The user stopped the run before any data was collected."""

    exit_code = 130


class UnreachableError(EksDoctorError):
    """Neither cluster nor account could be reached."""

    exit_code = 5
