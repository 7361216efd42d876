"""Fast reading of large logs: lines that no signature can match are dropped before parsing."""
