"""A rule evaluated on a cluster, and the finding written from it."""
