"""One node: its record, ENIs, capacity and pool."""
