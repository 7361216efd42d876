"""AWS names in a kubeconfig entry: cluster, region, profile, role and account."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from eksdoctor.collect.target.kubeconfig import Entry

_ARN = re.compile(
    r"arn:aws[a-z-]*:eks:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):cluster/(?P<cluster>[\w-]+)"
)
_EKSCTL = re.compile(r"(?:.*@)?(?P<cluster>[\w-]+)\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.eksctl\.io")
# https://<id>.gr7.eu-west-1.eks.amazonaws.com[.cn], https://<id>.eks-cluster.eu-west-1.api.aws
_SERVER = re.compile(
    r"https://[^/]*\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.(?:eks\.|api\.)[a-z0-9.]+(?::\d+)?/?$"
)
_FLAGS = {
    "--cluster-name": "cluster", "--cluster-id": "cluster", "-i": "cluster", "--region": "region",
    "--role-arn": "role_arn", "--role": "role_arn", "-r": "role_arn", "--profile": "profile",
}  # fmt: skip
_VARIABLES = {
    "AWS_PROFILE": "profile", "AWS_DEFAULT_PROFILE": "profile",
    "AWS_REGION": "region", "AWS_DEFAULT_REGION": "region",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """The AWS names of a cluster; empty is not known."""

    cluster: str = ""
    region: str = ""
    profile: str = ""
    role_arn: str = ""
    account: str = ""


def names_in(entry: Entry) -> Names:
    """The AWS names of a kubeconfig entry.

    The region comes from the server's host name, then from the credential plugin's flags, an ARN or an
    eksctl name. The cluster's name comes from the plugin's flag first: its token is for that cluster.
    """
    flags = _plugin_names(entry.user.get("exec"))
    arn = _matched(_ARN, (entry.cluster_name, entry.context, entry.user_name))
    eksctl = _matched(_EKSCTL, (entry.cluster_name, entry.context, entry.user_name))
    server = _matched(_SERVER, (entry.cluster["server"],))
    return Names(
        cluster=_first(flags.get("cluster"), arn.get("cluster"), eksctl.get("cluster")),
        region=_first(server.get("region"), flags.get("region"), arn.get("region"), eksctl.get("region")),
        profile=flags.get("profile", ""),
        role_arn=flags.get("role_arn", ""),
        account=arn.get("account", ""),
    )


def _plugin_names(plugin: Any) -> dict[str, str]:
    """The names in the exec entry's arguments, then in its environment."""
    if not isinstance(plugin, dict):
        return {}
    found: dict[str, str] = {}
    arguments = plugin.get("args")
    texts = [str(text) for text in arguments] if isinstance(arguments, list) else []
    for index, text in enumerate(texts):
        flag, equals, value = text.partition("=")
        if flag in _FLAGS and (equals or index + 1 < len(texts)):
            found.setdefault(_FLAGS[flag], value if equals else texts[index + 1])
    variables = plugin.get("env")
    for variable in variables if isinstance(variables, list) else []:
        setting = variable if isinstance(variable, dict) else {}
        key, content = _VARIABLES.get(str(setting.get("name"))), setting.get("value")
        if key and isinstance(content, str):
            found.setdefault(key, content)
    return found


def _matched(pattern: re.Pattern[str], texts: Iterable[str]) -> dict[str, str]:
    for text in texts:
        match = pattern.fullmatch(text)
        if match:
            return match.groupdict()
    return {}


def _first(*candidates: str | None) -> str:
    return next((candidate for candidate in candidates if candidate), "")
