"""Shared code of the programs for git libraries and plain HTTP: the task, API calls, and the loop over the steps."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import traceback
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

TASK = json.loads(os.environ["CLIENT_TASK"])
FOLDER = Path(TASK["folder"])
URL = f"{TASK['endpoint']}/{TASK['name']}"
HIDDEN_URL = f"{TASK['endpoint']}/{TASK['hidden']}"
OLD_URL = f"{TASK['endpoint']}/{TASK['old']}"
THEIR_URL = f"{TASK['endpoint']}/{TASK['gated_other']}"


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def create() -> None:
    """Create the repository through the API, for clients that only support git."""
    body = json.dumps({"name": TASK["name"].split("/")[1]}).encode()
    headers = {"Authorization": f"Bearer {TASK['token']}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{TASK['endpoint']}/api/repos/create", body, headers)
    urllib.request.urlopen(request, timeout=30).close()


def refused(action: Callable[[], object], what: str) -> None:
    """Check that an action fails."""
    try:
        action()
    except Exception:
        return
    raise AssertionError(f"not refused: {what}")


def run(steps: Mapping[str, Callable[[], object]], files: Mapping[str, bytes]) -> None:
    """Run every step; print a JSON line for each, and one with the digests of the uploaded files."""
    answers = sys.stdout
    sys.stdout = sys.stderr
    for name, step in steps.items():
        outcome: dict[str, object] = {"step": name, "ok": True}
        try:
            step()
        except Exception:
            outcome |= {"ok": False, "why": traceback.format_exc()}
        print(json.dumps(outcome), file=answers, flush=True)
    uploaded = {path: digest(content) for path, content in files.items()}
    print(json.dumps({"uploaded": uploaded}), file=answers, flush=True)
