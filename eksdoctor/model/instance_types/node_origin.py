"""How a node came to be, as far as it bears on its max-pods."""

from dataclasses import dataclass, field
from enum import StrEnum

from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.instance_types.limits import InstanceLimits
from eksdoctor.model.instance_types.max_pods_formula import Networking
from eksdoctor.model.instance_types.provisioner_defaults import KarpenterSettings


class Image(StrEnum):
    """The family of a node's operating system, which decides who reads max-pods at boot."""

    AL2 = "Amazon Linux 2"
    AL2023 = "Amazon Linux 2023"
    BOTTLEROCKET = "Bottlerocket"
    WINDOWS = "Windows"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of a node's making.

    `limits` are its type's; where the API and the bundled table differ, both, for nodes advertise
    what their image's list said. `group` are the types of its managed node group, None for a node
    of none; `custom_ami` is None where the launch template could not be read. `user_data_max_pods`
    is the number in the launch template's user data, and `unread_user_data` says why it could not be
    told whether there is one. `networking` is the CNI as it is set now.
    """

    image: Image
    limits: tuple[InstanceLimits, ...]
    group: tuple[InstanceLimits, ...] | None = None
    custom_ami: bool | None = False
    karpenter: KarpenterSettings | None = None
    is_auto_mode: bool = False
    user_data_max_pods: int | None = None
    unread_user_data: Unknown | None = None
    networking: Networking = field(default_factory=Networking)


def image_of(os_image: str) -> Image:
    """The family named by a node's `status.nodeInfo.osImage`."""
    for image in (Image.AL2023, Image.AL2, Image.BOTTLEROCKET, Image.WINDOWS):
        if os_image.startswith(image):
            return image
    return Image.OTHER
