"""1: introduction to the Hub and Transformers."""
