"""Default routes of subnets, and whether STS is reachable through them."""
