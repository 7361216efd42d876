"""Reductions of documents that hold more than a snapshot may keep, applied as they arrive."""

from typing import Any

import msgspec

from eksdoctor.collect.aws.pages import Call
from eksdoctor.collect.kubernetes.scrub import blank_credentials
from eksdoctor.collect.user_data.max_pods_in_user_data import max_pods_in, max_pods_in_encoded
from eksdoctor.snapshot.records.launch_template import DESCRIBE_LAUNCH_TEMPLATE_VERSIONS

_AWS_NODE = "aws-node"
Document = dict[str, Any]


def only_aws_node(document: Document) -> Document:
    """A revision of the aws-node DaemonSet, reduced to its metadata and aws-node's image and environment."""
    listed = _at(document, "data", "spec", "template", "spec", "containers")
    own = [
        {name: container[name] for name in ("name", "image", "env") if name in container}
        for container in (listed if isinstance(listed, list) else ())
        if isinstance(container, dict) and container.get("name") == _AWS_NODE
    ]
    for container in own:
        blank_credentials(container.get("env"))
    kept: Document = {name: document[name] for name in ("metadata", "revision") if name in document}
    return {**kept, "data": {"spec": {"template": {"spec": {"containers": own}}}}}


def without_user_data(document: Document) -> Document:
    """An EC2NodeClass with the max-pods setting in place of its user data."""
    spec = document.get("spec")
    if isinstance(spec, dict):
        text = spec.pop("userData", None)
        if isinstance(text, str) or "userDataSetting" not in spec:
            spec["userDataSetting"] = msgspec.to_builtins(max_pods_in((text or "").encode()))
    annotations = _at(document, "metadata", "annotations")
    if isinstance(annotations, dict):  # deployment tools keep copies of the whole object there
        for name in [name for name, value in annotations.items() if "userData" in str(value)]:
            del annotations[name]
    return document


def launch_template_pages(call: Call) -> Call:
    """The call, with each launch template version of its pages reduced to the max-pods setting."""
    items = DESCRIBE_LAUNCH_TEMPLATE_VERSIONS.kind.items

    def reduced(**parameters: Any) -> Document:
        page = call(**parameters)
        return {**page, items: [launch_template_version(one) for one in page.get(items, ())]}

    return reduced


def launch_template_version(document: Document) -> Document:
    """One version of a launch template: its id and number, whether it names an AMI, its max-pods setting."""
    data = document.get("LaunchTemplateData") or {}
    setting = msgspec.to_builtins(max_pods_in_encoded(data.get("UserData") or ""))
    kept = {name: document[name] for name in ("LaunchTemplateId", "VersionNumber") if name in document}
    return {**kept, "ImageId": bool(data.get("ImageId")), **setting}


def _at(document: Any, *path: str) -> Any:
    for step in path:
        document = document.get(step) if isinstance(document, dict) else None
    return document
