"""Signatures: how a message is recognized, what it means, and which rules it can support."""
