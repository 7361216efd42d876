"""The only network code: it collects the answers of the Kubernetes and AWS APIs."""
