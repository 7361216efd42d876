"""Values of the DaemonSet, the add-on and the ConfigMap, parsed as the daemon parses them; pure."""
