"""From findings to one verdict per pod in trouble, and the report that holds both."""
