"""AWS answers in the services' shapes, as boto3 and `aws --output json` return them."""

from msgspec import Struct, field

from eksdoctor.snapshot.declaration import aws_action
from eksdoctor.snapshot.records.timestamp import Timestamp


class Tag(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A tag."""

    key: str
    value: str = ""


class CallerIdentity(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """The identity of the caller."""

    account: str = ""
    arn: str = ""


class CertificateAuthority(Struct, omit_defaults=True, frozen=True):
    """The cluster's certificate, base64."""

    data: str = ""


class VpcConfig(Struct, rename="camel", omit_defaults=True, frozen=True):
    """The VPC, subnets and security group of the control plane."""

    vpc_id: str = ""
    subnet_ids: tuple[str, ...] = ()
    cluster_security_group_id: str = ""


class NetworkConfig(Struct, rename="camel", omit_defaults=True, frozen=True):
    """`ip_family` is `ipv4` or `ipv6`."""

    ip_family: str = "ipv4"


class Cluster(Struct, rename="camel", omit_defaults=True, frozen=True):
    """An EKS cluster."""

    name: str
    arn: str = ""
    version: str = ""
    endpoint: str = ""
    status: str = ""
    role_arn: str = ""
    certificate_authority: CertificateAuthority = field(default_factory=CertificateAuthority)
    resources_vpc_config: VpcConfig = field(default_factory=VpcConfig)
    kubernetes_network_config: NetworkConfig = field(default_factory=NetworkConfig)


class AddonIssue(Struct, omit_defaults=True, frozen=True):
    """A health issue of an add-on or node group."""

    code: str = ""
    message: str = ""


class AddonHealth(Struct, omit_defaults=True, frozen=True):
    """An add-on's health."""

    issues: tuple[AddonIssue, ...] = ()


class Addon(Struct, rename="camel", omit_defaults=True, frozen=True):
    """An EKS add-on; `configuration_values` is a JSON or YAML document in a string."""

    addon_name: str
    addon_version: str = ""
    status: str = ""
    configuration_values: str = ""
    health: AddonHealth = field(default_factory=AddonHealth)


class NodegroupHealth(Struct, omit_defaults=True, frozen=True):
    """A node group's health."""

    issues: tuple[AddonIssue, ...] = ()


class LaunchTemplate(Struct, omit_defaults=True, frozen=True):
    """The template a managed node group launches from."""

    id: str = ""
    name: str = ""
    version: str = ""


class Nodegroup(Struct, rename="camel", omit_defaults=True, frozen=True):
    """A managed node group."""

    nodegroup_name: str
    status: str = ""
    ami_type: str = ""
    instance_types: tuple[str, ...] = ()
    subnets: tuple[str, ...] = ()
    node_role: str = ""
    launch_template: LaunchTemplate | None = None
    health: NodegroupHealth = field(default_factory=NodegroupHealth)


class Ipv6Association(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """An IPv6 range of a subnet."""

    ipv6_cidr_block: str = field(default="", name="Ipv6CidrBlock")


class Subnet(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A subnet; `available_ip_address_count` is None in documents without it."""

    subnet_id: str
    vpc_id: str = ""
    cidr_block: str = ""
    availability_zone: str = ""
    availability_zone_id: str = ""
    available_ip_address_count: int | None = None
    owner_id: str = ""
    ipv6_cidr_block_association_set: tuple[Ipv6Association, ...] = field(
        default=(), name="Ipv6CidrBlockAssociationSet"
    )
    tags: tuple[Tag, ...] = ()


class CidrState(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """The state of an association."""

    state: str = ""


class CidrAssociation(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A CIDR of a VPC."""

    cidr_block: str = ""
    cidr_block_state: CidrState = field(default_factory=CidrState)


class Vpc(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A VPC."""

    vpc_id: str
    cidr_block: str = ""
    owner_id: str = ""
    cidr_block_association_set: tuple[CidrAssociation, ...] = ()


class NetworkCard(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """One network card of a type."""

    network_card_index: int = 0
    maximum_network_interfaces: int = 0


class NetworkInfo(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """`maximum_network_interfaces` is the sum over all cards, which the CNI does not use."""

    maximum_network_interfaces: int = 0
    default_network_card_index: int = 0
    network_cards: tuple[NetworkCard, ...] = ()
    ipv4_addresses_per_interface: int = 0


class VCpuInfo(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """vCPUs of a type."""

    default_v_cpus: int = field(default=0, name="DefaultVCpus")


class InstanceType(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """An instance type; `hypervisor` is absent on bare metal."""

    instance_type: str
    hypervisor: str | None = None
    bare_metal: bool = False
    v_cpu_info: VCpuInfo = field(default_factory=VCpuInfo, name="VCpuInfo")
    network_info: NetworkInfo = field(default_factory=NetworkInfo)


class CidrReservation(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A reserved range; `reservation_type` is `prefix` or `explicit`."""

    subnet_cidr_reservation_id: str
    subnet_id: str = ""
    cidr: str = ""
    reservation_type: str = ""


class PrivateIpAddress(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A private IP of an ENI."""

    private_ip_address: str
    primary: bool = False


class Ipv4Prefix(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A /28 prefix of an ENI."""

    ipv4_prefix: str = field(name="Ipv4Prefix")


class Attachment(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """Where an ENI is attached."""

    instance_id: str = ""
    device_index: int = 0
    network_card_index: int = 0
    status: str = ""
    attach_time: Timestamp | None = None


class InterfaceGroup(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A security group of an ENI."""

    group_id: str = ""


class NetworkInterface(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """An ENI; `groups` is None in older snapshots, which did not keep them."""

    network_interface_id: str
    subnet_id: str = ""
    status: str = ""
    interface_type: str = ""
    description: str = ""
    owner_id: str = ""
    requester_id: str = ""
    requester_managed: bool = False
    private_ip_addresses: tuple[PrivateIpAddress, ...] = ()
    ipv4_prefixes: tuple[Ipv4Prefix, ...] = field(default=(), name="Ipv4Prefixes")
    attachment: Attachment | None = None
    groups: tuple[InterfaceGroup, ...] | None = None
    tag_set: tuple[Tag, ...] = ()


class SecurityGroup(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A security group."""

    group_id: str
    group_name: str = ""
    vpc_id: str = ""


GET_CALLER_IDENTITY = aws_action(
    "sts:GetCallerIdentity", CallerIdentity, identity=lambda caller: caller.arn, whole=True, grant="none"
)
DESCRIBE_CLUSTER = aws_action(
    "eks:DescribeCluster", Cluster, "cluster", identity=lambda cluster: cluster.name, whole=True, single=True
)
DESCRIBE_ADDON = aws_action(
    "eks:DescribeAddon", Addon, "addon", identity=lambda addon: addon.addon_name, whole=True, single=True
)
LIST_NODEGROUPS = aws_action(
    "eks:ListNodegroups", str, "nodegroups", identity=lambda name: name, whole=True, maxResults=100
)
DESCRIBE_NODEGROUP = aws_action(
    "eks:DescribeNodegroup",
    Nodegroup,
    "nodegroup",
    identity=lambda group: group.nodegroup_name,
    whole=True,
    single=True,
)
DESCRIBE_SUBNETS = aws_action(
    "ec2:DescribeSubnets", Subnet, "Subnets", identity=lambda subnet: subnet.subnet_id, whole=True
)
DESCRIBE_VPCS = aws_action("ec2:DescribeVpcs", Vpc, "Vpcs", identity=lambda vpc: vpc.vpc_id, whole=True)
DESCRIBE_INSTANCE_TYPES = aws_action(
    "ec2:DescribeInstanceTypes", InstanceType, "InstanceTypes", identity=lambda found: found.instance_type
)
GET_SUBNET_CIDR_RESERVATIONS = aws_action(
    "ec2:GetSubnetCidrReservations",
    CidrReservation,
    "SubnetIpv4CidrReservations",
    identity=lambda reservation: reservation.subnet_cidr_reservation_id,
    whole=True,
)
DESCRIBE_NETWORK_INTERFACES = aws_action(
    "ec2:DescribeNetworkInterfaces",
    NetworkInterface,
    "NetworkInterfaces",
    identity=lambda interface: interface.network_interface_id,
    MaxResults=1000,
)
DESCRIBE_SECURITY_GROUPS = aws_action(
    "ec2:DescribeSecurityGroups", SecurityGroup, "SecurityGroups", identity=lambda group: group.group_id
)
