"""Webhook configurations, which can change or reject a new pod."""

from msgspec import Struct, field
from msgspec.structs import force_setattr

from eksdoctor.snapshot.declaration import kubernetes_list


class WebhookMetadata(Struct, omit_defaults=True, frozen=True):
    """A name; cluster-scoped objects have no namespace."""

    name: str = ""
    namespace: str = ""


class ClientConfig(Struct, rename="camel", omit_defaults=True, frozen=True):
    """`ca_bundle` is whether there is one; the bundle itself is not kept."""

    ca_bundle: str | bool = False

    def __post_init__(self) -> None:
        force_setattr(self, "ca_bundle", bool(self.ca_bundle))


class Webhook(Struct, rename="camel", omit_defaults=True, frozen=True):
    """One webhook; `failure_policy` is `Ignore` or `Fail`."""

    name: str = ""
    failure_policy: str = ""
    client_config: ClientConfig = field(default_factory=ClientConfig)


class MutatingWebhookConfiguration(Struct, omit_defaults=True, frozen=True):
    """Webhooks that may change a pod when it is created."""

    metadata: WebhookMetadata
    webhooks: tuple[Webhook, ...] = ()


LIST_MUTATING_WEBHOOKS = kubernetes_list(
    "mutatingwebhookconfigurations",
    MutatingWebhookConfiguration,
    "admissionregistration.k8s.io/v1",
    scope="cluster",
)
