"""EKS as the lab answers it."""

from hashlib import sha256
from typing import Any

from eksdoctor.snapshot.records.aws import (
    DESCRIBE_ADDON,
    DESCRIBE_CLUSTER,
    DESCRIBE_NODEGROUP,
    LIST_NODEGROUPS,
)
from eksdoctor.snapshot.records.identity import (
    DESCRIBE_POD_IDENTITY_ASSOCIATION,
    LIST_POD_IDENTITY_ASSOCIATIONS,
)
from tests.lab.aws.account import Account, Operation, Parameters, Part
from tests.lab.aws.wire import AwsError
from tests.lab.pages import page


def _cluster(account: Account, parameters: Parameters, _: Part) -> dict[str, Any]:
    name = parameters["name"]
    for document in account.records.of(DESCRIBE_CLUSTER.kind):
        if document["name"] == name:
            return {"cluster": _as_served(account, document)}
    raise _not_found(f"No cluster found for name: {name}.")


def _as_served(account: Account, document: Any) -> Any:
    """The cluster at the lab's own address, unless the snapshot shows another cluster there."""
    recorded, target = document.get("endpoint", ""), account.target
    trust = document.get("certificateAuthority", {}).get("data", "").encode()
    same = (
        recorded.rstrip("/") == target.server.rstrip("/") or sha256(trust).hexdigest() == target.certificate
    )
    if recorded and target.server and not same:
        return document
    authority = {"certificateAuthority": {"data": account.authority}} if account.authority else {}
    return document | {"endpoint": account.endpoint} | authority


def _addon(account: Account, parameters: Parameters, _: Part) -> dict[str, Any]:
    _require_cluster(account, parameters)
    name = parameters["addonName"]
    for document in account.records.of(DESCRIBE_ADDON.kind):
        if document["addonName"] == name:
            return {"addon": document}
    raise _not_found(f"No addon: {name} found in cluster: {parameters['clusterName']}")


def _nodegroups(account: Account, parameters: Parameters, part: Part) -> dict[str, Any]:
    _require_cluster(account, parameters)
    described = [group["nodegroupName"] for group in account.records.of(DESCRIBE_NODEGROUP.kind)]
    names = list(dict.fromkeys([*account.records.of(LIST_NODEGROUPS.kind), *described]))
    shown = page(names, part.offset, parameters.get("maxResults") or 100, part.most)
    return {"nodegroups": shown.entries} | ({"nextToken": shown.token} if shown.token else {})


def _nodegroup(account: Account, parameters: Parameters, _: Part) -> dict[str, Any]:
    _require_cluster(account, parameters)
    name = parameters["nodegroupName"]
    for document in account.records.of(DESCRIBE_NODEGROUP.kind):
        if document["nodegroupName"] == name:
            return {"nodegroup": document}
    raise _not_found(f"No node group found for name: {name}.")


def _pod_identities(account: Account, parameters: Parameters, part: Part) -> dict[str, Any]:
    _require_cluster(account, parameters)
    found = [
        document
        for document in account.records.of(LIST_POD_IDENTITY_ASSOCIATIONS.kind)
        if all(parameters.get(name) in (None, document.get(name)) for name in ("namespace", "serviceAccount"))
    ]
    shown = page(found, part.offset, parameters.get("maxResults") or 100, part.most)
    return {"associations": shown.entries} | ({"nextToken": shown.token} if shown.token else {})


def _pod_identity(account: Account, parameters: Parameters, _: Part) -> dict[str, Any]:
    _require_cluster(account, parameters)
    for document in account.records.of(DESCRIBE_POD_IDENTITY_ASSOCIATION.kind):
        if document["associationId"] == parameters["associationId"]:
            return {"association": document}
    raise _not_found(f"No association found with id: {parameters['associationId']}")


def _require_cluster(account: Account, parameters: Parameters) -> None:
    name = parameters["clusterName"]
    held = {document["name"] for document in account.records.of(DESCRIBE_CLUSTER.kind)} or {
        account.target.cluster,
        name,
    }
    if name not in held:
        raise _not_found(f"No cluster found for name: {name}.")


def _not_found(words: str) -> AwsError:
    return AwsError("ResourceNotFoundException", words, 404)


OPERATIONS = (
    Operation(DESCRIBE_CLUSTER, _cluster),
    Operation(DESCRIBE_ADDON, _addon),
    Operation(LIST_NODEGROUPS, _nodegroups),
    Operation(DESCRIBE_NODEGROUP, _nodegroup),
    Operation(LIST_POD_IDENTITY_ASSOCIATIONS, _pod_identities),
    Operation(DESCRIBE_POD_IDENTITY_ASSOCIATION, _pod_identity),
)
