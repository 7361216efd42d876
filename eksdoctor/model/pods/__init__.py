"""A pod, its events, and the scheduler's messages about it."""
