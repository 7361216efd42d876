"""The IAM identity of the CNI: pod identity associations, roles and their policies."""

from typing import Any

from msgspec import Struct

from eksdoctor.snapshot.declaration import aws_action


class PodIdentitySummary(Struct, rename="camel", omit_defaults=True, frozen=True):
    """A pod identity association in a list, which does not name its role."""

    association_id: str
    namespace: str = ""
    service_account: str = ""


class PodIdentity(PodIdentitySummary, rename="camel", omit_defaults=True, frozen=True):
    """A pod identity association."""

    role_arn: str = ""
    target_role_arn: str = ""


class Role(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """An IAM role; `assume_role_policy_document` is its trust policy."""

    role_name: str
    arn: str = ""
    assume_role_policy_document: dict[str, Any] = {}


class AttachedPolicy(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A managed policy of a role; `role_name` is not in the API's answer and added by the collector."""

    policy_name: str
    role_name: str
    policy_arn: str = ""


class InlinePolicy(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """The name of an inline policy of a role."""

    policy_name: str
    role_name: str


LIST_POD_IDENTITY_ASSOCIATIONS = aws_action(
    "eks:ListPodIdentityAssociations",
    PodIdentitySummary,
    "associations",
    identity=lambda association: association.association_id,
    whole=True,
    maxResults=100,
)
DESCRIBE_POD_IDENTITY_ASSOCIATION = aws_action(
    "eks:DescribePodIdentityAssociation",
    PodIdentity,
    "association",
    identity=lambda association: association.association_id,
    whole=True,
    single=True,
)
GET_ROLE = aws_action(
    "iam:GetRole", Role, "Role", identity=lambda role: role.role_name, whole=True, single=True
)
LIST_ATTACHED_ROLE_POLICIES = aws_action(
    "iam:ListAttachedRolePolicies",
    AttachedPolicy,
    "AttachedPolicies",
    identity=lambda policy: f"{policy.role_name} {policy.policy_name}",
)
LIST_ROLE_POLICIES = aws_action(
    "iam:ListRolePolicies",
    InlinePolicy,
    "PolicyNames",
    identity=lambda policy: f"{policy.role_name} {policy.policy_name}",
)
