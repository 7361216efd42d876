"""A simulation's state as the documents that the Kubernetes and AWS APIs would show."""
