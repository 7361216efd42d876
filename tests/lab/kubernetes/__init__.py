"""The lab's Kubernetes API: discovery, lists by list semantics, and Table output."""
