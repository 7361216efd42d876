"""The only network code: one function per API action, named after it."""
