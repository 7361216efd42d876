"""From findings to one verdict per affected pod, and the report that contains both."""
