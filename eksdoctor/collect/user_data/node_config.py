"""The max-pods setting in nodeadm's NodeConfig.

The YAML nodes are walked and never built into objects: nested aliases could exhaust memory.
"""

import re
from typing import Any

from eksdoctor.snapshot.records.launch_template import MaxPodsSetting

_NUMBER = re.compile(r"[1-9]\d{0,5}")
_FLAG = re.compile(r"--max-pods=[\"']?([1-9]\d{0,5})[\"']?")


def node_config_setting(text: str) -> MaxPodsSetting | None:
    """The setting; None when the text is not YAML or max-pods is not a number.

    A kubelet flag overrides the kubelet's configuration, which overrides the expression.
    """
    import yaml

    number = expression = None
    try:
        for document in yaml.compose_all(text, Loader=yaml.SafeLoader):
            kubelet = _at(document, "spec", "kubelet")
            configured = _scalar(_at(kubelet, "config", "maxPods"))
            flagged = _flagged(_at(kubelet, "flags"))
            if configured and not _NUMBER.fullmatch(configured):
                return None
            number = flagged or configured or number
            expression = _scalar(_at(kubelet, "maxPodsExpression")) or expression
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return MaxPodsSetting(
        user_data="read", max_pods=int(number) if number else None, max_pods_expression=expression
    )


def _flagged(flags: Any) -> str | None:
    texts = [_scalar(flag) or "" for flag in (flags.value if getattr(flags, "id", "") == "sequence" else ())]
    found = [match[1] for text in texts if (match := _FLAG.fullmatch(text))]
    return found[-1] if found else None


def _at(place: Any, *path: str) -> Any:
    """The node at a path of keys; None when a key is missing."""
    for step in path:
        if getattr(place, "id", "") != "mapping":
            return None
        place = next((value for key, value in place.value if key.value == step), None)
    return place


def _scalar(place: Any) -> str | None:
    return str(place.value) if getattr(place, "id", "") == "scalar" else None
