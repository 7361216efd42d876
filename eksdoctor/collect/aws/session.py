"""boto3 sessions that never prompt: of a profile, or of a role assumed with it."""

from pathlib import Path
from typing import Any

CLI_CACHE = "~/.aws/cli/cache"
SESSION_NAME = "eksdoctor"


def new_session(profile: str, region: str) -> Any:
    """A session of the profile, or of the environment's credentials when it is empty.

    A profile that needs an MFA code fails instead of prompting; credentials that the AWS CLI has cached
    for it are used.
    """
    import boto3
    import botocore.session
    from botocore.utils import JSONFileCache

    class ReadOnlyCache(JSONFileCache):  # type: ignore[misc]  # botocore has no types
        """The AWS CLI's cache of temporary credentials, read-only."""

        def __setitem__(self, key: str, value: Any) -> None:
            """Do nothing: this program writes no credentials to disk."""

    inner = botocore.session.Session(profile=profile or None)
    session = boto3.Session(botocore_session=inner, region_name=region)
    assume_role = inner.get_component("credential_provider").get_provider("assume-role")
    assume_role.cache = ReadOnlyCache(str(Path(CLI_CACHE).expanduser()))
    assume_role._prompter = _no_prompt  # noqa: SLF001  botocore has no public way
    return session


def assumed_role(sts: Any, role_arn: str, region: str) -> Any:
    """A session with the credentials of an assumed role."""
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
