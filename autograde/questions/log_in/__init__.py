"""2.2: log in, and use access tokens."""
