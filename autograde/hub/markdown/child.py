"""The child process of :mod:`autograde.hub.markdown.children`: renders one text after another."""

from __future__ import annotations

import json
import resource
import sys

from autograde.hub.markdown.sanitising import Place, sanitised

#: Memory limit of a child, in bytes.
_MEMORY = 512 << 20


def serve() -> None:
    """Answer each line of standard input, a request, with a line of HTML as JSON."""
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    for line in sys.stdin.buffer:
        text, place, anchors = json.loads(line)
        html: str | None
        try:
            html = sanitised(text, Place(*place) if place else None, anchors=anchors)
        except Exception:
            # If the parser fails, the source text is shown; the child keeps running.
            html = None
        sys.stdout.buffer.write(json.dumps(html).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve()
