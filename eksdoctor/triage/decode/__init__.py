"""What pasted evidence means: one verdict by the same rules as triage."""
