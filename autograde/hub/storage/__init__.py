"""Where a Hub keeps things: blobs, the database, git's repositories. Knows nothing of people or of HTTP."""
