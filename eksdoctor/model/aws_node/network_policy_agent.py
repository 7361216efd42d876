"""The network-policy agent: whether the plugin needs it, and whether it runs on a node."""

from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.aws_node.crash_loop import loop_of
from eksdoctor.model.aws_node.health import DaemonPod
from eksdoctor.model.aws_node_settings.image_tag import release_of
from eksdoctor.model.entities.event_times import last_seen
from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.pod_events import PodEvents
from eksdoctor.model.entities.vpc_cni import CNI, CNIPart
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known
from eksdoctor.model.facts.version import Version
from eksdoctor.model.observations.node_observations import NodeHearing
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.pods.trouble import PodTrouble, Trouble
from eksdoctor.snapshot.records import kubernetes

AGENT = "aws-eks-nodeagent"
MODE = "NETWORK_POLICY_ENFORCING_MODE"
DOWN = EvidenceClass.POLICY_AGENT_DOWN
STARTING = ("", "ContainerCreating", "PodInitializing", "CrashLoopBackOff")  # normal, or a loop
# amazon-vpc-cni-k8s cmd/routed-eni-cni-plugin/cni.go at each of these releases
FIRST_CALL = Version(1, 17, 1)  # in strict mode alone
FIRST_HARMLESS = Version(1, 19, 3)  # a failed dial is ignored
FIRST_ALWAYS = Version(1, 19, 4)  # whenever the variable is there, whatever its value

# "… in strict mode" and "… backend server" are forms of v1.17.1 to v1.19.2.
WORDS = (
    "add cmd: failed to setup network policy",
    "add cmd: failed to connect to network policy agent",
)


class PolicyAgent(CNIPart, name="policy_agent"):
    """The agent as the DaemonSet has it."""

    @fact
    def container(self) -> kubernetes.TemplateContainer | None:
        """Its container in the DaemonSet's template; None when there is none."""
        daemon_set = known(self.cni.daemon_set)
        if daemon_set is None:
            raise NotKnown.because("there is no aws-node DaemonSet")
        found = daemon_set.spec.template.spec.containers
        return next((one for one in found if one.name == AGENT), None)

    @fact
    def is_shipped(self) -> bool:
        """Whether the DaemonSet has it."""
        return known(self.container) is not None

    @fact
    def version(self) -> Version:
        """Its release, from the image's tag."""
        container = known(self.container)
        image = container.image if container is not None else ""
        version = release_of(image)
        if version is None:
            raise NotKnown.because(f"the agent's image {image or '(none)'} has no version in its tag")
        return version

    @fact
    def mode(self) -> str:
        """NETWORK_POLICY_ENFORCING_MODE as it is set; empty when it is unset."""
        return known(self.cni.environment).text(MODE) or ""

    @fact
    def is_needed(self) -> bool:
        """Whether a pod fails when the agent does not answer; never while the mode is unset."""
        mode = known(self.cni.environment).text(MODE)
        if mode is None:
            return False
        version = known(self.cni.version)
        if version >= FIRST_ALWAYS:
            return True
        return FIRST_CALL <= version < FIRST_HARMLESS and mode.lower() == "strict"


class NodeAgent(NodePart, name="policy_agent"):
    """The agent on one node."""

    @fact
    def is_crashing(self) -> bool:
        """Whether it ends again and again."""
        return any(loop_of(one, self.node.cluster.at) is not None for one in self._statuses())

    @fact
    def waits_for(self) -> str:
        """What keeps it from starting, in the kubelet's word (ImagePullBackOff, …); else empty."""
        waiting = [one.state.waiting for one in self._statuses() if one.state is not None]
        return next((one.reason for one in waiting if one is not None and one.reason not in STARTING), "")

    @fact
    def is_down(self) -> bool:
        """Whether the plugin finds nobody there.

        The template decides whether there is one: a pod of an older template has an older plugin too.
        """
        if not known(self._of_cluster.is_shipped):
            return True
        return known(self.is_crashing) or known(self.waits_for) != ""

    @property
    def state(self) -> str:
        """How it is, in words."""
        if self._of_cluster.is_shipped is False:
            return f"the container {AGENT} is missing"
        if self.is_crashing is True:
            return f"{AGENT} is in a crash loop"
        waits_for = self.waits_for
        if isinstance(waits_for, Unknown) or not waits_for:
            return f"{AGENT} does not respond"
        return f"{AGENT} does not start ({waits_for})"

    @fact
    def failures(self) -> int:
        """How often a pod of the node failed for it in the window, or the node's monitor said it was down.

        The kubelet repeats the plugin's words in events, so 0 counts where events may be read.
        """
        found = sum(one.count for one in self.node.part(NodeHearing).said(DOWN))
        if not found:
            self.node.cluster.part(PodEvents).require_events()
        return found

    @fact
    def pods(self) -> Items[Pod]:
        """Waiting pods of the node whose own events say that the plugin did not get through to it."""
        here = known(self.node.cluster.part(AffectedPods).pods_in_trouble).where(
            lambda pod: pod.node_name == self.node.name
        )
        return here.where(_failed_for_agent)

    def _statuses(self) -> tuple[kubernetes.ContainerStatus, ...]:
        return tuple(one for one in known(self.node.part(DaemonPod).statuses) if one.name == AGENT)

    @property
    def _of_cluster(self) -> PolicyAgent:
        return self.node.cluster.part(CNI).part(PolicyAgent)


def _failed_for_agent(pod: Pod) -> bool | Unknown:
    trouble = pod.part(PodTrouble).trouble
    if isinstance(trouble, Unknown):
        return trouble
    if trouble not in (Trouble.STARVED, Trouble.RECOVERED):
        return False
    told = pod.sandbox_events
    if not told:
        missing = pod.cluster.part(PodEvents).pod_requests[1]
        return False if missing is None else missing
    latest = max(told, key=lambda event: (last_seen(event) or pod.cluster.at, event.message))
    return any(words in latest.message for words in WORDS)
