"""2.3: create a model repository."""
