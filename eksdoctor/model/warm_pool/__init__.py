"""The arithmetic by which ipamd requests and releases IPs; pure."""
