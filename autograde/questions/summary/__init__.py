"""3: all steps, from a folder to a result."""
