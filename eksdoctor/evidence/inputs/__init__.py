"""One reader per kind of evidence: events, metrics, CloudTrail, introspection, checkpoint."""
