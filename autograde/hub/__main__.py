"""``python -m autograde.hub``: the Hub and nothing else, for scripts, containers and measurements.

``autograde hub serve`` is the same for people: it explains itself, in two languages.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from autograde.errors import KitError
from autograde.hub.config import HubConfig
from autograde.hub.server import RunningHub


def main() -> int:
    """Serve until SIGINT or SIGTERM; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m autograde.hub", description="A stand-in for huggingface.co.")
    parser.add_argument("--data", type=Path, required=True, help="folder of everything that the Hub keeps")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes any free one")
    options = parser.parse_args()
    try:
        running = RunningHub(HubConfig(data=options.data, host=options.host, port=options.port))
    except KitError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's own output
        return 1
    running.start()
    # No exception out of nowhere: it could end a destructor instead of the Hub.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: running.end())
    print(f"http://{options.host}:{running.port}", flush=True)  # noqa: T201
    running.wait()
    running.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
