"""What daemon, EC2 and controllers said: dated, counted, deduplicated."""
