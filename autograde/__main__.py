"""``python -m autograde``: the same as the command ``autograde``."""

from __future__ import annotations

from autograde.cli import main

if __name__ == "__main__":
    main()
