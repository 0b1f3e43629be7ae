"""The kit inside nbgrader's own commands and formgrader: what ``nbgrader_config.py`` configures."""
