"""The workloads of an ordinary company: forty services in eight namespaces."""

from dataclasses import replace

from tests.simulator.machine import Service
from tests.simulator.simulation import Simulation

NAMES = {
    "payments": ("payments-api", "payments-ledger", "payments-worker", "payments-webhooks", "fraud-scoring"),
    "checkout": ("cart", "checkout-api", "pricing", "promotions", "tax", "vouchers"),
    "catalog": ("catalog-api", "images", "indexer", "reviews", "search", "suggestions"),
    "accounts": ("consent", "identity", "login", "profiles", "sessions"),
    "logistics": ("carriers", "labels", "returns", "stock", "tracking", "warehouses"),
    "messaging": ("campaigns", "mailer", "notifications", "push", "templates"),
    "backoffice": ("invoices", "ledger-export", "reports", "support-desk", "timesheets"),
    "platform": ("feature-flags", "gateway"),
}
DNS = Service(
    "kube-system", "coredns", 2, labels={"k8s-app": "kube-dns"}, revision="7bf648ff5d", account="coredns"
)


def forty(replicas: int) -> list[Service]:
    """All forty services, each with about so many replicas."""
    names = [(namespace, name) for namespace, found in NAMES.items() for name in found]
    return [
        Service(
            namespace,
            name,
            max(1, replicas + place % 5 - 2),
            account=name,
            revision=f"{5 + place % 4}d8f7c6b9d",
        )
        for place, (namespace, name) in enumerate(names)
    ]


def deploy_all(simulation: Simulation, replicas: int, share: int = 1) -> None:
    """CoreDNS and every `share`-th of the forty services."""
    for service in [DNS, *forty(replicas)[::share]]:
        simulation.deploy(service)


def rollout(simulation: Simulation, namespace: str, name: str, replicas: int) -> Service:
    """The next revision of a service, not yet deployed."""
    current = next(
        service for service in forty(replicas) if (service.namespace, service.name) == (namespace, name)
    )
    return replace(current, replicas=replicas, revision=f"{simulation.names.suffix(1)}c74f9d68b")
