"""Count the client's requests to the Hub as progress, so that a call with new requests may take longer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from autograde.runner.answers.channel import Channel


@contextlib.contextmanager
def requests_as_progress(channel: Channel) -> Iterator[None]:
    """Report each request inside the block that differs from all earlier ones, or has a new result, as progress.

    A repeated request does not count, because a loop that retries must be stopped.
    """
    from huggingface_hub import get_session

    seen: set[tuple[str, str, int]] = set()

    def note(response: Any) -> None:
        new = (str(response.request.method), str(response.request.url), int(response.status_code))
        if new not in seen:
            seen.add(new)
            channel.progress()

    hooks = get_session().event_hooks
    hooks["response"] = [*hooks["response"], note]
    get_session().event_hooks = hooks
    try:
        yield
    finally:
        hooks["response"].remove(note)
        get_session().event_hooks = hooks
