"""The account's quota of network interfaces, and AWS's default for it."""

from typing import Any

from tests.simulator.account import ACCOUNT, REGION

DEFAULT = 5000.0


def quotas(applied: float | None) -> list[dict[str, Any]]:
    """GetServiceQuota; nothing where no quota was ever applied to the account."""
    return [] if applied is None else [_quota(applied, f"arn:aws:servicequotas:{REGION}:{ACCOUNT}:vpc")]


def defaults() -> list[dict[str, Any]]:
    """GetAWSDefaultServiceQuota."""
    return [_quota(DEFAULT, f"arn:aws:servicequotas:{REGION}::vpc")]


def _quota(value: float, prefix: str) -> dict[str, Any]:
    return {
        "ServiceCode": "vpc",
        "ServiceName": "Amazon Virtual Private Cloud (Amazon VPC)",
        "QuotaArn": f"{prefix}/L-DF5E4CA3",
        "QuotaCode": "L-DF5E4CA3",
        "QuotaName": "Network interfaces per Region",
        "Value": value,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
