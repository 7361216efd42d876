"""The lab: one process that serves any snapshot as a Kubernetes API and an AWS account on 127.0.0.1."""

from tests.lab.clock import moved
from tests.lab.faults import Fault
from tests.lab.lab import Lab
from tests.lab.record import Served

__all__ = ["Fault", "Lab", "Served", "moved"]
