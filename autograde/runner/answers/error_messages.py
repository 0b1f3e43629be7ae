"""Shorten an exception's message: remove colours, links to manuals and request ids that libraries add."""

from __future__ import annotations

import re

from autograde.judge.error_lines import plain

#: Longest message that is kept, in characters.
_LONGEST = 500

#: Texts that huggingface_hub and httpx add to every message, mostly before the Hub's sentence.
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
    """Return the message in one line, at most 500 characters, without a full stop, the Hub's sentence first."""
    text = " ".join(_BESIDES.sub("", plain(message)).split())
    text = re.sub(r"(Client error '\d{3} [^']*') for url '[^']*'", r"\1:", text)
    text = re.sub(r"(?<!\.)\. ?\.(?= |$)", ".", text)
    # The verdict's sentence continues after the message.
    return re.sub(r"(?<!\.)\.$", "", text)[:_LONGEST]
