"""The Hub's HTTP API, a module for each concern; ``app.py`` says which address leads where."""
