"""What was heard of each class, by place; a class is one of `testimony/signatures.yaml`."""

from collections import defaultdict
from collections.abc import Callable

from eksdoctor.model.fact import Items, fact
from eksdoctor.model.listening import Listening
from eksdoctor.model.said import Said
from eksdoctor.testimony.statements import Statement

CONTROLLER = "vpc-resource-controller"
WINDOWS_PLUGIN = "vpc-bridge"
WEB_IDENTITY = "AssumeRoleWithWebIdentity"
OF_CONTROLLER = ("trunk interface", "branch ENI", "associating branch to trunk")


def said_of(*classes: str, where: Callable[[Statement], bool] | None = None) -> fact[Items[Said]]:
    """A fact: what was said of these classes, by place."""

    def formula(hearing: "Hearing") -> Items[Said]:
        return hearing.about(*classes, where=where)

    formula.__doc__ = f"What was said of: {', '.join(classes)}."
    return fact(formula)


def _is_daemons(said: Statement) -> bool:
    """Whether it is the daemon's matter, and not the controller's, which calls EC2 by the cluster's role.

    What STS refuses is no call of the daemon to EC2: it has no credentials yet.
    """
    if said.action == WEB_IDENTITY or any(source.by == CONTROLLER for source in said.sources):
        return False
    return not any(words in said.evidence for words in OF_CONTROLLER)


def _is_subnet_lookup(said: Statement) -> bool:
    """The lookup itself, denied or throttled."""
    return said.testifies == "subnet-lookup-failed" or said.action == "DescribeSubnets"


def _is_no_mere_check(said: Statement) -> bool:
    """A check that is repeated had no answer; the first of a start may still be waiting for one."""
    return said.testifies != "api-server-check" or said.count > 1


def _is_of_eniconfigs(said: Statement) -> bool:
    """Whether RBAC keeps the daemon from an ENIConfig, or from its node, whose labels name one."""
    if said.testifies != "api-forbidden":
        return True
    is_daemons = said.words.get("user", "").endswith(":aws-node")
    return is_daemons and said.words.get("resource", "") in ("eniconfigs", "nodes")


def _is_no_plugin_of_the_vpc(said: Statement) -> bool:
    """The VPC's own plugin for Windows has another name than the one for Linux."""
    return WINDOWS_PLUGIN not in said.evidence


class Hearing(Listening):
    """What was heard in a cluster, class by class."""

    throttled = said_of("throttled")
    denied = said_of("denied", where=_is_daemons)
    denied_tolerated = said_of("denied-tolerated")
    eni_quota = said_of("eni-quota")
    node_launch_refused = said_of("node-launch-refused")
    control_plane_short = said_of("control-plane-subnet-short")
    attachment_refused = said_of("attachment-refused")
    subnet_lookup_failed = said_of("subnet-lookup-failed", "denied", "throttled", where=_is_subnet_lookup)
    discovery_without_subnet = said_of("discovery-without-subnet")
    subnet_missing = said_of("subnet-missing")
    security_group_missing = said_of("security-group-missing")
    too_many_security_groups = said_of("too-many-security-groups")
    wrong_zone = said_of("wrong-zone")
    eniconfig_missing = said_of("eniconfig-missing")
    eniconfig_unreadable = said_of("eniconfig-unreadable", "api-forbidden", where=_is_of_eniconfigs)
    ipamd_unreachable = said_of("ipamd-unreachable")
    aws_node_not_ready = said_of("aws-node-not-ready")
    aws_node_restarting = said_of("aws-node-restarting")
    initialization_failed = said_of("initialization-failed")
    api_server_unreachable = said_of("api-server-unreachable")
    api_server_silent = said_of("api-server-unreachable", "api-server-check", where=_is_no_mere_check)
    api_forbidden = said_of("api-forbidden")
    sts_unreachable = said_of("sts-unreachable")
    imds_unreachable = said_of("imds-unreachable")
    imds_out_of_sync = said_of("imds-out-of-sync")
    host_network = said_of("host-network-failed", "network-setup-failed", "node-problem")
    plugin_version_mismatch = said_of("plugin-version-mismatch")
    binary_not_found = said_of("binary-not-found")
    config_malformed = said_of("config-malformed")
    cni_not_initialized = said_of("cni-not-initialized")
    env_refused = said_of("env-refused")
    env_ignored = said_of("env-ignored")
    ipv6_config_refused = said_of("ipv6-config-refused")
    limits_unknown = said_of("limits-unknown")
    branch_budget = said_of("branch-budget")
    windows_addresses = said_of("windows-addresses", "windows-budget")
    branch_allocation_failed = said_of("branch-allocation-failed", "branch-entry-exists")
    branch_annotation_failed = said_of("branch-annotation-failed")
    branch_pending = said_of("branch-pending")
    branch_cooling = said_of("branch-cooling")
    branch_policy_gap = said_of("branch-policy-gap")
    trunk_missing = said_of("trunk-missing")
    trunk_unsupported = said_of("trunk-unsupported")
    trunk_ready = said_of("trunk-ready")
    policy_agent_down = said_of("policy-agent-down")
    inconsistent_pool = said_of("inconsistent-pool")
    volume = said_of("volume")
    image = said_of("image")
    container_config = said_of("container-config")
    other_plugin = said_of("other-plugin", "runtime", where=_is_no_plugin_of_the_vpc)

    def about(self, *classes: str, where: Callable[[Statement], bool] | None = None) -> Items[Said]:
        """What was said of these classes, by place and call."""
        places: defaultdict[tuple[str, ...], list[Statement]] = defaultdict(list)
        for one in self.said(*classes):
            if where is not None and not where(one):
                continue
            places[(one.node or one.pod, one.subnet, one.action)].append(one)
        found = tuple(
            Said(self.cluster, " ".join(part for part in key if part) or "somewhere", places[key])
            for key in sorted(places)
        )
        return Items(found, self.silence(*classes))
