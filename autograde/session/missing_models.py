"""Explain in one sentence that a class Hub lacks the models of lesson 1, and let the rest of the lesson run."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from autograde.i18n.translation import messages, sentences
from autograde.session.cell_errors import Explanation, show_sentences

_ = messages("widgets")


def install() -> None:
    """Install the explanation in this process's kernel, if there is one."""
    from IPython import get_ipython

    shell: Any = get_ipython()
    if shell is not None:
        # transformers raises an OSError; huggingface_hub's RepositoryNotFoundError is one, too.
        show_sentences(shell, OSError, _explain)


def _explain(_shell: Any, error: BaseException, _traceback: TracebackType) -> Explanation | None:
    """Return what the teacher has to do, if the error names a model of the gallery that was not found."""
    from autograde.models import gallery  # it imports numpy

    said = str(error)
    missing = next((name for name in gallery.NAMES if name in said), None)
    if missing is None or not _not_found(error):
        return None
    told = _("This Hub doesn't have the model {name}, so this cell has no result.")
    advice = _(
        "Ask your teacher to start the Hub with `autograde hub serve --models`; meanwhile, go on with the next cell."
    )
    return Explanation(sentences(told.format(name=missing), advice), goes_on=True)


def _not_found(error: BaseException | None) -> bool:
    """Return whether the error, or one that led to it, says that the Hub has no such repository."""
    from huggingface_hub.errors import RepositoryNotFoundError

    while error is not None:
        if isinstance(error, RepositoryNotFoundError):
            return True
        error = error.__cause__ or error.__context__
    return False
