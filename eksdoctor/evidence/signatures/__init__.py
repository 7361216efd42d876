"""What a message is recognised by, and what it means."""
