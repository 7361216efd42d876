"""Cluster and account behind one question: each action is answered by the function named after it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.aws.services import cloudtrail, ec2, eks, iam, service_quotas, sts
from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.kubernetes import aws_node_output, lists
from eksdoctor.collect.kubernetes.api import KubernetesApi
from eksdoctor.collect.refusal import Refused
from eksdoctor.collect.target.eks_names import names_in
from eksdoctor.collect.target.kubeconfig import read_entry
from eksdoctor.collect.target.target import Options
from eksdoctor.snapshot.request import Answer, Request
from eksdoctor.snapshot.snapshot import Target

KUBERNETES: dict[str, Callable[[KubernetesApi, Request, Deadline], Answer]] = {
    "list-nodes": lists.list_nodes,
    "list-pods": lists.list_pods,
    "tabulate-pods": lists.tabulate_pods,
    "list-events": lists.list_events,
    "list-daemonsets": lists.list_daemonsets,
    "list-eniconfigs": lists.list_eniconfigs,
    "list-securitygrouppolicies": lists.list_securitygrouppolicies,
    "list-cninodes": lists.list_cninodes,
    "get-configmap": lists.get_configmap,
    "list-serviceaccounts": lists.list_serviceaccounts,
    "get-serviceaccount": lists.get_serviceaccount,
    "list-controllerrevisions": lists.list_controllerrevisions,
    "list-nodepools": lists.list_nodepools,
    "list-ec2nodeclasses": lists.list_ec2nodeclasses,
    "list-mutatingwebhookconfigurations": lists.list_mutatingwebhookconfigurations,
    "get-pod-metrics": aws_node_output.get_pod_metrics,
    "get-pod-log": aws_node_output.get_pod_log,
    "get-node-log": aws_node_output.get_node_log,
}
AWS: dict[str, Callable[[Account, Request, Deadline], Answer]] = {
    "sts:GetCallerIdentity": sts.get_caller_identity,
    "eks:DescribeCluster": eks.describe_cluster,
    "eks:DescribeAddon": eks.describe_addon,
    "eks:ListNodegroups": eks.list_nodegroups,
    "eks:DescribeNodegroup": eks.describe_nodegroup,
    "ec2:DescribeSubnets": ec2.describe_subnets,
    "ec2:DescribeVpcs": ec2.describe_vpcs,
    "ec2:DescribeInstanceTypes": ec2.describe_instance_types,
    "ec2:GetSubnetCidrReservations": ec2.get_subnet_cidr_reservations,
    "ec2:DescribeNetworkInterfaces": ec2.describe_network_interfaces,
    "ec2:DescribeSecurityGroups": ec2.describe_security_groups,
    "ec2:DescribeLaunchTemplateVersions": ec2.describe_launch_template_versions,
    "ec2:DescribeRouteTables": ec2.describe_route_tables,
    "ec2:DescribeSecurityGroupRules": ec2.describe_security_group_rules,
    "ec2:DescribeVpcEndpoints": ec2.describe_vpc_endpoints,
    "eks:ListPodIdentityAssociations": eks.list_pod_identity_associations,
    "eks:DescribePodIdentityAssociation": eks.describe_pod_identity_association,
    "iam:GetRole": iam.get_role,
    "iam:ListAttachedRolePolicies": iam.list_attached_role_policies,
    "iam:ListRolePolicies": iam.list_role_policies,
    "servicequotas:GetServiceQuota": service_quotas.get_service_quota,
    "servicequotas:GetAWSDefaultServiceQuota": service_quotas.get_aws_default_service_quota,
    "cloudtrail:LookupEvents": cloudtrail.lookup_events,
}


@dataclass(frozen=True, slots=True)
class Connection:
    """A cluster and its account, to be asked from many threads; the first question opens the connection."""

    kubernetes: KubernetesApi
    account: Account

    def answer(self, request: Request, deadline: Deadline) -> Answer:
        """What became of a request; what could not be read is a refusal, never an exception."""
        started = time.monotonic()
        try:
            answer = self._collected(request, deadline)
        except Refused as broken:
            answer = Answer(
                request, broken.documents, broken.refusal, dropped=broken.dropped, pages=broken.pages
            )
        return replace(answer, seconds=time.monotonic() - started)

    def _collected(self, request: Request, deadline: Deadline) -> Answer:
        name = request.action.name
        if name in KUBERNETES:
            return KUBERNETES[name](self.kubernetes, request, deadline)
        return AWS[name](self.account, request, deadline)


def connect(target: Target, options: Options) -> Connection:
    """The connection to a target found from the same options; it opens nothing yet."""
    entry = read_entry(options.kubeconfig, options.context)
    role_arn = options.role_arn or names_in(entry).role_arn
    return Connection(
        KubernetesApi(entry, target.profile),
        Account(target.profile, target.region, role_arn, options.aws_endpoint),
    )
