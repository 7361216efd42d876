"""Errors a user can do something about: what went wrong, and what to do next."""


class EksDoctorError(Exception):
    """A fault to be told to the user in words; the command line alone catches it.

    `advice` is the next thing to try, `exit_code` what the process ends with.
    """

    exit_code = 1

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class UsageError(EksDoctorError):
    """The call, a rule file or a case file is wrong."""

    exit_code = 2


class SnapshotError(EksDoctorError):
    """A snapshot cannot be read or written."""

    exit_code = 2


class StoppedError(EksDoctorError):
    """The user stopped the run before there was anything to report."""

    exit_code = 130


class UnreachableError(EksDoctorError):
    """Neither cluster nor account gave an answer."""

    exit_code = 5
