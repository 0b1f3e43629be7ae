"""Diagram of the tutorial's six steps with their commands and where they happen."""

from __future__ import annotations

from autograde.pictures.drawing import FRAME, SMALL, Drawing, Look, wrapped
from autograde.pictures.icons import down, key, new_box, numbers, person, up
from autograde.pictures.translate import Translate

#: A card's size, and the space between cards and around them.
WIDTH, HEIGHT, GAP, EDGE = 210, 154, 36, 12

#: Left edge of the frames, and the height of a frame and of the space below it.
LEFT, FRAME_HEIGHT, BETWEEN = 16, 198, 36


def six_steps(_: Translate) -> Drawing:
    """Draw six cards in two rows, from the account to the loaded model, with a frame around each place."""
    drawing = Drawing(
        760,
        460,
        _("The six steps"),
        _(
            "Six cards in two rows, joined by arrows. In the browser: 1 create an account on /join, 2 log in on /login,"
            " 3 create a model repository on /new. In the terminal: 4 upload the model with git push, 5 download it"
            " with git clone. In Python: 6 load it with from_pretrained."
        ),
    )
    for row, first, last, words in (
        (0, 0, 2, _("in the browser")),
        (1, 0, 1, _("in the terminal")),
        (1, 2, 2, _("in Python")),
    ):
        left, right = _left(first) - EDGE, _left(last) + WIDTH + EDGE
        drawing.box(left, _top(row) - EDGE, right - left, FRAME_HEIGHT, FRAME, radius=14)
        drawing.text((left + right) / 2, _top(row) + HEIGHT + 23, words, size=SMALL, anchor="middle", fill="soft")
    steps = (
        (person, _("Create an account"), "/join"),
        (key, _("Log in"), "/login"),
        (new_box, _("Create a model repository"), "/new"),
        (up, _("Upload with git"), "git push"),
        (down, _("Download with git"), "git clone"),
        (numbers, _("Load the model"), "from_pretrained"),
    )
    for number, (icon, words, command) in enumerate(steps):
        x, y = _left(number % 3), _top(number // 3)
        middle = x + WIDTH / 2
        drawing.box(x, y, WIDTH, HEIGHT)
        drawing.badge(x + 24, y + 26, str(number + 1))
        drawing.text(x + WIDTH - 14, y + 31, f"2.{number + 1}", size=SMALL, fill="soft", anchor="end")
        icon(drawing, middle, y + 42)
        lines = wrapped(words, WIDTH - 20, 17)
        drawing.lines(middle, y + (99 if len(lines) == 1 else 87), lines, size=17, anchor="middle", bold=True)
        drawing.text(middle, y + 138, command, size=16, mono=True, fill="accent", anchor="middle", bold=True)
    arrow = Look("none", "accent", 2)
    for number in (1, 2, 4, 5):
        x, y = _left(number % 3), _top(number // 3) + HEIGHT / 2
        drawing.arrow([(x - GAP + 2, y), (x - 2, y)], arrow)
    start, end = _left(2) + WIDTH / 2, _left(0) + WIDTH / 2
    middle = _top(1) - EDGE - BETWEEN / 2
    drawing.arrow([(start, _top(0) + HEIGHT + 2), (start, middle), (end, middle), (end, _top(1) - 2)], arrow)
    return drawing


def _left(column: int) -> float:
    return LEFT + EDGE + column * (WIDTH + GAP)


def _top(row: int) -> float:
    return 14 + EDGE + row * (FRAME_HEIGHT + BETWEEN)
