"""Observations: dated, counted, deduplicated over all sources."""
