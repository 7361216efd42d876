"""Who creates nodes, with which max-pods, in which subnets."""
