"""Explain in one sentence that a class Hub lacks the models of lesson 1, and let "Run All" continue."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from autograde.i18n.translation import messages, sentences
from autograde.session.cell_errors import Explanation, explain_errors, has_cause

_ = messages("widgets")


def install() -> None:
    """Install the explanation in this process's kernel, if there is one."""
    from IPython import get_ipython

    shell: Any = get_ipython()
    if shell is not None:
        # transformers raises an OSError; huggingface_hub's RepositoryNotFoundError is one, too.
        explain_errors(shell, _explain, OSError)


def _explain(_shell: Any, error: BaseException, _traceback: TracebackType) -> Explanation | None:
    """Return an explanation with advice for the teacher if the error is about a missing model of the gallery."""
    from huggingface_hub.errors import RepositoryNotFoundError

    from autograde.models import gallery  # it imports numpy

    text = str(error)
    missing = next((name for name in gallery.NAMES if name in text), None)
    if missing is None or not has_cause(error, RepositoryNotFoundError):
        return None
    message = _("This Hub doesn't have the model {name}, so this cell has no result.")
    advice = _(
        "Ask your teacher to start the Hub with `autograde hub serve --models`; meanwhile, go on with the next cell."
    )
    return Explanation(sentences(message.format(name=missing), advice), run_all_continues=True)
