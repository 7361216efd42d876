"""What a node starts with: the max-pods setting of its launch template."""

from msgspec import Struct

from eksdoctor.snapshot.declaration import aws_action


class MaxPodsSetting(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """The max-pods setting of user data, all that is kept of it.

    `user_data` is `none` (there was none), `read`, `unclear` (max-pods is set in a way that cannot
    be read off it, or the user data cannot be read at all) or empty: nobody looked. `use_max_pods`
    is bootstrap.sh's flag of that name.
    """

    user_data: str = ""
    max_pods: int | None = None
    max_pods_expression: str | None = None
    use_max_pods: bool | None = None


class LaunchTemplateVersion(MaxPodsSetting, rename="pascal", omit_defaults=True, frozen=True):
    """One version of a launch template; `image_id` says whether it names an AMI of its own, not which."""

    launch_template_id: str = ""
    version_number: int = 0
    image_id: bool = False


DESCRIBE_LAUNCH_TEMPLATE_VERSIONS = aws_action(
    "ec2:DescribeLaunchTemplateVersions",
    LaunchTemplateVersion,
    "LaunchTemplateVersions",
    identity=lambda version: f"{version.launch_template_id} {version.version_number}",
)
