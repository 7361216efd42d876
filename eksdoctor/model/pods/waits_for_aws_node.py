"""What the kubelet says of a pod while aws-node does not answer on its node."""

from eksdoctor.model.entities.event_times import last_seen
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.pod_events import PodEvents
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.pods.trouble import PodTrouble, Trouble

# The runtime has no CNI configuration: aws-node has never come up since the node started.
NO_PLUGIN = ("reason:NetworkPluginNotReady", "cni plugin not initialized")
# Where the plugin calls ipamd: a TCP port, a socket from v1.23 on.
ADDRESSES = ("127.0.0.1:50051", "/aws-node/ipamd.sock")
NOT_THERE = ("connection refused", "no such file or directory")
STUCK = ("Error received from AddNetwork gRPC call", "DeadlineExceeded")
REASONS = ("FailedCreatePodSandBox", "NetworkNotReady")


def says_nobody_answers(message: str) -> bool:
    """Whether a message says that no daemon answered, and not that it had no address.

    amazon-vpc-cni-k8s cmd/routed-eni-cni-plugin/cni.go, and the runtime's own words before that.
    """
    if any(words in message for words in NO_PLUGIN) or all(words in message for words in STUCK):
        return True
    return any(a in message for a in ADDRESSES) and any(words in message for words in NOT_THERE)


def waits_for_daemon(pod: Pod) -> bool | Unknown:
    """Whether a pod has no address now, and the last that was said of its sandbox is that nobody answers."""
    trouble = pod.part(PodTrouble).trouble
    if isinstance(trouble, Unknown):
        return trouble
    if trouble != Trouble.STARVED:
        return False
    told = [event for event in pod.events if event.reason in REASONS]
    if not told:
        missing = pod.cluster.part(PodEvents).pod_requests[1]
        return False if missing is None else missing
    latest = max(told, key=lambda event: (last_seen(event) or pod.cluster.at, event.message))
    return says_nobody_answers(latest.message)
