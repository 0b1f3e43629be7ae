"""A string with a masked representation."""

from __future__ import annotations


class Secret(str):
    """A token or password whose ``repr`` is masked, so that a cell's output, a log or a traceback does not show it.

    It is an ordinary string otherwise.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'••••••••'"
