"""Launch templates as the lab answers them: records keep the max-pods setting, the API gives user data."""

import base64
from typing import Any

from eksdoctor.snapshot.records.launch_template import DESCRIBE_LAUNCH_TEMPLATE_VERSIONS
from tests.lab.aws.account import Account, Operation, Parameters, Part
from tests.lab.aws.wire import AwsError
from tests.lab.pages import page

NOT_FOUND = "InvalidLaunchTemplateId.NotFound"
VERSION_NOT_FOUND = "InvalidLaunchTemplateId.VersionNotFound"
HEAD = "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n"


def _versions(account: Account, parameters: Parameters, part: Part) -> dict[str, Any]:
    template, numbers = parameters.get("LaunchTemplateId", ""), parameters.get("Versions") or []
    held = [
        document
        for document in account.records.of(DESCRIBE_LAUNCH_TEMPLATE_VERSIONS.kind)
        if document["LaunchTemplateId"] == template
    ]
    if not held:
        words = f"The specified launch template, with template ID {template}, does not exist."
        raise AwsError(NOT_FOUND, words)
    known = {str(document["VersionNumber"]) for document in held}
    if gone := [number for number in numbers if number not in known]:
        words = f"Could not find launch template version {gone[0]} for the template with ID {template}."
        raise AwsError(VERSION_NOT_FOUND, words)
    found = [_as_served(one) for one in held if not numbers or str(one["VersionNumber"]) in numbers]
    shown = page(found, part.offset, parameters.get("MaxResults") or 200, part.most)
    return {"LaunchTemplateVersions": shown.entries} | ({"NextToken": shown.token} if shown.token else {})


def _as_served(document: Any) -> Any:
    data = {"ImageId": "ami-0123456789abcdef0"} if document.get("ImageId") else {}
    text = _user_data(document)
    if text:
        data["UserData"] = base64.b64encode(text.encode()).decode()
    named = {name: document[name] for name in ("LaunchTemplateId", "VersionNumber")}
    return named | {"DefaultVersion": False, "LaunchTemplateData": data}


def _user_data(document: Any) -> str:
    """User data that holds this setting and no other."""
    number, expression = document.get("MaxPods"), document.get("MaxPodsExpression")
    flag = document.get("UseMaxPods")
    if document.get("UserData") == "unclear":
        return "#!/bin/sh\n/etc/eks/bootstrap.sh example --kubelet-extra-args --max-pods=$MAX_PODS\n"
    if document.get("UserData") != "read":
        return ""
    if flag is not None:
        extra = f" --kubelet-extra-args '--max-pods={number}'" if number is not None else ""
        return f"#!/bin/sh\n/etc/eks/bootstrap.sh example --use-max-pods {str(flag).lower()}{extra}\n"
    lines = [f"    maxPodsExpression: {expression!r}\n"] if expression else []
    lines += [f"    config:\n      maxPods: {number}\n"] if number is not None else []
    return HEAD + ("".join(lines) or "    config: {}\n")


OPERATIONS = (Operation(DESCRIBE_LAUNCH_TEMPLATE_VERSIONS, _versions, NOT_FOUND),)
