"""The report as terminal text."""
