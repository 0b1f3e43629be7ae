"""Show a sentence in place of a traceback for errors whose cause is known.

IPython has a single handler for exceptions of cells, so the modules that know a cause share this one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Explanation:
    """What a learner sees in place of a traceback.

    Attributes:
        said: the sentences.
        goes_on: whether "Run All" goes on with the next cell, because that does not need this one.
    """

    said: str
    goes_on: bool = False


#: Gets the shell, the error and its traceback; None: show the traceback as usual.
Explain = Callable[[Any, BaseException, TracebackType], Explanation | None]

_explain: dict[type[BaseException], Explain] = {}

#: The last error after which "Run All" goes on.
_passed: BaseException | None = None


def show_sentences(shell: Any, kind: type[BaseException], explain: Explain) -> None:
    """Let ``explain`` explain the errors of ``kind`` in this shell's cells; calling it again changes nothing."""
    if not _explain:
        shell.events.register("post_run_cell", _go_on)
    _explain[kind] = explain
    shell.set_custom_exc(tuple(_explain), _show)


def _show(
    shell: Any, kind: type[BaseException], error: BaseException, traceback: TracebackType, tb_offset: int | None = None
) -> None:
    global _passed
    for each, explain in _explain.items():
        found = explain(shell, error, traceback) if isinstance(error, each) else None
        if found is None:
            continue
        if found.goes_on:
            # Not imported above: it imports all widgets, and every kernel of the environment imports this module.
            from autograde.widgets.notes import note

            _passed = error
            shell.display_pub.publish({"text/plain": found.said, "text/html": note("hint", found.said)})
        else:
            shell._showtraceback(each, error, [found.said])
        return
    lines = shell.InteractiveTB.structured_traceback(kind, error, traceback, tb_offset=tb_offset)
    shell._showtraceback(kind, error, lines)


def _go_on(result: Any) -> None:
    """Report a cell as successful if its error was explained and the others do not need it."""
    if _passed is not None and result.error_in_exec is _passed:
        result.error_in_exec = None
