"""Who uses a Hub: accounts, organizations, classes."""
