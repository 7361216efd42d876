"""What starts nodes in which subnets."""
