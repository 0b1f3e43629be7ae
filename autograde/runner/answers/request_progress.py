"""Count requests of the client to the Hub as progress: a call that keeps getting new answers may take longer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from autograde.runner.answers.channel import Channel


@contextlib.contextmanager
def requests_as_progress(channel: Channel) -> Iterator[None]:
    """Inside the block, tell the channel of each request that is unlike all before it, or has another result.

    The same request again is no progress: otherwise a loop that retries would never be stopped.
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
