"""A simulated cluster and account: how nodes and daemons claim addresses, and what the APIs then answer."""
