"""The VPC CNI as installed: add-on, release, settings at work."""
