"""Rule files: read strictly, checked and compiled."""
