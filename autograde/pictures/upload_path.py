"""Diagram of the path from folder to index, commit and Hub, with the five commands of lesson 2.4."""

from __future__ import annotations

from autograde.pictures.drawing import FRAME, LIT, PLAIN, SMALL, Drawing, Look, wrapped
from autograde.pictures.hub_frame import hub_frame
from autograde.pictures.icons import files, history, tray
from autograde.pictures.translate import Translate

#: The commands in order; each has a picture in which only it is highlighted.
MOVES = ("clone", "copy", "add", "commit", "push")

#: The moves whose commands a learner of lesson 2.4 fills in. In their pictures, these and later commands have no names.
BLANKS = ("add", "commit", "push")

#: The height at which the arrows on the computer run.
ROW = 200


def upload_path(_: Translate, lit: str = "") -> Drawing:
    """Draw the path of a model's files to the Hub; ``lit`` is the highlighted command, or empty for all."""
    which = {
        "": _("All five moves are shown alike."),
        "clone": _("Lit: 1, git clone."),
        "copy": _("Lit: 2, cp."),
        "add": _("Lit: 3. Its command and the later ones are blanks."),
        "commit": _("Lit: 4. Its command and the later one are blanks."),
        "push": _("Lit: 5. Its command is a blank."),
    }[lit]
    moves = (
        _(
            "1 brings the repository from the Hub. 2 copies the model into the working folder. 3 puts the files into"
            " the index. 4 makes a version of them. 5 sends the version to git on the Hub, and large files to LFS or"
            " Xet."
        )
        if lit in BLANKS
        else _(
            "1 git clone brings the repository from the Hub. 2 cp copies the model into the working folder. 3 git add"
            " puts the files into the index. 4 git commit makes a version of them. 5 git push sends the version to git"
            " on the Hub, and large files to LFS or Xet."
        )
    )
    drawing = Drawing(
        760,
        560,
        _("The path of a model: folder, index, commit, Hub"),
        _(
            "On your computer are the model's folder and the clone mymodel04 with its working folder, its index and its"
            " commits. The Hub keeps small files in git and large ones in LFS or Xet."
        )
        + f" {moves} {which}",
    )
    _places(drawing, _, lit)
    _moves(drawing, lit)
    return drawing


def _places(drawing: Drawing, _: Translate, lit: str) -> None:
    def look(move: str) -> Look:
        return LIT if lit == move else PLAIN

    drawing.box(14, 14, 732, 316, FRAME, radius=14)
    drawing.text(30, 44, _("Your computer"), size=18, bold=True)
    drawing.box(26, 98, 116, 204)
    files(drawing, 84, 134)
    drawing.text(84, 188, _("Model"), size=18, bold=True, anchor="middle")
    drawing.lines(84, 214, ["bert-base-", "uncased-", "finetuned"], size=SMALL, mono=True, anchor="middle", fill="soft")

    clone = Look("none", "accent", 3, dashed=True) if lit == "clone" else Look("none", dashed=True)
    drawing.box(222, 56, 516, 260, clone)
    drawing.text(238, 82, "mymodel04", size=16, bold=True, mono=True)
    drawing.text(722, 82, _("your clone"), size=SMALL, fill="soft", anchor="end")
    stations = (
        (236, "copy", files, _("Folder"), _("the files that you see")),
        (432, "add", tray, _("Index"), _("what the next commit takes")),
        (628, "commit", history, _("Commit"), _("a version with a message")),
    )
    for x, move, icon, head, note in stations:
        drawing.box(x, 98, 98, 204, look(move))
        icon(drawing, x + 49, 134)
        drawing.text(x + 49, 188, head, size=18, bold=True, anchor="middle")
        drawing.lines(x + 49, 214, wrapped(note, 86, SMALL), size=SMALL, fill="soft", anchor="middle")

    hub_frame(drawing, _, 424, look("push"))


def _moves(drawing: Drawing, lit: str) -> None:
    def look(move: str) -> Look:
        if lit == move:
            return Look("none", "accent", 4.5)
        return Look("none", "soft", 1.5) if lit else Look("none", "accent", 2.5)

    def badge(move: str, x: float, y: float) -> None:
        drawing.badge(x, y, str(MOVES.index(move) + 1), filled=lit in ("", move))

    def name(move: str, x: float, y: float, command: str, anchor: str) -> None:
        on = lit in ("", move)
        if lit in BLANKS and MOVES.index(move) >= MOVES.index(lit):
            command = "git ___"
        drawing.text(x, y, command, size=SMALL, mono=True, bold=on, fill="accent" if on else "soft", anchor=anchor)

    drawing.arrow([(250, 436), (250, 318)], look("clone"))
    badge("clone", 276, 378)
    name("clone", 298, 383, "git clone", "start")
    for move, start, end, middle, command in (
        ("copy", 144, 234, 182, "cp -r"),
        ("add", 336, 430, 383, "git add"),
        ("commit", 532, 626, 579, "git commit"),
    ):
        drawing.arrow([(start, ROW), (end, ROW)], look(move))
        badge(move, middle, ROW - 26)
        name(move, middle, ROW + 26, command, "middle")
    push = look("push")
    drawing.arrow([(660, 304), (660, 404), (416, 404), (416, 436)], push)
    drawing.arrow([(694, 304), (694, 436)], Look(push.fill, push.line, push.thick, dashed=True))
    badge("push", 510, 378)
    name("push", 532, 383, "git push", "start")
