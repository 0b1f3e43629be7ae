"""Which handler answers which path: one module for each part of the Hub."""
