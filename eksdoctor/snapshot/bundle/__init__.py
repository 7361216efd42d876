"""Bundles of one node's logs, as AWS's own tools pack them, read where they lie."""
