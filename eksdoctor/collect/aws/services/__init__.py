"""One function per AWS API action, named after it; one file per service."""
