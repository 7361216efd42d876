"""The paths in a bundle, as AWS's two log collectors write them.

eks-log-collector.sh: https://github.com/awslabs/amazon-eks-ami/blob/main/log-collector-script/linux/eks-log-collector.sh
(`get_common_logs`, `get_k8s_info`, `get_ipamd_info`, `get_instance_id`, `pack`); its version for
Bottlerocket packs only `tmp/ekslogs/`. The node monitoring agent's NodeDiagnostic:
https://github.com/aws/eks-node-monitoring-agent/tree/main/pkg/log_collector/collect (`commonlogs.go`,
`ipamd.go`, `kubernetes.go`, `instance.go`). Rotated logs are named by lumberjack, by seelog before
VPC CNI 1.7, and by the kubelet for containers.
"""

import re
from dataclasses import dataclass

# Values of evidence.observed.source.SourceKind, which this layer cannot import.
IPAMD, PLUGIN, KUBELET, STDOUT = "ipamd", "plugin", "kubelet", "aws-node stdout"
METRICS, INTROSPECTION = "metrics", "introspection"
KINDS = (IPAMD, PLUGIN, KUBELET, STDOUT)

_ROTATION = r"(?:\.log(?P<seelog>\.[0-9-]{8,20})?|-(?P<lumberjack>[0-9T.:-]{10,40})\.log)(?:\.gz)?"
_RESTART = r"(?P<restart>\d{1,6})\.log(?P<rotated>\.\d{8}-\d{6}(?:\.gz)?)?"
_CONTAINER = r"(?:aws-node|aws-vpc-cni-init)"
_STREAMS = tuple(
    (kind, re.compile(rf"(?:.*/)?{path}", re.DOTALL))
    for kind, path in (
        (IPAMD, rf"(?:var_log/aws-routed-eni|tmp/ekslogs)/ipamd{_ROTATION}"),
        (PLUGIN, rf"(?:var_log/aws-routed-eni|tmp/ekslogs)/plugin{_ROTATION}"),
        (KUBELET, r"kubelet/kubelet\.log"),
        (
            STDOUT,
            rf"var_log/kube-system_aws-node-[^/]+/{_CONTAINER}/{_RESTART}",
        ),
    )
)
_TWIN = re.compile(
    rf"(?:.*/)?var_log/aws-node-[^/]+_kube-system_{_CONTAINER}-[0-9a-f]{{12,64}}\.log", re.DOTALL
)
_TEXTS = re.compile(
    r"(?:.*/)?ipamd/(enis|networkutils-env-settings|ipamd-env-settings|eni-configs|ipam|metrics)\.json",
    re.DOTALL,
)
_NAMING = re.compile(
    r"(?:.*/)?(?:system/instance-id\.txt|system/ps\.txt|kubelet/kubelet_service\.txt)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Log:
    """A log of a bundle; sorting logs of one kind by `order` puts the oldest first.

    `is_twin` marks the copy of a container's log from its link in /var/log/containers. The collector copies
    the same log from /var/log/pods too.
    """

    kind: str
    order: tuple[str, int, int, str]
    is_twin: bool = False


def log(name: str) -> Log | None:
    """The log at a path; None when the path is not a log."""
    for kind, pattern in _STREAMS:
        found = pattern.fullmatch(name)
        if found is not None:
            groups = found.groupdict()
            rotated = any(groups.get(group) for group in ("seelog", "lumberjack", "rotated"))
            folder = name.rpartition("/")[0]
            return Log(kind, (folder, int(groups.get("restart") or 0), 0 if rotated else 1, name))
    return Log(STDOUT, (name, 0, 1, name), is_twin=True) if _TWIN.fullmatch(name) else None


def text_kind(name: str) -> str:
    """The kind of text in a small file of ipamd; empty for other files."""
    found = _TEXTS.fullmatch(name)
    if found is None:
        return ""
    return METRICS if found[1] == "metrics" else INTROSPECTION


def names_node(name: str) -> bool:
    """Whether a file names the bundle's node."""
    return _NAMING.fullmatch(name) is not None
