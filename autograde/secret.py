"""A string that does not show itself by accident."""

from __future__ import annotations


class Secret(str):
    """A token or password whose representation is masked: a cell's last line, a log or a verbose traceback shows dots.

    Libraries take it as the plain string that it is.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'••••••••'"
