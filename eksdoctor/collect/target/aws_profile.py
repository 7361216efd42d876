"""The user's AWS profile as ~/.aws/config has it, read without botocore."""

import configparser
import os
from collections.abc import Mapping
from pathlib import Path


def profile_settings(profile: str, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The settings of a profile (of the default one when empty); none when the file is missing or broken."""
    variables = os.environ if environment is None else environment
    path = Path(variables.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(path.read_text(encoding="utf-8", errors="replace"))
    except (OSError, configparser.Error):
        return {}
    name = profile or variables.get("AWS_PROFILE") or variables.get("AWS_DEFAULT_PROFILE") or "default"
    for section in (f"profile {name}", name) if name != "default" else ("default", "profile default"):
        if parser.has_section(section):
            return dict(parser.items(section))
    return {}


def default_region(profile: str, environment: Mapping[str, str] | None = None) -> str:
    """The region that AWS tools would use: of the environment, then of the profile."""
    variables = os.environ if environment is None else environment
    named = variables.get("AWS_REGION") or variables.get("AWS_DEFAULT_REGION")
    return named or profile_settings(profile, variables).get("region", "")
