"""Traffic of pods with branch ENIs: security groups, DNS, probes, unsupported combinations."""
