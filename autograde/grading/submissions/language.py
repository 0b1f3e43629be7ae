"""Detect the language of a learner's notebook."""

from __future__ import annotations

import re
from itertools import islice

from nbformat import NotebookNode

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: The length is limited because the search would otherwise take days for a notebook that repeats the first word.
_CHOSEN = re.compile(r"open_exercise\([^)\n]{0,200}?language\s*=\s*[\"'](\w+)")

#: Chinese characters that any notebook may have, in comments; a Chinese release has thousands.
_FEW = 200


def language_of_text(text: str) -> str:
    """Return ``"en"`` or ``"zh"``: the language selected in the exercise, otherwise that of the text."""
    if (chosen := _CHOSEN.search(text)) is not None:
        return "zh" if chosen[1].lower().startswith("zh") else "en"
    return "zh" if len([*islice(_CHINESE.finditer(text), _FEW + 1)]) > _FEW else "en"


def language_of(notebook: NotebookNode) -> str:
    """Return the language of a notebook."""
    return language_of_text("\n".join(cell.source for cell in notebook.cells))
