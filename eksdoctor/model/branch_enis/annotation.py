"""The two marks of a branch ENI: the tag that names its trunk, the annotation that gives it to a pod."""

import msgspec

from eksdoctor.model.entities.pod import Pod
from eksdoctor.snapshot.records import aws

TRUNK_TAG = "vpcresources.k8s.aws/trunk-eni-id"


class Given(msgspec.Struct, rename="camel"):
    """One entry of the annotation: only the ENI counts here."""

    eni_id: str = ""


def trunk_of(eni: aws.NetworkInterface) -> str:
    """The trunk that a branch ENI hangs on, empty for any other ENI: EC2 shows no attachment of it."""
    if eni.interface_type != "branch":
        return ""
    return next((tag.value for tag in eni.tag_set if tag.key == TRUNK_TAG), "")


def annotated_enis(pod: "Pod") -> tuple[str, ...]:
    """The branch ENIs in a pod's annotation; none in one that cannot be read."""
    text = pod.record.metadata.annotations.pod_eni if pod.record is not None else None
    try:
        given = msgspec.json.decode(text or "[]", type=list[Given])
    except (msgspec.DecodeError, RecursionError):
        return ()
    return tuple(one.eni_id for one in given if one.eni_id)
