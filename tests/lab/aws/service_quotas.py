"""Service Quotas as the lab answers it."""

from functools import partial
from typing import Any

from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.records.quotas import GET_DEFAULT_SERVICE_QUOTA, GET_SERVICE_QUOTA
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
    Operation(GET_SERVICE_QUOTA, partial(_quota, GET_SERVICE_QUOTA.kind), ABSENT),
    Operation(GET_DEFAULT_SERVICE_QUOTA, partial(_quota, GET_DEFAULT_SERVICE_QUOTA.kind), ABSENT),
)
