"""The records collected from a cluster and an account, and the outcome of every request."""
