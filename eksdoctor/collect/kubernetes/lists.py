"""The Kubernetes collectors: one function per action, named after it."""

from urllib.parse import quote

import msgspec

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.kubernetes.api import KubernetesApi
from eksdoctor.collect.kubernetes.errors import known_absent, refused_by_status
from eksdoctor.collect.kubernetes.pages import decode_document, list_all, read_pages
from eksdoctor.collect.kubernetes.pod_rows import TABLE
from eksdoctor.collect.refusal import refused
from eksdoctor.collect.user_data.launch_template import only_aws_node, without_user_data
from eksdoctor.snapshot.request import Answer, Request

CORE = "/api/v1"
APPS = "/apis/apps/v1"
ENI_CONFIG_GROUP = "/apis/crd.k8s.amazonaws.com/v1alpha1"
VPC_RESOURCES = "/apis/vpcresources.k8s.aws"
KARPENTER = "/apis/karpenter.sh/v1"
KARPENTER_AWS = "/apis/karpenter.k8s.aws/v1"
ADMISSION = "/apis/admissionregistration.k8s.io/v1"


def list_nodes(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """Every node."""
    return list_all(api, f"{CORE}/nodes", request, deadline)


def list_pods(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """The pods a selector chooses."""
    return list_all(api, f"{CORE}{_namespaced(request)}/pods", request, deadline)


def tabulate_pods(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """Status, address and node of every pod, without names."""
    path = f"{CORE}{_namespaced(request)}/pods"
    return read_pages(api, path, request, deadline, TABLE)


def list_events(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """The events that the API server still remembers."""
    return list_all(api, f"{CORE}{_namespaced(request)}/events", request, deadline)


def list_daemonsets(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """DaemonSets; the environment of aws-node alone is kept."""
    return list_all(api, f"{APPS}{_namespaced(request)}/daemonsets", request, deadline)


def list_eniconfigs(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """ENIConfigs, if their CRD is installed."""
    return list_all(api, f"{ENI_CONFIG_GROUP}/eniconfigs", request, deadline)


def list_securitygrouppolicies(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """SecurityGroupPolicies, if their CRD is installed."""
    path = f"{VPC_RESOURCES}/v1beta1{_namespaced(request)}/securitygrouppolicies"
    return list_all(api, path, request, deadline)


def list_cninodes(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """CNINodes, if their CRD is installed."""
    return list_all(api, f"{VPC_RESOURCES}/v1alpha1/cninodes", request, deadline)


def list_serviceaccounts(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """Service accounts: their labels are what a policy selects by."""
    return list_all(api, f"{CORE}{_namespaced(request)}/serviceaccounts", request, deadline)


def list_controllerrevisions(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """What the aws-node DaemonSet has been, revision by revision; of the template its settings alone."""
    path = f"{APPS}{_namespaced(request)}/controllerrevisions"
    return list_all(api, path, request, deadline, only_aws_node)


def list_nodepools(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """Karpenter's NodePools, if their CRD is installed."""
    return list_all(api, f"{KARPENTER}/nodepools", request, deadline)


def list_ec2nodeclasses(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """Karpenter's EC2NodeClasses, if their CRD is installed; of user data the max-pods setting alone."""
    return list_all(api, f"{KARPENTER_AWS}/ec2nodeclasses", request, deadline, without_user_data)


def list_mutatingwebhookconfigurations(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """Webhooks that may change a new pod: their names and what happens when they fail."""
    return list_all(api, f"{ADMISSION}/mutatingwebhookconfigurations", request, deadline)


def get_configmap(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """One ConfigMap."""
    return _get(api, "configmaps", request, deadline)


def get_serviceaccount(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """One service account: its annotations name the daemon's role."""
    return _get(api, "serviceaccounts", request, deadline)


def _get(api: KubernetesApi, plural: str, request: Request, deadline: Deadline) -> Answer:
    """One object of the core API."""
    name = request.values["name"]
    body = api.get(f"{CORE}{_namespaced(request)}/{plural}/{_quoted(name)}", {}, request.action, deadline)
    if known_absent(body.status, body.data):
        return Answer(request, absent=True)
    if body.status != 200:  # noqa: PLR2004  a proxy's 404
        raise refused_by_status(body.status, body.data, request.action, "")
    try:
        return Answer(request, (decode_document(request.action.kind, body.data),))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise refused("undecodable", f"not one of {plural}: {error}; begins {body.data[:60]!r}") from error


def _namespaced(request: Request) -> str:
    namespace = request.values.get("namespace", "")
    return f"/namespaces/{_quoted(namespace)}" if namespace else ""


def _quoted(value: str | tuple[str, ...]) -> str:
    return quote(value if isinstance(value, str) else ",".join(value), safe="")
