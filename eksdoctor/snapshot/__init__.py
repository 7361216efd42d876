"""What was asked of cluster and account, what they answered, and what they refused."""
