"""Routes, security groups, endpoints, quotas and the subnet discovery tag."""
