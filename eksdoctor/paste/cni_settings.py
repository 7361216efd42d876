"""VPC CNI settings in a pasted text, in any form: describe, YAML, shell, HCL, JSON."""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

INCOMPLETE_ENV = {"pasted": "in part"}
"""An `envFrom` that stands for the variables that were not pasted."""
_NAME = (
    r"(?:AWS_VPC_(?:K8S_)?(?:CNI|ENI|PLUGIN)_[A-Z0-9_]{1,40}|AWS_VPC_K8S_PLUGIN_[A-Z0-9_]{1,40}"
    r"|(?:ENABLE|DISABLE)_[A-Z0-9a-z_]{2,50}|WARM_(?:ENI|IP|PREFIX)_TARGET|MINIMUM_IP_TARGET|MAX_ENI"
    r"|POD_SECURITY_GROUP_ENFORCING_MODE|NETWORK_POLICY_ENFORCING_MODE|IP_COOLDOWN_PERIOD"
    r"|ENI_CONFIG_(?:LABEL|ANNOTATION)_DEF|MANAGE_UNTAGGED_ENI|ANNOTATE_POD_IP|INTROSPECTION_BIND_ADDRESS)"
)
_PAIR = re.compile(
    rf"""^[ \t$>*│-]{{0,60}}(?:export[ \t]{{1,8}}|env\.)?["']?(?P<name>{_NAME})["']?"""
    r"""[ \t]{0,60}[:=][ \t]{0,60}"""
    r"""(?:"(?P<double>[^"\n]{0,200})"|'(?P<single>[^'\n]{0,200})'|(?P<bare>[^\s,#}"']{0,200}))"""
    r"""[ \t]{0,60}(?:,[ \t]{0,60})?(?:[#/].{0,400})?\r?$""",
    re.MULTILINE,
)
_NAMED = re.compile(
    rf"""["']?name["']?\s{{0,8}}[:=]\s{{0,8}}["']?(?P<name>{_NAME})["']?\s{{0,40}},?\s{{0,80}}"""
    r"""["']?value["']?\s{0,8}[:=][ \t]{0,8}"""
    r"""(?:"(?P<double>[^"\n]{0,200})"|'(?P<single>[^'\n]{0,200})'|(?P<bare>[^\s,}]{0,200}))""",
)
_FLAG = re.compile(rf"""\b(?P<name>{_NAME})=(?P<bare>[^\s"',\\]{{1,200}})""")
_INLINE = re.compile(
    rf"""\\{{0,3}}["'](?P<name>{_NAME})\\{{0,3}}["']\s{{0,4}}:\s{{0,4}}\\{{0,3}}["'](?P<bare>[^"'\\\n]{{0,100}})"""
)
_VALUES = re.compile(r"configuration[_-]?values", re.IGNORECASE)
_ADDON = re.compile(r"aws_eks_addon|\"enableNetworkPolicy\"")
_BRACKET = re.compile(r"[(){}\[\]]")
_MAX_GAP = 40
"""Characters between the key and the bracket that opens its configuration values."""
_MAX_VALUES_CHARACTERS = 64 << 10


def find_variables(text: str) -> dict[str, str]:
    """The variables that the text sets, each with its last value."""
    return dict(_find_pairs(text))


def split_addon_configuration(text: str) -> tuple[str, str]:
    """The text without the add-on's configuration, and that configuration."""
    key = _VALUES.search(text)
    if key is None:
        return ("", text) if _ADDON.search(text) else (text, "")
    end = _end_of_values(text, key.end())
    return text[: key.start()] + "\n" + text[end:], text[key.start() : end]


def _end_of_values(text: str, start: int) -> int:
    """Where the brackets that open after `start` are closed; without any, the end of the text."""
    depth = 0
    for bracket in _BRACKET.finditer(text, start, start + _MAX_VALUES_CHARACTERS):
        if depth == 0 and bracket.start() > start + _MAX_GAP:
            break
        depth += 1 if bracket[0] in "({[" else -1
        if depth <= 0:
            return bracket.end()
    return len(text)


def write_configuration_values(variables: dict[str, str]) -> str:
    """The variables as configurationValues of an add-on."""
    return json.dumps({"env": variables})


def read_configuration_values(values: str) -> dict[str, str]:
    """The variables in configurationValues of an add-on; empty if it is unreadable."""
    try:
        document = yaml.safe_load(values)
    except (yaml.YAMLError, RecursionError):
        return {}
    variables = document.get("env") if isinstance(document, dict) else None
    if not isinstance(variables, dict):
        return {}
    return {str(name): str(value) for name, value in variables.items() if isinstance(value, str | int)}


def aws_node_daemon_set(variables: dict[str, str]) -> dict[str, Any]:
    """The aws-node DaemonSet with these variables, marked with INCOMPLETE_ENV."""
    container = {
        "name": "aws-node",
        "image": "amazon-k8s-cni",
        "env": [{"name": name, "value": value} for name, value in variables.items()],
        "envFrom": [INCOMPLETE_ENV],
    }
    return {
        "metadata": {"namespace": "kube-system", "name": "aws-node"},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }


def _find_pairs(text: str) -> Iterator[tuple[str, str]]:
    for pattern in (_PAIR, _NAMED, _FLAG, _INLINE):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            value = next((v for v in (groups.get("double"), groups.get("single")) if v is not None), None)
            yield match["name"], groups["bare"] or "" if value is None else value
