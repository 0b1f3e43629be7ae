"""HTTP for the API and the pages: uvicorn's protocol, authentication, CORS, bodies, forms, limits, file responses."""
