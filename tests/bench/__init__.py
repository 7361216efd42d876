"""Measurements, printed as ratios of one run; no test asserts them."""
