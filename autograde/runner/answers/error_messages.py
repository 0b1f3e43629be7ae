"""Shorten an exception's message: remove colours, links to manuals and request ids that libraries add."""

from __future__ import annotations

import re

from autograde.judge.complaints import plain

#: Longest message that is kept, in characters.
_LONGEST = 500

#: What huggingface_hub and httpx say every time, and mostly before the Hub's own sentence.
_BESIDES = re.compile(
    r"\(Request ID: [^)]*\)"
    r"|For more information check: \S+"
    r"|For more details, see \S+"
    r"|Cannot access content at: \S+"
    r"|Make sure your token has the correct permissions\.?"
    r"|Please make sure you specified the correct `repo_id` and `repo_type`\."
    r"|If you are trying to access a private or gated repo, make sure you are authenticated[^.]*\."
)


def plain_message(message: str) -> str:
    """The message in one line of at most 500 characters without a full stop, the Hub's own sentence near its start."""
    text = " ".join(_BESIDES.sub("", plain(message)).split())
    text = re.sub(r"(Client error '\d{3} [^']*') for url '[^']*'", r"\1:", text)
    text = re.sub(r"(?<!\.)\. ?\.(?= |$)", ".", text)
    # The sentence goes on after it.
    return re.sub(r"(?<!\.)\.$", "", text)[:_LONGEST]
