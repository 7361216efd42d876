"""What is known, what is not known and why; no AWS noun."""
