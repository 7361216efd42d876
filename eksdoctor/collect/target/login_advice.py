"""The login command after expired or missing credentials."""

import re
import shlex

from eksdoctor.collect.target.aws_profile import profile_settings

_SSO = re.compile(r"\bsso\b|token has expired|token is expired|expired sso|refresh failed", re.IGNORECASE)
_LOGIN = re.compile(r"\baws login\b|login session", re.IGNORECASE)


def login_command(profile: str, message: str) -> str:
    """The login command when the profile's settings or the message show SSO or `aws login`; else empty."""
    suffix = f" --profile {shlex.quote(profile)}" if profile else ""
    settings = profile_settings(profile)
    if "sso_session" in settings or "sso_start_url" in settings or _SSO.search(message):
        return f"aws sso login{suffix}"
    if "login_session" in settings or _LOGIN.search(message):
        return f"aws login{suffix}"
    return ""


def credentials_advice(profile: str, message: str) -> str:
    """The login command of the profile, or the command that verifies its credentials."""
    suffix = f" --profile {shlex.quote(profile)}" if profile else ""
    return (
        login_command(profile, message)
        or f"valid AWS credentials: `aws sts get-caller-identity{suffix}` must work"
    )
