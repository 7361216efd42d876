"""Observations: counted once per request over all sources, with times, cause and outcome."""
