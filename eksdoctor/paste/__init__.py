"""Pasted text to a snapshot: each object that the text names, and nothing else."""
