"""Managed node groups, and launches of nodes that EC2 refused for want of IPs."""
