"""Log text as lines: prefixes, timestamps, wrapped and broken records."""
