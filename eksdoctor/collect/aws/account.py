"""One AWS account and region: the session, its credentials and its clients.

A boto3 Session is not thread-safe, its clients are: everything here is made one after another under
a lock, and then shared.
"""

import threading
from dataclasses import dataclass, field
from typing import Any

from eksdoctor.collect.aws.errors import refused_by_aws
from eksdoctor.collect.aws.rate_limit import Pace
from eksdoctor.collect.aws.session import assumed_role, new_session
from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.refusal import Refused, refused
from eksdoctor.snapshot.request import Refusal

CONNECTIONS = 16
CONNECT_SECONDS = 3.0
READ_SECONDS = 15.0
TRIES = 3
# A private network often has no way there, and the other answers of the round wait for it: one try must do.
# CloudTrail's two look-ups a second are the whole account's, so others take some: once more is worth it.
TRIES_OF = {"cloudtrail": 2, "service-quotas": 1}
LOOKUP_SECONDS = 0.5  # two look-ups a second per account and region, says the page of LookupEvents


@dataclass(slots=True)
class Account:
    """Where AWS questions go. What kept the first of them from being asked is remembered."""

    profile: str = ""
    region: str = ""
    role_arn: str = ""
    endpoint: str = ""
    lookups: Pace = field(default_factory=lambda: Pace(LOOKUP_SECONDS))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _session: Any = None
    _clients: dict[str, Any] = field(default_factory=dict)
    _hindrance: Refusal | None = None
    _unreachable: dict[str, Refusal] = field(default_factory=dict)
    _reached: set[str] = field(default_factory=set)

    def client(self, service: str, deadline: Deadline) -> Any:
        """The client of a service; raises Refused when there is no region or no credential."""
        with self._lock:
            if self._hindrance is not None:
                raise Refused(self._hindrance)
            if service in self._unreachable:
                raise Refused(self._unreachable[service])
            if service not in self._clients:
                try:
                    self._clients[service] = self._new_client(service, deadline)
                except Refused as hindrance:
                    self._hindrance = hindrance.refusal
                    raise
            return self._clients[service]

    def note_failure(self, service: str, refusal: Refusal) -> None:
        """Remember a service that cannot be reached at all, so that nothing else waits for it."""
        with self._lock:
            if refusal.reason == "unreachable" and service not in self._reached:
                self._unreachable[service] = refusal

    def note_success(self, service: str) -> None:
        """Remember that a service answered: a later failure is its own."""
        self._reached.add(service)

    def _new_client(self, service: str, deadline: Deadline) -> Any:
        if not self.region:
            raise refused(
                "unreachable",  # no region, no endpoint to ask
                "no region is known for AWS",
                "the cluster's region: --region REGION, or AWS_REGION",
            )
        if deadline.left <= 0:
            raise refused("timeout", deadline.words)
        try:
            if self._session is None:
                session = new_session(self.profile, self.region)
                self._session = self._in_role(session, deadline) if self.role_arn else session
            return self._made(self._session, service, deadline)
        except Refused:
            raise
        except Exception as error:  # botocore raises many kinds, none of which may end the run
            permission = f"sts:AssumeRole on {self.role_arn}" if self.role_arn else ""
            broken = refused_by_aws(error, permission, self.profile)
            if permission and broken.refusal.reason == "failed":
                broken = refused("failed", broken.refusal.words, "--role-arn arn:aws:iam::ID:role/NAME")
            raise broken from error

    def _made(self, session: Any, service: str, deadline: Deadline) -> Any:
        from botocore.config import Config

        tries = TRIES_OF.get(service, TRIES)
        config = Config(
            connect_timeout=max(0.1, min(CONNECT_SECONDS, deadline.left / TRIES)),
            read_timeout=max(0.1, min(READ_SECONDS, deadline.left)),
            retries={"total_max_attempts": tries, "mode": "standard"},
            max_pool_connections=CONNECTIONS,
            user_agent_extra="eksdoctor",
        )
        return session.client(service, config=config, endpoint_url=self.endpoint or None)

    def _in_role(self, session: Any, deadline: Deadline) -> Any:
        return assumed_role(self._made(session, "sts", deadline), self.role_arn, self.region)
