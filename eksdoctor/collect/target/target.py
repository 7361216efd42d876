"""The cluster of a run, from the command line's options and the kubeconfig."""

import base64
import hashlib
from pathlib import Path

from eksdoctor.collect.target.aws_profile import default_region
from eksdoctor.collect.target.eks_names import names_in
from eksdoctor.collect.target.kubeconfig import Entry
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.errors import UnreachableError
from eksdoctor.snapshot.snapshot import Target


def target_of(entry: Entry, options: ConnectionOptions) -> Target:
    """The cluster of a kubeconfig entry; options override what the entry names."""
    names = names_in(entry)
    profile = options.profile or names.profile
    return Target(
        context=entry.context,
        cluster=options.cluster or names.cluster,
        server=entry.cluster["server"],
        certificate=_certificate(entry),
        region=options.region or names.region or default_region(profile),
        profile=profile,
        account=names.account,
        namespace=entry.namespace,
        kubeconfig=options.kubeconfig,
    )


def _certificate(entry: Entry) -> str:
    """SHA-256 of the certificate authority's base64 text, as DescribeCluster returns it."""
    data = entry.cluster.get("certificate-authority-data")
    path = entry.cluster.get("certificate-authority")
    if isinstance(data, str) and data:
        encoded = "".join(data.split())
    elif isinstance(path, str) and path:
        try:
            encoded = base64.b64encode(Path(path).read_bytes()).decode()
        except OSError as error:
            raise UnreachableError(
                f"cannot read the certificate authority {path} of context {entry.context}: {error.strerror}",
                "Write the entry again: aws eks update-kubeconfig --name CLUSTER --region REGION",
            ) from error
    else:
        return ""
    return hashlib.sha256(encoded.encode()).hexdigest()
