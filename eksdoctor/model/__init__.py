"""The cluster in the field's own nouns: typed facts over a snapshot, no input or output."""
