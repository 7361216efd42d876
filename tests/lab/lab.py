"""A running lab."""

import base64
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from eksdoctor.snapshot.snapshot import Snapshot
from tests.lab.aws.account import Account
from tests.lab.aws.api import AwsApi
from tests.lab.certificate import Authority
from tests.lab.faults import Fault
from tests.lab.gate import Gate
from tests.lab.kubeconfig import Identity, kubeconfig
from tests.lab.kubernetes.api import KubernetesApi
from tests.lab.port import Port
from tests.lab.record import Record, Served
from tests.lab.records import Records

TOKEN = "k8s-aws-v1.lab"


class Lab:
    """Serves a snapshot on two ports of 127.0.0.1 for as long as the `with` lasts.

    `latency` is in seconds per request. `deny` names actions (`list-pods`), permissions (`list pods`,
    `ec2:DescribeSubnets`), either with wildcards (`ec2:*`), or a permission with its scope
    (`list pods at the cluster scope`, `list pods in namespace payments`). `faults` has the same names.
    `kubernetes="http"` speaks plainly; then any token will do, since kubectl sends none over http.
    `ranges` is whether kubelets give a part of a log when asked for one, or always all of it.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        latency: float = 0.0,
        deny: Iterable[str] = frozenset(),
        faults: Mapping[str, Fault] | None = None,
        kubernetes: Literal["https", "http"] = "https",
        ranges: Literal["honoured", "ignored"] = "honoured",
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="eksdoctor-lab-")
        self.folder = Path(self._folder.name)
        self.identity = Identity.of(snapshot)
        self._record = Record()
        gate, records = Gate(snapshot, deny, faults or {}), Records(snapshot)
        authority = Authority.made_in(self.folder) if kubernetes == "https" else None
        api = KubernetesApi(records, snapshot.at, TOKEN if authority else "", ranges)
        tls = authority.context if authority else None
        self._kubernetes = Port(api, gate, self._record, latency, tls, snapshot.at)
        trust = base64.b64encode(authority.pem).decode() if authority else ""
        here = Account(records, snapshot.target, self._kubernetes.url, trust)
        nowhere = replace(here, records=Records(replace(snapshot, records={})))
        self._aws = Port(AwsApi(here, nowhere, self.identity.region), gate, self._record, latency)
        self.kubeconfig = self.folder / "kubeconfig"
        self.kubeconfig.write_text(
            kubeconfig(self.identity, self._kubernetes.url, TOKEN, authority.pem if authority else None)
        )
        self.kubeconfig.chmod(0o600)

    @property
    def context(self) -> str:
        """The kubeconfig's context: the cluster's ARN."""
        return self.identity.arn

    @property
    def kubernetes_endpoint(self) -> str:
        """The Kubernetes API."""
        return self._kubernetes.url

    @property
    def aws_endpoint(self) -> str:
        """The AWS endpoint, for `AWS_ENDPOINT_URL` or `--endpoint-url`."""
        return self._aws.url

    @property
    def environment(self) -> dict[str, str]:
        """What `eksdoctor`, `kubectl` and `aws` need in order to see this lab and nothing else."""
        return {
            "KUBECONFIG": str(self.kubeconfig),
            "KUBECACHEDIR": str(self.folder / "kubectl-cache"),
            "AWS_ENDPOINT_URL": self.aws_endpoint,
            "AWS_ACCESS_KEY_ID": "AKIALAB",
            "AWS_SECRET_ACCESS_KEY": "lab",
            "AWS_REGION": self.identity.region,
            "AWS_DEFAULT_REGION": self.identity.region,
            "AWS_CONFIG_FILE": str(self.folder / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "aws-credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }

    @property
    def requests(self) -> list[Served]:
        """Every request so far; each page of a list is one."""
        return self._record.requests

    @property
    def most_in_flight(self) -> int:
        """How many requests were under way at once, at most."""
        return self._record.most_in_flight

    @property
    def bytes_sent(self) -> dict[str, int]:
        """Bytes of bodies by action: how much of a log went over the wire."""
        return self._record.bytes_sent

    @property
    def errors(self) -> list[BaseException]:
        """The lab's own failures, which a test must not mistake for answers."""
        return self._record.errors

    def forget(self) -> None:
        """Begin the account of requests anew."""
        self._record.forget()

    def __enter__(self) -> Self:
        for port in (self._kubernetes, self._aws):
            port.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for port in (self._kubernetes, self._aws):
            port.stop()
        self._folder.cleanup()
        if self.errors and error is None:
            raise RuntimeError(f"the lab failed {len(self.errors)} times") from self.errors[0]
