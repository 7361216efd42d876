"""Why pods on Amazon EKS get no IP address, told from a read-only look at the cluster and the account."""

__version__ = "0.1.0"
