"""3: the whole way, from a folder to a result."""
