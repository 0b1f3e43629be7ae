"""HTTP handling shared by the API and the pages: authentication, request bodies, limits, file responses."""
