"""What the evidence package found, by class, node and subnet."""
