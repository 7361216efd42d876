"""One AWS account and region: the session, its credentials and its clients.

A boto3 Session is not thread-safe, its clients are. A lock guards their creation; threads share them.
"""

import threading
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from eksdoctor.collect.aws.errors import refused_by_aws
from eksdoctor.collect.aws.rate_limit import RateLimit
from eksdoctor.collect.aws.session import assumed_role, new_session
from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.refusal import Refused, refused
from eksdoctor.snapshot.request import Refusal
from eksdoctor.snapshot.snapshot import Target

CONNECTIONS = 16
CONNECT_SECONDS = 3.0
READ_SECONDS = 15.0
ATTEMPTS = 3
# A private network often has no route to service-quotas, and the round waits for its answer: one attempt.
# Other clients share the account's two CloudTrail look-ups a second: one retry.
ATTEMPTS_BY_SERVICE = {"cloudtrail": 2, "service-quotas": 1}
LOOKUP_SECONDS = 0.5  # LookupEvents allows two calls a second per account and region


@dataclass(slots=True)
class Account:
    """The clients of one profile, region and role. A failure to create the first one is remembered."""

    target: Target
    _: KW_ONLY
    role_arn: str = ""
    endpoint: str = ""
    lookups: RateLimit = field(default_factory=lambda: RateLimit(LOOKUP_SECONDS))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _session: Any = None
    _clients: dict[str, Any] = field(default_factory=dict)
    _client_failure: Refusal | None = None
    _unreachable: dict[str, Refusal] = field(default_factory=dict)
    _reached: set[str] = field(default_factory=set)

    @property
    def profile(self) -> str:
        """The AWS profile; empty for the credentials of the environment."""
        return self.target.profile

    def client(self, service: str, deadline: Deadline) -> Any:
        """The client of a service; raises Refused when there is no region or no credential."""
        with self._lock:
            if self._client_failure is not None:
                raise Refused(self._client_failure)
            if service in self._unreachable:
                raise Refused(self._unreachable[service])
            if service not in self._clients:
                try:
                    self._clients[service] = self._new_client(service, deadline)
                except Refused as failure:
                    self._client_failure = failure.refusal
                    raise
            return self._clients[service]

    def note_failure(self, service: str, refusal: Refusal) -> None:
        """Remember a service that cannot be reached, so that later requests fail at once."""
        with self._lock:
            if refusal.reason == "unreachable" and service not in self._reached:
                self._unreachable[service] = refusal

    def note_success(self, service: str) -> None:
        """Remember that a service answered: a later failure does not make it unreachable."""
        self._reached.add(service)

    def _new_client(self, service: str, deadline: Deadline) -> Any:
        if not self.target.region:
            raise refused(
                "unreachable",  # the endpoint depends on the region
                "no AWS region is known",
                "the cluster's region: --region REGION, or AWS_REGION",
            )
        if deadline.left <= 0:
            raise refused("timeout", deadline.message)
        try:
            if self._session is None:
                session = new_session(self.profile, self.target.region)
                self._session = self._in_role(session, deadline) if self.role_arn else session
            return self._created(self._session, service, deadline)
        except Refused:
            raise
        except Exception as error:  # botocore raises many types, and none may end the run
            permission = f"sts:AssumeRole on {self.role_arn}" if self.role_arn else ""
            broken = refused_by_aws(error, permission, self.profile)
            if permission and broken.refusal.reason == "failed":
                broken = refused("failed", broken.refusal.message, "--role-arn arn:aws:iam::ID:role/NAME")
            raise broken from error

    def _created(self, session: Any, service: str, deadline: Deadline) -> Any:
        from botocore.config import Config

        attempts = ATTEMPTS_BY_SERVICE.get(service, ATTEMPTS)
        config = Config(
            connect_timeout=max(0.1, min(CONNECT_SECONDS, deadline.left / ATTEMPTS)),
            read_timeout=max(0.1, min(READ_SECONDS, deadline.left)),
            retries={"total_max_attempts": attempts, "mode": "standard"},
            max_pool_connections=CONNECTIONS,
            user_agent_extra="eksdoctor",
        )
        return session.client(service, config=config, endpoint_url=self.endpoint or None)

    def _in_role(self, session: Any, deadline: Deadline) -> Any:
        return assumed_role(self._created(session, "sts", deadline), self.role_arn, self.target.region)
