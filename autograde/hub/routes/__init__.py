"""The Hub's routes: one module for each part of the Hub."""
