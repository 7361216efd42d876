"""The daemon pods of aws-node: running, crashing, missing."""
