"""Pasted evidence to a snapshot: whatever somebody has at hand, as a very small part of a cluster."""
