"""What to type so that AWS or the API server knows the user again."""

import re
import shlex

from eksdoctor.collect.target.aws_profile import profile_settings

_SSO_WORDS = re.compile(
    r"\bsso\b|token has expired|token is expired|expired sso|refresh failed", re.IGNORECASE
)
_LOGIN_WORDS = re.compile(r"\baws login\b|login session", re.IGNORECASE)


def login_command(profile: str, words: str) -> str:
    """The login of a profile that uses single sign-on by its settings or the error's words; else empty."""
    suffix = f" --profile {shlex.quote(profile)}" if profile else ""
    settings = profile_settings(profile)
    if "sso_session" in settings or "sso_start_url" in settings or _SSO_WORDS.search(words):
        return f"aws sso login{suffix}"
    if "login_session" in settings or _LOGIN_WORDS.search(words):
        return f"aws login{suffix}"
    return ""


def credentials_advice(profile: str, words: str) -> str:
    """The login for the profile, or how to see for oneself whether it works."""
    suffix = f" --profile {shlex.quote(profile)}" if profile else ""
    return (
        login_command(profile, words)
        or f"valid AWS credentials: `aws sts get-caller-identity{suffix}` must work"
    )
