"""ENIConfigs: which one a node resolves to, and the evidence about them."""
