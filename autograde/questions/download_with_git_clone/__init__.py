"""2.5: download a model with git, and repair a clone without its LFS files."""
