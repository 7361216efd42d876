"""The kubeconfig of a lab: named as `aws eks update-kubeconfig` names it, with a static token."""

import base64
from dataclasses import dataclass

import yaml

from eksdoctor.snapshot.records.aws import DESCRIBE_CLUSTER, GET_CALLER_IDENTITY
from eksdoctor.snapshot.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Identity:
    """Which cluster the lab is, with stand-ins where a snapshot does not say."""

    cluster: str
    region: str
    account: str
    namespace: str

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Identity":
        """As the snapshot's target says, then as its records say."""
        target = snapshot.target
        callers = [caller.account for caller in snapshot.of(GET_CALLER_IDENTITY.kind) if caller.account]
        clusters = snapshot.of(DESCRIBE_CLUSTER.kind)
        named = [cluster.name for cluster in clusters]
        regions = [cluster.arn.split(":")[3] for cluster in clusters if cluster.arn.count(":") > 3]
        return cls(
            target.cluster or next(iter(named), "lab"),
            target.region or next(iter(regions), "us-east-1"),
            target.account or next(iter(callers), "111122223333"),
            target.namespace,
        )

    @property
    def arn(self) -> str:
        """The cluster's ARN."""
        return f"arn:aws:eks:{self.region}:{self.account}:cluster/{self.cluster}"


def kubeconfig(identity: Identity, server: str, token: str, authority: bytes | None) -> str:
    """The file's text; without an authority the server speaks plain HTTP."""
    name = identity.arn
    trust = {"certificate-authority-data": base64.b64encode(authority).decode()} if authority else {}
    context = {"cluster": name, "user": name} | (
        {"namespace": identity.namespace} if identity.namespace else {}
    )
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": {"server": server, **trust}}],
        "contexts": [{"name": name, "context": context}],
        "users": [{"name": name, "user": {"token": token}}],
    }
    return yaml.safe_dump(document, sort_keys=False)
