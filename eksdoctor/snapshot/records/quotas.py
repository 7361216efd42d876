"""Service quotas."""

from msgspec import Struct


class Quota(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """A quota of an account and region, or AWS's default for it."""

    service_code: str
    quota_code: str
    quota_name: str = ""
    value: float | None = None
