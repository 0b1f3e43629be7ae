"""2.1: sign up."""
