"""1: what the Hub and Transformers are."""
