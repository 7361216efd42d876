"""The max-pods setting of a launch template."""

from msgspec import Struct

from eksdoctor.snapshot.declaration import aws_action


class MaxPodsSetting(Struct, rename="pascal", omit_defaults=True, frozen=True):
    """The max-pods setting of user data; nothing else of the user data is kept.

    `user_data` is `none` (there is none), `read`, `unclear` (the user data or its max-pods cannot be read) or
    empty (not checked). `use_max_pods` is the flag of bootstrap.sh.
    """

    user_data: str = ""
    max_pods: int | None = None
    max_pods_expression: str | None = None
    use_max_pods: bool | None = None


class LaunchTemplateVersion(MaxPodsSetting, rename="pascal", omit_defaults=True, frozen=True):
    """One version of a launch template; `image_id` is whether it names an AMI, not which one."""

    launch_template_id: str = ""
    version_number: int = 0
    image_id: bool = False


DESCRIBE_LAUNCH_TEMPLATE_VERSIONS = aws_action(
    "ec2:DescribeLaunchTemplateVersions",
    LaunchTemplateVersion,
    "LaunchTemplateVersions",
    identity=lambda version: f"{version.launch_template_id} {version.version_number}",
)
