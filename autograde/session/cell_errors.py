"""Show a message instead of a traceback for errors with a known cause.

IPython has a single handler for exceptions in cells, so the modules that can explain errors share this one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Explanation:
    """A message that replaces a traceback.

    Attributes:
        message: the text.
        run_all_continues: whether "Run All" continues with the next cell, which does not need this one.
    """

    message: str
    run_all_continues: bool = False


#: Receives the shell, the error and its traceback; returns None to show the traceback as usual.
Explain = Callable[[Any, BaseException, TracebackType], Explanation | None]

#: Registered explanations, tried in this order, with the kinds of errors that each can explain.
_explanations: dict[Explain, tuple[type[BaseException], ...]] = {}

#: The last error after which "Run All" continues.
_passed: BaseException | None = None


def explain_errors(shell: Any, explain: Explain, *kinds: type[BaseException]) -> None:
    """Register ``explain`` for errors of these kinds in this shell's cells; registering it again has no effect."""
    if not _explanations:
        shell.events.register("post_run_cell", _go_on)
    _explanations[explain] = kinds
    shell.set_custom_exc(tuple(chain.from_iterable(_explanations.values())), _show)


def has_cause(error: BaseException, kind: type[BaseException]) -> bool:
    """Return whether an error, or one of those that led to it, is of ``kind``."""
    seen: set[int] = set()
    at: BaseException | None = error
    # An error may be its own cause: ``raise error from error``.
    while at is not None and id(at) not in seen:
        if isinstance(at, kind):
            return True
        seen.add(id(at))
        at = at.__cause__ or at.__context__
    return False


def _show(
    shell: Any, kind: type[BaseException], error: BaseException, traceback: TracebackType, tb_offset: int | None = None
) -> None:
    global _passed
    for explain, kinds in _explanations.items():
        found = explain(shell, error, traceback) if isinstance(error, kinds) else None
        if found is None:
            continue
        if found.run_all_continues:
            # Imported here because it imports all widgets, while every kernel of the environment imports this module.
            from autograde.widgets.notes import note

            _passed = error
            shell.display_pub.publish({"text/plain": found.message, "text/html": note("hint", found.message)})
        else:
            shell._showtraceback(next(each for each in kinds if isinstance(error, each)), error, [found.message])
        return
    lines = shell.InteractiveTB.structured_traceback(kind, error, traceback, tb_offset=tb_offset)
    shell._showtraceback(kind, error, lines)


def _go_on(result: Any) -> None:
    """Report a cell as successful if its error was explained and later cells do not need it."""
    if _passed is not None and result.error_in_exec is _passed:
        result.error_in_exec = None
