"""The check of a goal-only cell: the lesson says what a name should hold, and the learner writes the code."""

from __future__ import annotations

from typing import Any

from autograde.i18n.translation import messages
from autograde.widgets.answers import Said

_ = messages("widgets")

#: Longer values are cut: the note is no place for a whole tensor.
LONGEST = 120


def check_goal(value: Any, goal: Any) -> Said:
    """Compare what the learner's code computed with the goal.

    Nothing is raised: with ``...`` or None in the place of the code, the lesson still runs from top to bottom.

    Args:
        value: the learner's value; ``...`` or None when nothing was written yet.
        goal: the value that it should be: numbers, lists, tuples, texts, or a tensor.
    """
    if value is None or value is ...:
        said = _("Nothing here yet. Write your own code in the cell above, or unfold the solution.")
        return Said(None, said)
    mine, wanted = _plain(value), _plain(goal)
    if type(mine) is type(wanted) and mine == wanted:
        return Said(True, _("Right."), (_shown(mine),))
    lines = [_("You have: {value}").format(value=_shown(mine)), _("The goal: {value}").format(value=_shown(wanted))]
    if type(mine) is not type(wanted):
        kinds = _("Your value is of the type {mine}, the goal of the type {goal}.")
        lines.append(kinds.format(mine=type(value).__name__, goal=type(goal).__name__))
    return Said(False, _("Not yet."), tuple(lines))


def _plain(value: Any) -> Any:
    """A tensor or array as nested lists, a shape as a tuple, so that ``==`` gives one answer."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return tuple(value) if isinstance(value, tuple) else value


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
