"""Route tables, security group rules and endpoints of a VPC."""

from msgspec import Struct

from eksdoctor.snapshot.declaration import aws_action


class RouteTableAssociation(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """The subnet of a route table, or (`main`) every subnet without its own."""

    subnet_id: str = ""
    gateway_id: str = ""
    main: bool = False


class Route(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """One destination and its target; `state` is `blackhole` when the target no longer exists.

    `gateway_id` is an internet gateway, a virtual private gateway, a gateway endpoint or `local`.
    """

    destination_cidr_block: str = ""
    destination_prefix_list_id: str = ""
    gateway_id: str = ""
    nat_gateway_id: str = ""
    transit_gateway_id: str = ""
    vpc_peering_connection_id: str = ""
    network_interface_id: str = ""
    instance_id: str = ""
    local_gateway_id: str = ""
    carrier_gateway_id: str = ""
    core_network_arn: str = ""
    state: str = ""


class RouteTable(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A route table."""

    route_table_id: str
    vpc_id: str = ""
    associations: tuple[RouteTableAssociation, ...] = ()
    routes: tuple[Route, ...] = ()


class ReferencedGroup(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """The security group a rule refers to; `user_id` is its account."""

    group_id: str = ""
    user_id: str = ""
    vpc_id: str = ""


class SecurityGroupRule(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """One rule of one direction; protocol and ports of -1 mean all."""

    security_group_rule_id: str
    group_id: str = ""
    is_egress: bool = False
    ip_protocol: str = ""
    from_port: int | None = None
    to_port: int | None = None
    cidr_ipv4: str = ""
    cidr_ipv6: str = ""
    prefix_list_id: str = ""
    referenced_group_info: ReferencedGroup | None = None


class EndpointGroup(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A security group of an endpoint's ENIs."""

    group_id: str = ""


class VpcEndpoint(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A VPC endpoint: type `Interface` has subnets, type `Gateway` has route tables."""

    vpc_endpoint_id: str
    vpc_endpoint_type: str = ""
    vpc_id: str = ""
    service_name: str = ""
    state: str = ""
    private_dns_enabled: bool = False
    subnet_ids: tuple[str, ...] = ()
    route_table_ids: tuple[str, ...] = ()
    groups: tuple[EndpointGroup, ...] = ()


DESCRIBE_ROUTE_TABLES = aws_action(
    "ec2:DescribeRouteTables",
    RouteTable,
    "RouteTables",
    identity=lambda table: table.route_table_id,
    whole=True,
)
DESCRIBE_SECURITY_GROUP_RULES = aws_action(
    "ec2:DescribeSecurityGroupRules",
    SecurityGroupRule,
    "SecurityGroupRules",
    identity=lambda rule: rule.security_group_rule_id,
    whole=True,
    MaxResults=1000,
)
DESCRIBE_VPC_ENDPOINTS = aws_action(
    "ec2:DescribeVpcEndpoints",
    VpcEndpoint,
    "VpcEndpoints",
    identity=lambda endpoint: endpoint.vpc_endpoint_id,
    whole=True,
)
