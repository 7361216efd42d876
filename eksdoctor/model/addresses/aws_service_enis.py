"""Which AWS service an ENI belongs to, by its InterfaceType, RequesterId and Description."""

from eksdoctor.snapshot.records import aws

CONTROL_PLANE = "Amazon EKS "  # and the cluster's name

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html (InterfaceType)
BY_TYPE = {
    "api_gateway_managed": "API Gateway",
    "aws_codestar_connections_managed": "CodeConnections",
    "evs": "Elastic VMware Service",
    "gateway_load_balancer": "Elastic Load Balancing",
    "gateway_load_balancer_endpoint": "VPC endpoint",
    "global_accelerator_managed": "Global Accelerator",
    "iot_rules_managed": "IoT rules",
    "lambda": "Lambda",
    "load_balancer": "Elastic Load Balancing",
    "nat_gateway": "NAT gateway",
    "natGateway": "NAT gateway",
    "network_load_balancer": "Elastic Load Balancing",
    "quicksight": "QuickSight",
    "transit_gateway": "transit gateway",
    "vpc_endpoint": "VPC endpoint",
}
DATABASES = "RDS, Aurora, DocumentDB or Neptune"  # they share one description
BY_DESCRIPTION = (  # how the description begins
    ("ELB ", "Elastic Load Balancing"),
    ("AWS Lambda VPC ENI", "Lambda"),
    ("Interface for NAT Gateway", "NAT gateway"),
    ("VPC Endpoint Interface", "VPC endpoint"),
    ("Network Interface for Transit Gateway Attachment", "transit gateway"),
    ("RDSNetworkInterface", DATABASES),
    ("Network interface for DBProxy", "RDS Proxy"),
    ("RedshiftNetworkInterface", "Redshift"),
    ("ElastiCache", "ElastiCache"),
    ("EFS mount target", "EFS"),
    ("DMSNetworkInterface", "Database Migration Service"),
    ("AWS created network interface for directory", "Directory Service"),
    ("Route 53 Resolver", "Route 53 Resolver"),
    ("EC2 Instance Connect Endpoint", "EC2 Instance Connect endpoint"),
    ("Attached to Glue", "Glue"),
    ("AWS ElasticMapReduce", "EMR"),
    ("DO NOT DELETE - Amazon MSK", "MSK"),
    ("Amazon MQ", "Amazon MQ"),
    ("arn:aws:ecs:", "ECS tasks"),
    ("[DO NOT DELETE] ENI managed by SageMaker", "SageMaker"),
    ("ES ", "OpenSearch Service"),
)
BY_REQUESTER = {
    "amazon-elb": "Elastic Load Balancing",
    "amazon-rds": DATABASES,
    "amazon-redshift": "Redshift",
    "amazon-elasticache": "ElastiCache",
    "amazon-elasticsearch": "OpenSearch Service",
}
INSTANCES = "EC2 instances outside this cluster"
DETACHED = "ENIs attached to nothing"
OTHERS = "other ENIs"


def control_plane_of(eni: aws.NetworkInterface) -> str:
    """The name of the cluster whose control plane it serves; empty when it serves none.

    An ENI on an instance of the account is none: anybody may describe theirs so.
    """
    if _instance(eni) or not eni.description.startswith(CONTROL_PLANE):
        return ""
    return eni.description.removeprefix(CONTROL_PLANE).strip()


def service_by_type(eni: aws.NetworkInterface) -> str:
    """The service that an InterfaceType of its own gives away; empty for ordinary types."""
    return BY_TYPE.get(eni.interface_type, "")


def service_of(eni: aws.NetworkInterface) -> str:
    """The service or kind of owner in words, whatever the ENI shows."""
    by_type = service_by_type(eni)
    if by_type:
        return by_type
    if _instance(eni):
        return INSTANCES
    for start, name in BY_DESCRIPTION:
        if eni.description.startswith(start):
            return name
    if eni.requester_id in BY_REQUESTER:
        return BY_REQUESTER[eni.requester_id]
    if eni.requester_id.startswith("amazon-"):
        return eni.requester_id
    return DETACHED if eni.status == "available" else OTHERS


def _instance(eni: aws.NetworkInterface) -> str:
    return eni.attachment.instance_id if eni.attachment is not None else ""
