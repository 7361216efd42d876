"""One Kubernetes API server: the connection, and GET requests with few retries.

The kubernetes package does configuration and authentication. Bodies stay bytes: its typed objects take
twenty times the time and memory of the records.
"""

import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.kubernetes.errors import refused_by_network, refused_by_status
from eksdoctor.collect.refusal import Refused, refused
from eksdoctor.collect.target import exec_plugin
from eksdoctor.collect.target.kubeconfig import Entry
from eksdoctor.collect.target.login_advice import login_command
from eksdoctor.snapshot.declaration import Action
from eksdoctor.snapshot.request import Refusal

CONNECTIONS = 16
CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
MAX_RETRIES = 2
PAUSE_SECONDS = 0.25
_OK, _NOT_FOUND, _TOO_MANY, _SERVER_ERRORS = 200, 404, 429, 500
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Body:
    """An HTTP answer with status 200 or 404."""

    status: int
    data: bytes


@dataclass(slots=True)
class KubernetesApi:
    """The API server of one kubeconfig entry; safe to share between threads.

    The credential plugin runs once, at the first request, while the others wait for it. A failure to
    connect is remembered: later requests fail at once.
    """

    entry: Entry
    profile: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _client: Any = None
    _connect_failure: Refusal | None = None
    _reached: bool = False

    def get(
        self, path: str, query: dict[str, str], action: Action[Any], deadline: Deadline, accept: str = JSON
    ) -> Body:
        """GET a path; raises Refused for every status other than 200 and 404."""
        url = self._url(path, query, deadline)
        headers = {"Accept": accept, "Accept-Encoding": "gzip"}
        for attempt in range(MAX_RETRIES + 1):
            answer = self._once(url, headers, deadline, attempt)
            if answer is None:
                continue
            if answer.status in (_OK, _NOT_FOUND):
                return Body(answer.status, answer.data)
            pause = _pause(answer.status, answer.headers.get("Retry-After"), attempt)
            if pause is None or pause >= deadline.left:
                break
            time.sleep(pause)
        raise refused_by_status(answer.status, answer.data, action, self._login)

    def open(self, path: str, query: dict[str, str], headers: dict[str, str], deadline: Deadline) -> Any:
        """GET a path without reading the body; raises Refused when there is no answer.

        Returns urllib3's answer, of any status, which the caller reads and closes.
        """
        url = self._url(path, query, deadline)
        answer, attempt = None, 0
        while answer is None:
            answer = self._once(url, headers, deadline, attempt, whole=False)
            attempt += 1
        return answer

    def _url(self, path: str, query: dict[str, str], deadline: Deadline) -> str:
        host = self._connected(deadline).configuration.host
        return f"{host}{path}{'?' + urlencode(query) if query else ''}"

    def _once(
        self, url: str, headers: dict[str, str], deadline: Deadline, attempt: int, *, whole: bool = True
    ) -> Any:
        """One attempt; None when the connection broke and another attempt may succeed."""
        import urllib3

        client = self._connected(deadline)
        if deadline.left <= 0:
            raise refused("timeout", deadline.message)
        timeout = urllib3.Timeout(
            connect=min(CONNECT_SECONDS, deadline.left), read=min(READ_SECONDS, deadline.left)
        )
        try:
            answer = client.rest_client.pool_manager.request(
                "GET",
                url,
                headers={**headers, "User-Agent": "eksdoctor", **_auth_headers(client)},
                timeout=timeout,
                retries=False,
                redirect=False,
                preload_content=whole,
            )
        except urllib3.exceptions.ProtocolError as error:  # the server closed a kept-alive connection
            if attempt < MAX_RETRIES:
                return None
            raise refused_by_network(error, self.host, deadline.message) from error
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise self._remembered(refused_by_network(error, self.host, deadline.message)) from error
        self._reached = True
        return answer

    def _remembered(self, refusal: Refused) -> Refused:
        if refusal.refusal.reason == "unreachable" and not self._reached:
            self._connect_failure = refusal.refusal
        return refusal

    def _connected(self, deadline: Deadline) -> Any:
        with self._lock:
            if self._connect_failure is not None:
                raise Refused(self._connect_failure)
            if self._client is None:
                try:
                    self._client = self._connect(deadline)
                except Refused as failure:
                    self._connect_failure = failure.refusal
                    raise
            return self._client

    def _connect(self, deadline: Deadline) -> Any:
        from kubernetes.client import ApiClient, Configuration
        from kubernetes.config.kube_config import KubeConfigLoader

        user = dict(self.entry.user)
        if "exec" in user and not {"token", "tokenFile", "auth-provider"} & set(user):
            user |= exec_plugin.credential(self.entry, self.profile, deadline)
        user.pop("exec", None)
        document = {
            "current-context": "only",
            "contexts": [{"name": "only", "context": {"cluster": "only", "user": "only"}}],
            "clusters": [{"name": "only", "cluster": self.entry.cluster}],
            "users": [{"name": "only", "user": user}],
        }
        configuration = Configuration()
        configuration.connection_pool_maxsize = CONNECTIONS
        try:
            KubeConfigLoader(document, config_base_path="").load_and_set(configuration)
            return ApiClient(configuration)
        except (
            Exception
        ) as error:  # the kubernetes package raises AttributeError and others for invalid users
            message = f"kubeconfig user {self.entry.user_name}: {type(error).__name__}: {error}"
            raise refused(
                "unauthenticated", message, "a working kubeconfig entry: kubectl get nodes"
            ) from error

    @property
    def host(self) -> str:
        """The API server's host, with its port if it has one."""
        return urlsplit(self.entry.cluster["server"]).netloc or str(self.entry.cluster["server"])

    @property
    def _login(self) -> str:
        login = login_command(self.profile, "") if "exec" in self.entry.user else ""
        return login or "an access entry of the cluster for this identity: `kubectl auth whoami` must work"


def _auth_headers(client: Any) -> dict[str, str]:
    settings = client.configuration.auth_settings().values()
    return {
        setting["key"]: setting["value"]
        for setting in settings
        if setting["in"] == "header" and setting["value"]
    }


def _pause(status: int, retry_after: str | None, attempt: int) -> float | None:
    """Seconds to wait before the next attempt; None when there is none."""
    if attempt >= MAX_RETRIES or not (status == _TOO_MANY or status >= _SERVER_ERRORS):
        return None
    if retry_after is not None and retry_after.strip().isdigit():
        return float(retry_after)
    return PAUSE_SECONDS * (attempt + 1)
