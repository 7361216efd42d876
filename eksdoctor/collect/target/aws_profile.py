"""The settings of an AWS profile in ~/.aws/config, read without botocore."""

import configparser
import os
from collections.abc import Mapping
from pathlib import Path


def profile_settings(profile: str, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The settings of a profile, or the default one when empty; `{}` when the file is missing or invalid."""
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
    """The region of AWS_REGION or AWS_DEFAULT_REGION, else of the profile; empty when there is none."""
    variables = os.environ if environment is None else environment
    named = variables.get("AWS_REGION") or variables.get("AWS_DEFAULT_REGION")
    return named or profile_settings(profile, variables).get("region", "")
