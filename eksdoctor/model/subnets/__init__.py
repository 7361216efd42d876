"""One subnet: its record, the use of every address, and which nodes use it."""
