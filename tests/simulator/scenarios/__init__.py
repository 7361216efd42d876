"""The stories: one cluster and what happened to it, each a function that returns its World."""
