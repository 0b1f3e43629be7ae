"""2.4: upload a model with git."""
