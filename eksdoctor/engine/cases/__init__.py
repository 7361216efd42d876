"""Cases of rules: small patches on a healthy cluster."""
