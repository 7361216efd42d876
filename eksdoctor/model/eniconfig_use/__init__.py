"""Which nodes use an ENIConfig, and the pods that wait because of it."""
