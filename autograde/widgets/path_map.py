"""The five moves of an upload with git, each done, next or later; and in one sentence what is waiting where."""

from __future__ import annotations

from html import escape
from typing import Literal

from autograde.i18n.translation import messages
from autograde.widgets.notes import inline, plain

_ = messages("widgets")

#: The furthest place from the Hub at which something is waiting: nothing is cloned; the clone has nothing new; files
#: in its folder, in the index, in commits; or everything is on the Hub.
Place = Literal["nowhere", "clone", "folder", "index", "commit", "hub"]

_PLACES: tuple[Place, ...] = ("nowhere", "clone", "folder", "index", "commit", "hub")

#: The commands of the moves, in their order. The number of moves that are done is the place's number.
_MOVES = ("git clone", "cp -r", "git add", "git commit", "git push")

#: Border colours, as in the map of the six steps. A sign repeats what they say.
_BORDER = {"done": "#1a7f37", "next": "#0969da", "later": "#8c959f"}
_SIGN = {"done": "✓", "next": "▶", "later": "○"}


def sentence(place: Place, count: int) -> str:
    """Say what is waiting where, and which command is next."""
    said = {
        "nowhere": _("There is no clone yet. Next: `git clone`."),
        "clone": _("The clone is there, without the model. Next: copy the model into it."),
        "folder": _("Files in the folder that the index doesn't have yet: {count}. Next: `git add`."),
        "index": _("Files in the index that are in no commit yet: {count}. Next: `git commit`."),
        "commit": _("Commits that the Hub doesn't have yet: {count}. Next: `git push`."),
        "hub": _("Everything in this clone is on the Hub."),
    }[place]
    return said.format(count=count)


def as_text(place: Place, count: int) -> str:
    """Return the map as two lines of text."""
    done = _PLACES.index(place)
    moves = " → ".join(f"{_SIGN[_state(number, done)]} {move}" for number, move in enumerate(_MOVES))
    return f"{moves}\n{plain(sentence(place, count))}"


def as_html(place: Place, count: int) -> str:
    """Return the map as HTML: an ordered list in one row that wraps on narrow pages, and the sentence."""
    done = _PLACES.index(place)
    items = "".join(_item(number, move, _state(number, done)) for number, move in enumerate(_MOVES))
    listed = 'style="list-style: none; display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0 4px; padding: 0"'
    label = escape(_("The path to the Hub"))
    said = inline(sentence(place, count))
    return f'<section aria-label="{label}"><ol {listed}>{items}</ol><p style="margin: 0">{said}</p></section>'


def _state(number: int, done: int) -> str:
    return "done" if number < done else "next" if number == done else "later"


def _item(number: int, move: str, state: str) -> str:
    word = {"done": _("done"), "next": _("next"), "later": _("to do")}[state]
    style = f"border: {3 if state == 'next' else 1}px solid {_BORDER[state]}; border-radius: 8px; padding: 4px 10px"
    current = ' aria-current="step"' if state == "next" else ""
    sign = f'<span aria-hidden="true">{_SIGN[state]}</span>'
    return f'<li{current} style="{style}">{sign} {number + 1}. <code>{escape(move)}</code> {escape(word)}</li>'
