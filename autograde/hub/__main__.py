"""``python -m autograde.hub``: run only the Hub, for scripts, containers and benchmarks.

``autograde hub serve`` does the same with explanations for people, in two languages.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from autograde.errors import KitError
from autograde.hub.config import HubConfig
from autograde.hub.memory import configure_malloc
from autograde.hub.server import RunningHub


def main() -> int:
    """Serve until SIGINT or SIGTERM; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m autograde.hub", description="A stand-in for huggingface.co.")
    parser.add_argument("--data", type=Path, required=True, help="the Hub's data folder")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes any free one")
    options = parser.parse_args()
    configure_malloc()
    try:
        running = RunningHub(HubConfig(data=options.data, host=options.host, port=options.port))
    except KitError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's own output
        return 1
    running.start()
    # Don't raise from a signal handler: the exception could hit a destructor and be lost.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: running.end())
    print(f"http://{options.host}:{running.port}", flush=True)  # noqa: T201
    running.wait()
    running.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
