"""One reader for each kind of evidence: events, metrics, CloudTrail, introspection, checkpoint."""
