"""2.6: load the downloaded model and call it."""
