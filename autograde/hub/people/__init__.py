"""Who uses a Hub: accounts and organizations."""
