"""Cluster, nodes, pods, subnets and the VPC CNI: their records, how they are found, what was observed."""
