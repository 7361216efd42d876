"""Which Status a fault becomes."""

from tests.lab.call import Reply
from tests.lab.faults import Fault
from tests.lab.kubernetes import statuses
from tests.lab.kubernetes.plan import Plan
from tests.lab.kubernetes.words import forbidden

SLOW_DOWN = "the server has received too many requests and has asked us to try again later"


def refused(plan: Plan, fault: Fault) -> Reply:
    """A refusal as a Status object."""
    match fault.kind:
        case "denied":
            if fault.words:
                return statuses.status(403, fault.words)
            return statuses.forbidden(plan) if plan.saying is None else forbidden(plan.saying)
        case "unauthenticated":
            return statuses.status(401, fault.words or "Unauthorized")
        case "throttled":
            return statuses.status(429, fault.words or SLOW_DOWN, retry_after=fault.retry_after)
        case "absent":
            return statuses.no_object(plan) if plan.name and plan.saying is None else statuses.no_resource()
        case _:
            return statuses.status(fault.status, fault.words or "the server is unwell", fault.code)
