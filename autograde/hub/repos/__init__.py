"""Repositories of a Hub: files, commits, branches, discussions, uploads and permissions."""
