"""What of a user's environment changes what eksdoctor, kubectl and aws do, and so must not reach a test."""

import re
from collections.abc import Iterable

FOREIGN = re.compile(
    r"AWS_.*|BOTO_.*|KUBE.*|EKSDOCTOR_.*|PYTHON.*|XDG_.*|(HTTPS?|ALL|FTP|NO)_PROXY"
    r"|(SSL|CURL|REQUESTS)_(CA|CERT)_.*|NO_COLOR|FORCE_COLOR|CLICOLOR.*|COLUMNS|LINES|TZ|LC_.*|LANGUAGE",
    re.IGNORECASE,
)
USUAL = (
    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CA_BUNDLE", "AWS_DEFAULT_OUTPUT", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy",
)  # fmt: skip
"""Names that a shell must unset before it talks to the lab: the lab's own variables replace the others."""


def foreign(names: Iterable[str]) -> list[str]:
    """The names of variables that must not reach a test."""
    return [name for name in names if FOREIGN.fullmatch(name)]
