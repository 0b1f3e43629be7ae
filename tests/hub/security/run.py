"""``make attack-hub``: run the attacks against a separate Hub, or against the Hub at the given URL."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from autograde.files import raise_file_limit
from autograde.hub import LocalHub
from tests.hub.security.battery import run


def say(line: str) -> None:
    """Print a line without buffering."""
    print(line, flush=True)  # noqa: T201 - a command's own output


def main() -> int:
    """Run all attacks; return 1 when one succeeds."""
    raise_file_limit()
    if len(sys.argv) > 1:
        return 1 if run(sys.argv[1].rstrip("/"), say) else 0
    # A Hub with a data folder hashes passwords at full cost, as it does for a class.
    with tempfile.TemporaryDirectory() as folder, LocalHub(Path(folder, "data"), durable=False) as hub:
        return 1 if run(hub.endpoint, say) else 0


if __name__ == "__main__":
    sys.exit(main())
