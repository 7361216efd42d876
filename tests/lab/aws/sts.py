"""STS as the lab answers it."""

from typing import Any

from eksdoctor.snapshot.records.aws import GET_CALLER_IDENTITY
from tests.lab.aws.account import Account, Operation, Parameters, Part
from tests.lab.aws.wire import AwsError


def _caller(account: Account, _: Parameters, __: Part) -> dict[str, Any]:
    for document in account.records.of(GET_CALLER_IDENTITY.kind):
        return {"UserId": "AIDALAB", **document}
    raise AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", 403)


OPERATIONS = (Operation(GET_CALLER_IDENTITY, _caller, "InvalidClientTokenId"),)
