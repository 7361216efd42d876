"""Service Quotas as the lab answers it."""

from functools import partial
from typing import Any

from eksdoctor.snapshot import kinds, request
from eksdoctor.snapshot.kinds import Kind
from tests.lab.aws.account import Account, Operation, Parameters, Part
from tests.lab.aws.wire import AwsError

ABSENT = "NoSuchResourceException"


def _quota(kind: Kind[Any], account: Account, parameters: Parameters, _: Part) -> dict[str, Any]:
    wanted = (parameters["ServiceCode"], parameters["QuotaCode"])
    for document in account.records.of(kind):
        if (document["ServiceCode"], document["QuotaCode"]) == wanted:
            return {"Quota": document}
    raise AwsError(ABSENT, "The request failed because the specified quota does not exist.")


OPERATIONS = (
    Operation(request.GET_SERVICE_QUOTA, partial(_quota, kinds.QUOTAS), ABSENT),
    Operation(request.GET_DEFAULT_SERVICE_QUOTA, partial(_quota, kinds.DEFAULT_QUOTAS), ABSENT),
)
