"""boto3 sessions that never prompt: of a profile, or of a role taken on from there."""

from pathlib import Path
from typing import Any

CLI_CACHE = "~/.aws/cli/cache"
SESSION_NAME = "eksdoctor"


def new_session(profile: str, region: str) -> Any:
    """A session of the profile (or the environment's credentials when empty).

    A profile that wants an MFA code is refused instead of asking for it in the middle of a report;
    what the aws command line has cached for it is used.
    """
    import boto3
    import botocore.session
    from botocore.utils import JSONFileCache

    class ReadOnlyCache(JSONFileCache):  # type: ignore[misc]  # botocore has no types
        """The aws command line's cache of temporary credentials, never written."""

        def __setitem__(self, key: str, value: Any) -> None:
            """Forget it: this program leaves no files of credentials behind."""

    inner = botocore.session.Session(profile=profile or None)
    session = boto3.Session(botocore_session=inner, region_name=region)
    assume_role = inner.get_component("credential_provider").get_provider("assume-role")
    assume_role.cache = ReadOnlyCache(str(Path(CLI_CACHE).expanduser()))
    assume_role._prompter = _no_prompt  # noqa: SLF001  botocore has no other way in
    return session


def assumed_role(sts: Any, role_arn: str, region: str) -> Any:
    """A session in another role."""
    import boto3

    credentials = sts.assume_role(RoleArn=role_arn, RoleSessionName=SESSION_NAME)["Credentials"]
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name=region,
    )


def _no_prompt(_: str) -> str:
    from botocore.exceptions import CredentialRetrievalError

    raise CredentialRetrievalError(
        provider="assume-role",
        error_msg="the profile asks for an MFA code: run any aws command with it first",
    )
