"""boto3 parameters of a request, in as many calls as the service's limits ask for."""

from typing import Any

from eksdoctor.snapshot.request import Request

MOST_FILTER_VALUES = 200  # EC2 refuses more
MOST_IDS = {"InstanceTypes": 100}  # DescribeInstanceTypes takes no more; the others take 1,000
MOST_IDS_OTHERWISE = 1000
FILTER = "filter:"


def parameter_sets(request: Request) -> list[dict[str, Any]]:
    """The parameters of each call; almost always one. The longest list is what gets split."""
    lists = {name: value for name, value in request.arguments if isinstance(value, tuple)}
    longest = max(lists, key=lambda name: len(lists[name]), default="")
    if not longest:
        return [_parameters(request.values)]
    size = MOST_FILTER_VALUES if longest.startswith(FILTER) else MOST_IDS.get(longest, MOST_IDS_OTHERWISE)
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
