"""Log lines, events, counters and CloudTrail calls, turned into counted, dated observations."""
