"""The Hub's HTTP API, one module for each topic; :mod:`autograde.hub.routes` lists the routes."""
