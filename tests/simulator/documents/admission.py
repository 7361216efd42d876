"""The webhooks that EKS puts between the API server and new pods."""

from typing import Any

BUNDLE = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCm5vdC1mb3ItYW55LXNuYXBzaG90Cg=="


def webhooks() -> list[dict[str, Any]]:
    """The MutatingWebhookConfigurations."""
    named = {
        "pod-identity-webhook": "iam-for-pods.amazonaws.com",
        "vpc-resource-mutating-webhook": "mpod.vpc.k8s.aws",
    }
    return [_webhook(name, hook) for name, hook in named.items()]


def _webhook(name: str, hook: str) -> dict[str, Any]:
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    return {
        "metadata": {"name": name},
        "webhooks": [
            {
                "name": hook,
                "failurePolicy": "Ignore",
                "clientConfig": {"caBundle": BUNDLE, "url": "https://127.0.0.1:23443/mutate"},
                "rules": [rule],
            }
        ],
    }
