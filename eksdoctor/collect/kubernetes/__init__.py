"""Requests to the Kubernetes API."""
