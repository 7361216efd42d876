"""Kubernetes lists with special handling: one function each, registered for its action."""

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.kubernetes.api import KubernetesApi
from eksdoctor.collect.kubernetes.pages import list_all, read_pages
from eksdoctor.collect.kubernetes.pod_rows import TABLE
from eksdoctor.collect.kubernetes.read import path_of
from eksdoctor.collect.registry import kubernetes_collector
from eksdoctor.collect.user_data.reductions import only_aws_node, without_user_data
from eksdoctor.snapshot.records.karpenter import LIST_EC2_NODE_CLASSES
from eksdoctor.snapshot.records.kubernetes import LIST_CONTROLLER_REVISIONS, TABULATE_PODS
from eksdoctor.snapshot.request import Answer, Request


@kubernetes_collector(TABULATE_PODS)
def tabulate_pods(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """Status, IP and node of every pod, without names."""
    return read_pages(api, path_of(request), request, deadline, TABLE)


@kubernetes_collector(LIST_CONTROLLER_REVISIONS)
def list_controllerrevisions(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """The revisions of the aws-node DaemonSet, reduced to aws-node's image and environment."""
    return list_all(api, path_of(request), request, deadline, only_aws_node)


@kubernetes_collector(LIST_EC2_NODE_CLASSES)
def list_ec2nodeclasses(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """Karpenter's EC2NodeClasses, with the max-pods setting in place of the user data."""
    return list_all(api, path_of(request), request, deadline, without_user_data)
