"""A world: the complete documents of one cluster and account at one moment."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from eksdoctor.snapshot.records.admission import LIST_MUTATING_WEBHOOKS
from eksdoctor.snapshot.records.aws import (
    DESCRIBE_ADDON,
    DESCRIBE_CLUSTER,
    DESCRIBE_INSTANCE_TYPES,
    DESCRIBE_NETWORK_INTERFACES,
    DESCRIBE_NODEGROUP,
    DESCRIBE_SECURITY_GROUPS,
    DESCRIBE_SUBNETS,
    DESCRIBE_VPCS,
    GET_CALLER_IDENTITY,
    GET_SUBNET_CIDR_RESERVATIONS,
    LIST_NODEGROUPS,
)
from eksdoctor.snapshot.records.cloudtrail import LOOKUP_EVENTS
from eksdoctor.snapshot.records.identity import (
    DESCRIBE_POD_IDENTITY_ASSOCIATION,
    GET_ROLE,
    LIST_ATTACHED_ROLE_POLICIES,
    LIST_POD_IDENTITY_ASSOCIATIONS,
    LIST_ROLE_POLICIES,
)
from eksdoctor.snapshot.records.karpenter import LIST_EC2_NODE_CLASSES, LIST_NODE_POOLS
from eksdoctor.snapshot.records.kubernetes import (
    GET_CONFIG_MAP,
    GET_SERVICE_ACCOUNT,
    LIST_CNI_NODES,
    LIST_CONTROLLER_REVISIONS,
    LIST_DAEMON_SETS,
    LIST_ENI_CONFIGS,
    LIST_EVENTS,
    LIST_NODES,
    LIST_PODS,
    LIST_SECURITY_GROUP_POLICIES,
    LIST_SERVICE_ACCOUNTS,
)
from eksdoctor.snapshot.records.launch_template import DESCRIBE_LAUNCH_TEMPLATE_VERSIONS
from eksdoctor.snapshot.records.network import (
    DESCRIBE_ROUTE_TABLES,
    DESCRIBE_SECURITY_GROUP_RULES,
    DESCRIBE_VPC_ENDPOINTS,
)
from eksdoctor.snapshot.records.node_text import NODE_TEXTS
from eksdoctor.snapshot.records.quotas import GET_DEFAULT_SERVICE_QUOTA, GET_SERVICE_QUOTA
from eksdoctor.snapshot.snapshot import Target
from tests.simulator.account import ACCOUNT, REGION
from tests.simulator.documents import (
    admission,
    cloudtrail,
    ec2,
    eks,
    events,
    identity,
    karpenter,
    kube_system,
    launch_templates,
    nodes,
    paths,
    pods,
    quotas,
    revisions,
    words,
)
from tests.simulator.network import Subnet
from tests.simulator.simulation import AT, Simulation

CUSTOM_RESOURCES = {LIST_NODE_POOLS.kind.file, LIST_EC2_NODE_CLASSES.kind.file}
"""Kinds that a world may lack because their custom resource is not installed."""


@dataclass(frozen=True, slots=True)
class World:
    """All documents by kind (`kinds.….file`); tests may change them before a capture.

    Of a kind that is not here the custom resource is not installed (`CUSTOM_RESOURCES`), or the simulator
    makes no documents: a request for it is not recorded.
    """

    at: datetime
    target: Target
    documents: dict[str, list[Any]]


@dataclass(slots=True)
class Surroundings:
    """What a world holds besides what the simulation knows.

    `identity` is what gives the daemon its role: `node`, `pod identity` or `annotation`; `quota` the
    interfaces that the account may have, None where AWS's default holds.
    """

    cidrs: tuple[str, ...]
    control_plane: list[Subnet]
    eni_configs: list[dict[str, Any]] = field(default_factory=list)
    policies: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, str] = field(default_factory=dict)
    identity: str = "node"
    quota: float | None = quotas.DEFAULT


def assemble(simulation: Simulation, around: Surroundings) -> World:
    """The simulation's end state as documents."""
    vpc = simulation.names.aws("vpc")
    endpoint = f"https://{simulation.names.hex(32).upper()}.gr7.{REGION}.eks.amazonaws.com"
    cluster_group = simulation.names.aws("sg")
    groups = {cluster_group: f"eks-cluster-sg-{simulation.cluster}"} | around.groups
    control_plane = [subnet.id for subnet in around.control_plane]
    nodegroups = eks.nodegroups(simulation)
    daemon_sets = kube_system.daemon_sets(simulation, vpc, endpoint)
    documents: dict[str, list[Any]] = {
        LIST_NODES.kind.file: nodes.nodes(simulation),
        LIST_PODS.kind.file: identity.with_role(pods.pods(simulation), simulation, around.identity),
        LIST_EVENTS.kind.file: events.events(simulation),
        LIST_DAEMON_SETS.kind.file: daemon_sets,
        LIST_CONTROLLER_REVISIONS.kind.file: revisions.revisions(simulation, daemon_sets),
        LIST_MUTATING_WEBHOOKS.kind.file: admission.webhooks(),
        LIST_ENI_CONFIGS.kind.file: around.eni_configs,
        LIST_SECURITY_GROUP_POLICIES.kind.file: around.policies,
        LIST_CNI_NODES.kind.file: nodes.cni_nodes(simulation),
        NODE_TEXTS.file: words.words(simulation),
        GET_CONFIG_MAP.kind.file: kube_system.config_maps(),
        LIST_SERVICE_ACCOUNTS.kind.file: kube_system.service_accounts(simulation),
        GET_CALLER_IDENTITY.kind.file: eks.caller(),
        DESCRIBE_CLUSTER.kind.file: [eks.cluster(simulation, vpc, endpoint, control_plane, cluster_group)],
        DESCRIBE_ADDON.kind.file: [eks.addon(simulation)],
        LIST_NODEGROUPS.kind.file: [group["nodegroupName"] for group in nodegroups],
        DESCRIBE_NODEGROUP.kind.file: nodegroups,
        DESCRIBE_SUBNETS.kind.file: ec2.subnets(simulation, vpc),
        DESCRIBE_VPCS.kind.file: ec2.vpcs(vpc, around.cidrs),
        DESCRIBE_INSTANCE_TYPES.kind.file: ec2.instance_types(
            {m.group.limits.name for m in simulation.machines}
        ),
        GET_SUBNET_CIDR_RESERVATIONS.kind.file: ec2.reservations(simulation),
        DESCRIBE_NETWORK_INTERFACES.kind.file: ec2.interfaces(
            simulation, vpc, cluster_group, list(around.groups)
        ),
        DESCRIBE_SECURITY_GROUPS.kind.file: ec2.security_groups(vpc, groups),
        DESCRIBE_LAUNCH_TEMPLATE_VERSIONS.kind.file: launch_templates.versions(simulation),
        LOOKUP_EVENTS.kind.file: cloudtrail.events(simulation),
        **_identity(simulation, around),
        **_paths(simulation, around, vpc, cluster_group),
    }
    if karpenter.groups(simulation):
        documents[LIST_NODE_POOLS.kind.file] = karpenter.node_pools(simulation)
        documents[LIST_EC2_NODE_CLASSES.kind.file] = karpenter.node_classes(simulation, cluster_group)
    return World(AT, _target(simulation, endpoint), documents)


def _identity(simulation: Simulation, around: Surroundings) -> dict[str, list[Any]]:
    """Who the daemon is, and how much the account may have."""
    by = around.identity
    associations = identity.pod_identities(simulation, by)
    summaries = [{k: v for k, v in one.items() if k != "roleArn"} for one in associations]
    return {
        GET_SERVICE_ACCOUNT.kind.file: [identity.aws_node_account(simulation, by)],
        LIST_POD_IDENTITY_ASSOCIATIONS.kind.file: summaries,
        DESCRIBE_POD_IDENTITY_ASSOCIATION.kind.file: associations,
        GET_ROLE.kind.file: identity.roles(simulation, by),
        LIST_ATTACHED_ROLE_POLICIES.kind.file: identity.attached_policies(simulation, by),
        LIST_ROLE_POLICIES.kind.file: [],
        GET_SERVICE_QUOTA.kind.file: quotas.quotas(around.quota),
        GET_DEFAULT_SERVICE_QUOTA.kind.file: quotas.defaults(),
    }


def _paths(simulation: Simulation, around: Surroundings, vpc: str, own: str) -> dict[str, list[Any]]:
    """Ways out of the VPC, and what its groups let through."""
    tables = paths.route_tables(simulation, vpc, around.cidrs)
    return {
        DESCRIBE_ROUTE_TABLES.kind.file: tables,
        DESCRIBE_SECURITY_GROUP_RULES.kind.file: paths.security_group_rules(
            simulation, own, list(around.groups)
        ),
        DESCRIBE_VPC_ENDPOINTS.kind.file: paths.vpc_endpoints(simulation, vpc, tables),
    }


def _target(simulation: Simulation, endpoint: str) -> Target:
    return Target(
        context=eks.arn(simulation.cluster),
        cluster=simulation.cluster,
        server=endpoint,
        certificate=hashlib.sha256(eks.certificate(simulation).encode()).hexdigest(),
        region=REGION,
        account=ACCOUNT,
    )
