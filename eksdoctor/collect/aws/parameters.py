"""The boto3 parameters of a request, split into several calls where the service limits a list."""

from typing import Any

from eksdoctor.snapshot.request import Request

MAX_FILTER_VALUES = 200  # EC2's limit for one filter
MAX_IDS_BY_PARAMETER = {"InstanceTypes": 100}  # the limit of DescribeInstanceTypes; others allow 1,000
MAX_IDS = 1000
FILTER = "filter:"


def parameter_sets(request: Request) -> list[dict[str, Any]]:
    """The parameters of each call, almost always one; the longest list is split."""
    lists = {name: value for name, value in request.arguments if isinstance(value, tuple)}
    longest = max(lists, key=lambda name: len(lists[name]), default="")
    if not longest:
        return [_parameters(request.values)]
    size = MAX_FILTER_VALUES if longest.startswith(FILTER) else MAX_IDS_BY_PARAMETER.get(longest, MAX_IDS)
    values = lists[longest]
    return [
        _parameters({**request.values, longest: values[start : start + size]})
        for start in range(0, len(values), size)
    ]


def _parameters(values: dict[str, str | tuple[str, ...]]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    filters = []
    for name, value in values.items():
        if name.startswith(FILTER):
            wanted = [value] if isinstance(value, str) else list(value)
            filters.append({"Name": name.removeprefix(FILTER), "Values": wanted})
        else:
            plain[name] = value if isinstance(value, str) else list(value)
    return {**plain, "Filters": filters} if filters else plain
