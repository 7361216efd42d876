"""Service quotas."""

from msgspec import Struct

from eksdoctor.snapshot.declaration import aws_action


class Quota(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A quota of an account and region, or AWS's default for it."""

    service_code: str
    quota_code: str
    quota_name: str = ""
    value: float | None = None


GET_SERVICE_QUOTA = aws_action(
    "servicequotas:GetServiceQuota",
    Quota,
    "Quota",
    identity=lambda quota: f"{quota.service_code} {quota.quota_code}",
    single=True,
)
GET_DEFAULT_SERVICE_QUOTA = aws_action(
    "servicequotas:GetAWSDefaultServiceQuota",
    Quota,
    "Quota",
    identity=lambda quota: f"{quota.service_code} {quota.quota_code}",
    single=True,
)
