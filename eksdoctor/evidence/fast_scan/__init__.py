"""Whole logs of any size, read fast without losing a line that matters."""
