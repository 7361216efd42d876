"""Requests to AWS: sessions, pages, errors."""
