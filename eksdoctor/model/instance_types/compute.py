"""Who runs the machine of a node, by its labels."""

from enum import StrEnum

COMPUTE_TYPE = "eks.amazonaws.com/compute-type"
CORDONED = "node.kubernetes.io/unschedulable"


class Compute(StrEnum):
    """Who runs the machine."""

    EC2 = "ec2"
    AUTO = "auto"
    FARGATE = "fargate"
    HYBRID = "hybrid"
    OTHER = "other"
