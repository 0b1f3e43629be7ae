"""Render long Markdown in a child process, which is killed if it takes too long.

Some CommonMark and HTML texts take minutes to parse, and a parser in this process would block all other requests. Short
texts are rendered directly; long ones get some seconds in a child process.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import queue
import select
import subprocess
import sys
import time
from collections import OrderedDict
from hashlib import sha256
from threading import Lock

from autograde.hub import budgets

#: Seconds for rendering one text, and for waiting for a free child.
SECONDS = 4.0
_PATIENCE = 4.0

#: Number of children.
_CHILDREN = 2

#: The longest HTML that is accepted, in characters.
_MAX_HTML = 2 << 20

#: Number of cached results, failures included: many people may open the same card at the same time.
_MAX_CACHED = 64


class _Child:
    """A child process that renders one text after another."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            # -P: a file in the current folder must not shadow a library.
            [sys.executable, "-P", "-m", "autograde.hub.markdown.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def render(self, request: bytes) -> str | None:
        """Return the HTML of a request; None if it failed. A child that took too long or died is closed."""
        assert self._process.stdin
        assert self._process.stdout
        end = time.monotonic() + SECONDS
        received = b""
        try:
            self._process.stdin.write(request + b"\n")
            self._process.stdin.flush()
            while not received.endswith(b"\n"):
                ready, __, __ = select.select([self._process.stdout], [], [], max(end - time.monotonic(), 0))
                chunk = self._process.stdout.read1(1 << 20) if ready else b""  # type: ignore[attr-defined]
                received += chunk
                if not chunk or len(received) > 4 * _MAX_HTML:
                    self.close()
                    return None
        except OSError:
            self.close()
            return None
        html = json.loads(received)
        return html if isinstance(html, str) and len(html) <= _MAX_HTML else None

    @property
    def alive(self) -> bool:
        """Whether the process is running."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()


class Renderer:
    """A pool of children that render long texts, shared by the Hubs of a process. Thread-safe."""

    def __init__(self) -> None:
        self._children: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for __ in range(_CHILDREN):
            self._children.put(None)
        self._known: OrderedDict[bytes, str | None] = OrderedDict()
        self._guard = Lock()

    def html(self, text: str, place: tuple[str, str, str] | None, *, anchors: bool) -> str | None:
        """Return the sanitised HTML of a text; None if it takes too long."""
        request = json.dumps([text, place, anchors]).encode()
        key = sha256(request).digest()
        with self._guard:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        try:
            child = self._children.get(timeout=_PATIENCE)
        except queue.Empty:
            return None
        try:
            budgets.check()
            if child is None or not child.alive:
                child = _Child()
            found = child.render(request)
        finally:
            self._children.put(child)
        with self._guard:
            self._known[key] = found
            while len(self._known) > _MAX_CACHED:
                self._known.popitem(last=False)
        return found

    def close(self) -> None:
        """End the idle children."""
        for __ in range(_CHILDREN):
            with contextlib.suppress(queue.Empty):
                if child := self._children.get_nowait():
                    child.close()
                self._children.put(None)


#: The pool of this process.
renderer = Renderer()
atexit.register(renderer.close)
