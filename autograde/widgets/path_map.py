"""The map of the five commands of an upload with git, each done, next or later, with a sentence about the state."""

from __future__ import annotations

from html import escape
from typing import Literal

from autograde.i18n.translation import messages, sentences
from autograde.widgets.notes import inline, plain

_ = messages("widgets")

#: The place furthest from the Hub with waiting changes: nothing is cloned; the clone has nothing new; files in its
#: folder, in the index, in commits; or everything is on the Hub. ``"elsewhere"``: the Hub no longer has the repository
#: that was cloned, so the path starts again.
Place = Literal["nowhere", "clone", "folder", "index", "commit", "hub", "elsewhere"]

#: Places in the order of the path, without ``"elsewhere"``.
_PLACES: tuple[Place, ...] = ("nowhere", "clone", "folder", "index", "commit", "hub")

#: The commands in order. The number of completed commands is the place's number.
_MOVES = ("git clone", "cp -r", "git add", "git commit", "git push")

#: Those that the learner fills in in lesson 2.4.
_BLANKS = _MOVES[2:]

#: Border colours, as in the map of the six steps. A symbol repeats their meaning.
_BORDER = {"done": "#1a7f37", "next": "#0969da", "later": "#8c959f"}
_SIGN = {"done": "✓", "next": "▶", "later": "○"}


def sentence(place: Place, count: int, *, blanks: bool = False, misplaced: str = "", leftover: str = "") -> str:
    """Describe what is waiting where, and the next command; with ``blanks``, without the name of a git command.

    ``misplaced`` is the name of a folder in the clone that was copied whole, with the model in it; ``leftover`` that of
    such a folder which is still there after a right copy.
    """
    if misplaced:
        return _(
            "The model is in the folder `{folder}` of the clone, where programs don't look for it. Delete this folder,"
            " then copy again, with `/.` at the end."
        ).format(folder=misplaced)
    if leftover:
        return sentences(
            _("The folder `{folder}` of the clone has the model a second time. Delete this folder.").format(
                folder=leftover
            ),
            sentence(place, count, blanks=blanks),
        )
    text = {
        "nowhere": _("There is no clone yet. Next: `git clone`."),
        "clone": _("The clone is there, without the model. Next: copy the model into it."),
        "folder": _("Files in the folder that the index doesn't have yet: {count}."),
        "index": _("Files in the index that are in no commit yet: {count}."),
        "commit": _("Commits that the Hub doesn't have yet: {count}."),
        "hub": _("Everything in this clone is on the Hub."),
        "elsewhere": _(
            "The Hub doesn't have this version: the repository was deleted or made anew, or the Hub does not answer."
            " Create it if it is missing, then begin again with `git clone`."
        ),
    }[place].format(count=count)
    if blanks or place not in ("folder", "index", "commit"):
        return text
    return sentences(text, _("Next: `{command}`.").format(command=_MOVES[_PLACES.index(place)]))


def as_text(place: Place, count: int, *, blanks: bool = False, misplaced: str = "", leftover: str = "") -> str:
    """Return the map as two lines of text; ``blanks`` hides the commands to come that a learner fills in."""
    moves = " → ".join(f"{_SIGN[state]} {command}" for command, state in _states(place, blanks))
    return f"{moves}\n{plain(sentence(place, count, blanks=blanks, misplaced=misplaced, leftover=leftover))}"


def as_html(place: Place, count: int, *, blanks: bool = False, misplaced: str = "", leftover: str = "") -> str:
    """Return the map as HTML: an ordered list in one row that wraps on narrow pages, and the sentence.

    With ``blanks``, the next and later git commands have no names: the learner fills them in.
    """
    states = enumerate(_states(place, blanks), start=1)
    items = "".join(_item(number, command, state) for number, (command, state) in states)
    listed = 'style="list-style: none; display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0 4px; padding: 0"'
    label = escape(_("The path to the Hub"))
    text = inline(sentence(place, count, blanks=blanks, misplaced=misplaced, leftover=leftover))
    return f'<section aria-label="{label}"><ol {listed}>{items}</ol><p style="margin: 0">{text}</p></section>'


def _states(place: Place, blanks: bool) -> list[tuple[str, str]]:
    """Return the command of each move and its state: done, next or later."""
    done = _PLACES.index("nowhere" if place == "elsewhere" else place)
    states = ["done" if number < done else "next" if number == done else "later" for number in range(len(_MOVES))]
    return [
        ("git ___" if blanks and state != "done" and command in _BLANKS else command, state)
        for command, state in zip(_MOVES, states, strict=True)
    ]


def _item(number: int, command: str, state: str) -> str:
    word = {"done": _("done"), "next": _("next"), "later": _("to do")}[state]
    # The thicker frame is a shadow inside the box: text and boxes stay aligned.
    frame = f"; box-shadow: inset 0 0 0 2px {_BORDER[state]}" if state == "next" else ""
    style = f"border: 1px solid {_BORDER[state]}{frame}; border-radius: 8px; padding: 4px 10px"
    current = ' aria-current="step"' if state == "next" else ""
    sign = f'<span aria-hidden="true">{_SIGN[state]}</span>'
    return f'<li{current} style="{style}">{sign} {number}. <code>{escape(command)}</code> {escape(word)}</li>'
