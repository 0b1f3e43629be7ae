"""Diagram of the tutorial's six steps with their commands and where they happen."""

from __future__ import annotations

from autograde.pictures.drawing import PLAIN, Drawing, Look, wrapped
from autograde.pictures.icons import down, key, new_box, numbers, person, up
from autograde.pictures.translate import Translate

WIDTH, GAP = 156, 20


def six_steps(_: Translate) -> Drawing:
    """Draw six cards, from the account to the loaded model."""
    drawing = Drawing(
        1060,
        298,
        _("The six steps"),
        _(
            "Six cards in a row, joined by arrows. In the browser: 1 create an account on /join, 2 log in on /login,"
            " 3 create a model repository on /new. In the terminal: 4 upload the model with git push, 5 download it"
            " with git clone. In Python: 6 load it with from_pretrained."
        ),
    )
    steps = (
        (person, _("Create an account"), "/join"),
        (key, _("Log in"), "/login"),
        (new_box, _("Create a model repository"), "/new"),
        (up, _("Upload with git"), "git push"),
        (down, _("Download with git"), "git clone"),
        (numbers, _("Load the model"), "from_pretrained"),
    )
    for number, (icon, words, command) in enumerate(steps):
        x = 12 + number * (WIDTH + GAP)
        middle = x + WIDTH / 2
        drawing.box(x, 30, WIDTH, 190)
        drawing.badge(x + 24, 54, str(number + 1))
        drawing.text(x + WIDTH - 14, 59, f"2.{number + 1}", size=13, fill="soft", anchor="end")
        icon(drawing, middle, 96)
        drawing.lines(middle, 148, wrapped(words, WIDTH - 20, 15.5), size=15.5, anchor="middle", bold=True)
        drawing.text(middle, 204, command, size=13, mono=True, fill="accent", anchor="middle", bold=True)
        if number:
            drawing.arrow([(x - GAP + 2, 125), (x - 2, 125)], Look("none", "accent", 2))
    for first, last, words in ((0, 2, _("in the browser")), (3, 4, _("in the terminal")), (5, 5, _("in Python"))):
        left, right = 12 + first * (WIDTH + GAP), 12 + last * (WIDTH + GAP) + WIDTH
        drawing.path(f"M{left + 6} 236 v10 h{right - left - 12} v-10", Look("none", PLAIN.line, 2))
        drawing.text((left + right) / 2, 276, words, size=15, anchor="middle", fill="soft")
    return drawing
