"""Where the daemon of a node can be heard: its metrics port, its log on the node, its standard output."""

import re
from functools import cached_property

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.fact import Unknown, fact, known
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.records.kubernetes import LIST_PODS
from eksdoctor.snapshot.request import Request

DAEMON_LABEL = ("k8s-app", "aws-node")
LOG_FILE = "AWS_VPC_K8S_CNI_LOG_FILE"
PLUGIN_LOG_FILE = "AWS_VPC_K8S_PLUGIN_LOG_FILE"
FOLDER = "aws-routed-eni"  # below /var/log of the node
DAEMON_LOG, PLUGIN_LOG = f"{FOLDER}/ipamd.log", f"{FOLDER}/plugin.log"
# The daemon sees the node's /var/log as /host/var/log; the plugin runs on the node itself.
# https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/README.md#aws_vpc_k8s_cni_log_file
_DAEMON_PATH = re.compile(rf"/host/var/log/({FOLDER}/\w[\w.-]{{0,99}})", re.ASCII)
_PLUGIN_PATH = re.compile(rf"/var/log/({FOLDER}/\w[\w.-]{{0,99}})", re.ASCII)
_STREAMS = ("stdout", "stderr")
# What the API server admits as a name; an event may claim to come from anywhere.
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


class Voices(ClusterPart):
    """Which requests would let the daemons of a cluster speak; none where they cannot be heard so."""

    @cached_property
    def _pods(self) -> dict[str, kubernetes.Pod]:
        """The aws-node pod of each node; of two, as in a rollout, the one that runs, then the newer one."""
        label, value = DAEMON_LABEL
        mine = [
            pod
            for pod in self.cluster.snapshot.of(LIST_PODS.kind)
            if pod.metadata.namespace == requests.SYSTEM
            and pod.metadata.labels.get(label) == value
            and _NAME.fullmatch(pod.metadata.name)
            and _NAME.fullmatch(pod.spec.node_name)
        ]
        return {pod.spec.node_name: pod for pod in sorted(mine, key=_standing)}

    @fact
    def serves_metrics(self) -> bool:
        """Whether the daemons answer on their metrics port at all (DISABLE_METRICS)."""
        environment = known(self.cluster.part(CNI).environment)
        return known(self.cluster.part(CNI).is_present) and not environment.flag(
            "DISABLE_METRICS", default=False
        )

    @fact
    def log_path(self) -> str:
        """The daemon's log below /var/log of a node; empty when it writes elsewhere."""
        written = known(self.cluster.part(CNI).environment).text(LOG_FILE)
        return DAEMON_LOG if written is None else _inner(_DAEMON_PATH, written)

    @fact
    def plugin_log_path(self) -> str:
        """The plugin's log below /var/log of a node; empty when it writes elsewhere."""
        written = known(self.cluster.part(CNI).environment).text(PLUGIN_LOG_FILE)
        return PLUGIN_LOG if written is None else _inner(_PLUGIN_PATH, written)

    @fact
    def logs_to_stdout(self) -> bool:
        """Whether the daemon's log goes to its container's output; case does not count."""
        return (known(self.cluster.part(CNI).environment).text(LOG_FILE) or "").lower() in _STREAMS

    def metrics(self, node: str) -> Request | None:
        """The counters of a node's daemon."""
        pod = self._pods.get(node)
        if pod is None or self.serves_metrics is False:
            return None
        return requests.pod_metrics(pod.metadata.name, node)

    def logs(self, node: str) -> tuple[Request, ...]:
        """The daemon's log; its container's output too while that is not ready, which may say why."""
        pod = self._pods.get(node)
        spoken: tuple[Request, ...] = ()
        if pod is not None and (self.logs_to_stdout is True or not _is_ready(pod)):
            seconds = max(1, int(self.cluster.window.total_seconds()))
            spoken = (requests.pod_log(pod.metadata.name, node, seconds),)
        return (*spoken, *self._on_disk(node, self.log_path, DAEMON_LOG))

    def plugin_logs(self, node: str) -> tuple[Request, ...]:
        """The plugin's log: kubelet's events repeat what it says, so it is for when these cannot be read."""
        return self._on_disk(node, self.plugin_log_path, PLUGIN_LOG)

    def _on_disk(self, node: str, path: str | Unknown, shipped: str) -> tuple[Request, ...]:
        """A log on the node; where the settings cannot be read, in its shipped place.

        Fargate, hybrid and Windows nodes have none.
        """
        place = shipped if isinstance(path, Unknown) else path
        if (
            not place
            or not _NAME.fullmatch(node)
            or self.cluster.part(Nodes).node_named(node).is_ec2_linux is False
        ):
            return ()
        return (requests.node_log(node, place),)


def _inner(pattern: re.Pattern[str], written: str) -> str:
    found = pattern.fullmatch(written)
    return found[1] if found is not None else ""


def _standing(pod: kubernetes.Pod) -> tuple[bool, bool, float, str]:
    created = pod.metadata.creation_timestamp
    return (
        pod.status.phase == "Running",
        pod.metadata.deletion_timestamp is None,
        created.timestamp() if created is not None else 0.0,
        pod.metadata.name,
    )


def _is_ready(pod: kubernetes.Pod) -> bool:
    return all(container.ready for container in pod.status.container_statuses if container.name == "aws-node")
