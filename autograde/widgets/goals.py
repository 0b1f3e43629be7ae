"""Check a cell in which the learner writes the code for a given result."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from autograde.i18n.translation import messages
from autograde.widgets.answers import Feedback

_ = messages("widgets")

#: Longer values are cut, for example tensors.
LONGEST = 120


def check_goal(value: Any, goal: Any) -> Feedback:
    """Compare the learner's result with the goal. Never raises, so that the lesson runs without answers too.

    Args:
        value: the learner's value; ``...`` or None if there is none yet.
        goal: the expected value: a number, list, tuple, text or tensor.
    """
    if value is None or value is ...:
        message = _("Nothing here yet. Write your own code in the cell above, or unfold the solution.")
        return Feedback(None, message)
    given, wanted = _plain(value), _plain(goal)
    if type(given) is type(wanted) and given == wanted:
        return Feedback(True, _("Right."), (_shown(given),))
    lines = [
        _("You have: {value}").format(value=_shown(given)),
        _("The goal: {value}").format(value=_shown(wanted)),
    ]
    if type(given) is not type(wanted):
        kinds = _("Your value is of the type {mine}, the goal of the type {goal}.")
        lines.append(kinds.format(mine=type(value).__name__, goal=type(goal).__name__))
    return Feedback(False, _("Not yet."), tuple(lines))


def check_search(found: Any, sentences: Sequence[str], vectors: Any, request: Any) -> Feedback:
    """Compare the learner's sentence with the one whose vector has the direction nearest to that of the request.

    The search is made here, because the lesson's cell would show it below the learner's blank.

    Args:
        found: the learner's sentence; ``...`` or None if there is none yet.
        sentences: the sentences to search.
        vectors: their vectors, a tensor of the shape (sentences, hidden).
        request: the vector of the request, a tensor of the shape (hidden,).
    """
    wanted: list[float] = _plain(request)
    similarities = [_dot(vector, wanted) / math.hypot(*vector) for vector in _plain(vectors)]
    return check_goal(found, sentences[similarities.index(max(similarities))])


def _dot(one: Iterable[float], other: Iterable[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _plain(value: Any) -> Any:
    """Convert tensors and arrays to nested lists and shapes to tuples, so that ``==`` returns a bool."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return tuple(value) if isinstance(value, tuple) else value


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
