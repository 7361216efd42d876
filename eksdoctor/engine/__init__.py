"""Judgement: rules as data over the model's facts, and how structure and testimony combine."""
