"""What is where in a bundle: the paths that AWS's two collectors write, which are nearly the same.

eks-log-collector.sh: https://github.com/awslabs/amazon-eks-ami/blob/main/log-collector-script/linux/eks-log-collector.sh
(`get_common_logs`, `get_k8s_info`, `get_ipamd_info`, `get_instance_id`, `pack`); its sister for
Bottlerocket packs `tmp/ekslogs/` alone. The node monitoring agent's NodeDiagnostic:
https://github.com/aws/eks-node-monitoring-agent/tree/main/pkg/log_collector/collect (`commonlogs.go`,
`ipamd.go`, `kubernetes.go`, `instance.go`). Rotated logs are named by lumberjack, by seelog before
VPC CNI 1.7, and by the kubelet for containers.
"""

import re
from dataclasses import dataclass

# Words of evidence.observed.source.SourceKind, which stands above this package.
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
_WORDS = re.compile(
    r"(?:.*/)?ipamd/(enis|networkutils-env-settings|ipamd-env-settings|eni-configs|ipam|metrics)\.json",
    re.DOTALL,
)
_NAMING = re.compile(
    r"(?:.*/)?(?:system/instance-id\.txt|system/ps\.txt|kubelet/kubelet_service\.txt)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Log:
    """A log of a bundle; those of one kind are in order by `order`, the oldest first.

    `is_twin` says that the same text stands under another path too, if that one is there: the script
    copies a container's log once from /var/log/pods and once by its link in /var/log/containers.
    """

    kind: str
    order: tuple[str, int, int, str]
    is_twin: bool = False


def log(name: str) -> Log | None:
    """Which log a path holds."""
    for kind, pattern in _STREAMS:
        found = pattern.fullmatch(name)
        if found is not None:
            groups = found.groupdict()
            rotated = any(groups.get(group) for group in ("seelog", "lumberjack", "rotated"))
            folder = name.rpartition("/")[0]
            return Log(kind, (folder, int(groups.get("restart") or 0), 0 if rotated else 1, name))
    return Log(STDOUT, (name, 0, 1, name), is_twin=True) if _TWIN.fullmatch(name) else None


def words(name: str) -> str:
    """The kind of text that a small file of the daemon's holds; empty for other files."""
    found = _WORDS.fullmatch(name)
    if found is None:
        return ""
    return METRICS if found[1] == "metrics" else INTROSPECTION


def names_node(name: str) -> bool:
    """Whether a file tells whose bundle it is."""
    return _NAMING.fullmatch(name) is not None
