"""Set up this machine: the virtual environment, git and git-lfs, and a report of what is missing."""
