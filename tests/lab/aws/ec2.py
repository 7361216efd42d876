"""EC2 as the lab answers it: each Describe is a declaration of its ids, filters and page sizes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from eksdoctor.snapshot.declaration import Action
from eksdoctor.snapshot.records.aws import (
    DESCRIBE_INSTANCE_TYPES,
    DESCRIBE_NETWORK_INTERFACES,
    DESCRIBE_SECURITY_GROUPS,
    DESCRIBE_SUBNETS,
    DESCRIBE_VPCS,
    GET_SUBNET_CIDR_RESERVATIONS,
)
from eksdoctor.snapshot.records.network import (
    DESCRIBE_ROUTE_TABLES,
    DESCRIBE_SECURITY_GROUP_RULES,
    DESCRIBE_VPC_ENDPOINTS,
)
from tests.lab.aws import launch_templates
from tests.lab.aws.account import Account, Operation, Parameters, Part
from tests.lab.aws.filters import matching
from tests.lab.aws.wire import AwsError
from tests.lab.pages import page

Documents = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Described:
    """One Describe operation."""

    action: Action
    ids: str  # the parameter that names objects
    identity: str  # the member that holds the name
    unknown: str  # the error code for a name that is not there
    words: str
    filters: Mapping[str, str] = field(default_factory=dict)
    largest: int = 1000
    id_with_page: str = "allowed"
    enriched: Callable[[Account, Documents], Documents] = lambda _, documents: documents

    def __call__(self, account: Account, parameters: Parameters, part: Part) -> dict[str, Any]:
        kind = self.action.kind
        documents = self.enriched(account, account.records.of(kind))
        wanted = parameters.get(self.ids)
        size = self._size(parameters)
        if wanted:
            held = {document[self.identity]: document for document in documents}
            if missing := [name for name in wanted if name not in held]:
                raise AwsError(self.unknown, self.words.format(", ".join(missing)))
            documents = tuple(held[name] for name in dict.fromkeys(wanted))
        filters = parameters.get("Filters") or []
        self._require_held(filters, documents)
        found = matching(documents, filters, self.filters)
        shown = page(found, part.offset, size, part.most)
        return {kind.items: shown.entries} | ({"NextToken": shown.token} if shown.token else {})

    def _require_held(self, filters: list[Any], documents: Documents) -> None:
        """A filter on what no record keeps must not look like an empty answer."""
        kind = self.action.kind
        for one in filters:
            member = re.split(r"[.\[]", self.filters.get(one.get("Name", ""), ""))[0]
            declared = kind.whole or not member or member in kind.record.__struct_encode_fields__
            if not declared and documents and not any(member in document for document in documents):
                words = f"The snapshot does not hold {member}, which the filter '{one['Name']}' looks at."
                raise AwsError("UnsupportedOperation", words)

    def _size(self, parameters: Parameters) -> int:
        size = parameters.get("MaxResults")
        if size is None:
            return self.largest
        if not 5 <= size <= self.largest:
            words = f"Value ( {size} ) for parameter maxResults is invalid."
            raise AwsError(
                "InvalidParameterValue", f"{words} Expecting a value between 5 and {self.largest}."
            )
        if parameters.get(self.ids) and self.id_with_page == "forbidden":
            words = f"The parameter {self.ids} cannot be used with the parameter maxResults"
            raise AwsError("InvalidParameterCombination", words)
        return int(size)


def _placed(account: Account, interfaces: Documents) -> Documents:
    """Interfaces with what follows from their subnet and addresses, which records do not repeat."""
    subnets = {subnet["SubnetId"]: subnet for subnet in account.records.of(DESCRIBE_SUBNETS.kind)}
    return tuple(
        _with_place(interface, subnets.get(interface.get("SubnetId"), {})) for interface in interfaces
    )


def _with_place(interface: Any, subnet: Any) -> Any:
    derived = {name: subnet[name] for name in ("VpcId", "AvailabilityZone") if name in subnet}
    for address in interface.get("PrivateIpAddresses", ()):
        if address.get("Primary"):
            derived["PrivateIpAddress"] = address["PrivateIpAddress"]
    return derived | interface


def _reservations(account: Account, parameters: Parameters, part: Part) -> dict[str, Any]:
    subnet = parameters.get("SubnetId", "")
    if not any(held["SubnetId"] == subnet for held in account.records.of(DESCRIBE_SUBNETS.kind)):
        raise AwsError("InvalidSubnetID.NotFound", f"The subnet ID '{subnet}' does not exist")
    held = [
        one for one in account.records.of(GET_SUBNET_CIDR_RESERVATIONS.kind) if one.get("SubnetId") == subnet
    ]
    found = matching(tuple(held), parameters.get("Filters") or [], {"reservationType": "ReservationType"})
    shown = page(found, part.offset, parameters.get("MaxResults"), part.most)
    result = {"SubnetIpv4CidrReservations": shown.entries, "SubnetIpv6CidrReservations": []}
    return result | ({"NextToken": shown.token} if shown.token else {})


_SUBNETS = Described(
    DESCRIBE_SUBNETS, "SubnetIds", "SubnetId", "InvalidSubnetID.NotFound",
    "The subnet ID '{0}' does not exist",
    {
        "availability-zone": "AvailabilityZone", "availability-zone-id": "AvailabilityZoneId",
        "available-ip-address-count": "AvailableIpAddressCount",
        "cidr-block": "CidrBlock", "cidr": "CidrBlock",
        "owner-id": "OwnerId", "state": "State", "subnet-id": "SubnetId", "vpc-id": "VpcId", "tags": "Tags",
    },
)  # fmt: skip
_VPCS = Described(
    DESCRIBE_VPCS, "VpcIds", "VpcId", "InvalidVpcID.NotFound", "The vpc ID '{0}' does not exist",
    {
        "cidr": "CidrBlock", "cidr-block-association.cidr-block": "CidrBlockAssociationSet[].CidrBlock",
        "cidr-block-association.state": "CidrBlockAssociationSet[].CidrBlockState.State",
        "is-default": "IsDefault", "owner-id": "OwnerId", "state": "State", "vpc-id": "VpcId", "tags": "Tags",
    },
)  # fmt: skip
_INSTANCE_TYPES = Described(
    DESCRIBE_INSTANCE_TYPES, "InstanceTypes", "InstanceType", "InvalidInstanceType",
    "The following supplied instance types do not exist: [{0}]",
    {
        "bare-metal": "BareMetal", "hypervisor": "Hypervisor", "instance-type": "InstanceType",
        "network-info.ipv4-addresses-per-interface": "NetworkInfo.Ipv4AddressesPerInterface",
        "network-info.maximum-network-interfaces": "NetworkInfo.MaximumNetworkInterfaces",
        "vcpu-info.default-vcpus": "VCpuInfo.DefaultVCpus",
    },
    largest=100,
)  # fmt: skip
_INTERFACES = Described(
    DESCRIBE_NETWORK_INTERFACES, "NetworkInterfaceIds", "NetworkInterfaceId",
    "InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{0}' does not exist",
    {
        "addresses.primary": "PrivateIpAddresses[].Primary",
        "addresses.private-ip-address": "PrivateIpAddresses[].PrivateIpAddress",
        "attachment.device-index": "Attachment.DeviceIndex", "attachment.status": "Attachment.Status",
        "attachment.instance-id": "Attachment.InstanceId", "availability-zone": "AvailabilityZone",
        "description": "Description", "group-id": "Groups[].GroupId", "interface-type": "InterfaceType",
        "ipv4-prefix": "Ipv4Prefixes[].Ipv4Prefix",
        "network-interface-id": "NetworkInterfaceId", "owner-id": "OwnerId",
        "private-ip-address": "PrivateIpAddresses[].PrivateIpAddress", "requester-id": "RequesterId",
        "requester-managed": "RequesterManaged", "status": "Status", "subnet-id": "SubnetId",
        "vpc-id": "VpcId", "tags": "TagSet",
    },
    id_with_page="forbidden", enriched=_placed,
)  # fmt: skip
_SECURITY_GROUPS = Described(
    DESCRIBE_SECURITY_GROUPS, "GroupIds", "GroupId", "InvalidGroup.NotFound",
    "The security group '{0}' does not exist",
    {
        "description": "Description", "group-id": "GroupId", "group-name": "GroupName",
        "owner-id": "OwnerId", "vpc-id": "VpcId", "tags": "Tags",
    },
)  # fmt: skip
_ROUTE_TABLES = Described(
    DESCRIBE_ROUTE_TABLES, "RouteTableIds", "RouteTableId", "InvalidRouteTableID.NotFound",
    "The routeTable ID '{0}' does not exist",
    {
        "association.main": "Associations[].Main", "association.subnet-id": "Associations[].SubnetId",
        "route-table-id": "RouteTableId", "route.nat-gateway-id": "Routes[].NatGatewayId",
        "route.gateway-id": "Routes[].GatewayId", "vpc-id": "VpcId", "tags": "Tags",
    },
    largest=100,
)  # fmt: skip
_SECURITY_GROUP_RULES = Described(
    DESCRIBE_SECURITY_GROUP_RULES, "SecurityGroupRuleIds", "SecurityGroupRuleId",
    "InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '{0}' does not exist",
    {"group-id": "GroupId", "security-group-rule-id": "SecurityGroupRuleId", "tags": "Tags"},
)  # fmt: skip
_VPC_ENDPOINTS = Described(
    DESCRIBE_VPC_ENDPOINTS, "VpcEndpointIds", "VpcEndpointId", "InvalidVpcEndpointId.NotFound",
    "The Vpc Endpoint Id '{0}' does not exist",
    {
        "service-name": "ServiceName", "vpc-endpoint-id": "VpcEndpointId",
        "vpc-endpoint-state": "State", "vpc-endpoint-type": "VpcEndpointType", "vpc-id": "VpcId",
        "tags": "Tags",
    },
)  # fmt: skip
_DESCRIBED = (
    _SUBNETS, _VPCS, _INSTANCE_TYPES, _INTERFACES, _SECURITY_GROUPS, _ROUTE_TABLES, _SECURITY_GROUP_RULES,
    _VPC_ENDPOINTS,
)  # fmt: skip

OPERATIONS = (
    *(Operation(described.action, described, described.unknown) for described in _DESCRIBED),
    *launch_templates.OPERATIONS,
    Operation(GET_SUBNET_CIDR_RESERVATIONS, _reservations, "InvalidSubnetID.NotFound"),
)
