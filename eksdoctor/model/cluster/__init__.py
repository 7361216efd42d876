"""The whole cluster; the only package that knows all others."""
