"""Settings of the CNI in a pasted text, in whatever form: describe, YAML, shell, HCL, JSON."""

import json
import re
from collections.abc import Iterator

_NAME = (
    r"(?:AWS_VPC_(?:K8S_)?(?:CNI|ENI|PLUGIN)_[A-Z0-9_]{1,40}|AWS_VPC_K8S_PLUGIN_[A-Z0-9_]{1,40}"
    r"|(?:ENABLE|DISABLE)_[A-Z0-9a-z_]{2,50}|WARM_(?:ENI|IP|PREFIX)_TARGET|MINIMUM_IP_TARGET|MAX_ENI"
    r"|POD_SECURITY_GROUP_ENFORCING_MODE|NETWORK_POLICY_ENFORCING_MODE|IP_COOLDOWN_PERIOD"
    r"|ENI_CONFIG_(?:LABEL|ANNOTATION)_DEF|MANAGE_UNTAGGED_ENI|ANNOTATE_POD_IP|INTROSPECTION_BIND_ADDRESS)"
)
_PAIR = re.compile(
    rf"""^[\s$>*-]{{0,40}}(?:export\s+|env\.)?["']?(?P<name>{_NAME})["']?[ \t]*[:=][ \t]*"""
    r"""(?:"(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'|(?P<bare>[^\s,#}"']*))[ \t]*,?[ \t]*(?:[#/].*)?$""",
    re.MULTILINE,
)
_NAMED = re.compile(
    rf"""["']?name["']?\s{{0,8}}[:=]\s{{0,8}}["']?(?P<name>{_NAME})["']?\s{{0,40}},?\s{{0,80}}"""
    r"""["']?value["']?\s{0,8}[:=][ \t]{0,8}"""
    r"""(?:"(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'|(?P<bare>[^\s,}]*))""",
)
_FLAG = re.compile(rf"""\b(?P<name>{_NAME})=(?P<bare>[^\s"',\\]+)""")
_ADDON = re.compile(
    r"aws_eks_addon|configuration[_-]?values|configurationValues|\"enableNetworkPolicy\"", re.IGNORECASE
)


def settings(text: str) -> dict[str, str]:
    """The variables that the text sets, the last word of each."""
    return dict(_found(text))


def is_of_addon(text: str) -> bool:
    """Whether the text is the add-on's configuration rather than the DaemonSet's own variables."""
    return _ADDON.search(text) is not None


def configuration(variables: dict[str, str]) -> str:
    """The variables as an add-on's configurationValues."""
    return json.dumps({"env": variables})


def _found(text: str) -> Iterator[tuple[str, str]]:
    for pattern in (_PAIR, _NAMED, _FLAG):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            value = next((v for v in (groups.get("double"), groups.get("single")) if v is not None), None)
            yield match["name"], groups["bare"] or "" if value is None else value
