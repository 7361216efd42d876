"""What goes wrong on one node: full pool, leaked IPs, refused attachments, transient start-up errors."""
