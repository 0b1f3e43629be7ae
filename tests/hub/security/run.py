"""``make attack-hub``: the battery against a Hub of its own, or against the one whose address is given."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from autograde.hub import LocalHub
from tests.hub.security.battery import run


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201 - a command's own output


def main() -> int:
    """The exit code is 1 when a row does not hold."""
    if len(sys.argv) > 1:
        return 1 if run(sys.argv[1].rstrip("/"), say) else 0
    # With data of its own the Hub hashes passwords as it does for a class.
    with tempfile.TemporaryDirectory() as folder, LocalHub(Path(folder, "data"), durable=False) as hub:
        return 1 if run(hub.endpoint, say) else 0


if __name__ == "__main__":
    sys.exit(main())
