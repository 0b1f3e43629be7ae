"""Diagram of the path from folder to index, commit and Hub, with the five commands of lesson 2.4."""

from __future__ import annotations

from autograde.pictures.drawing import FRAME, LIT, PLAIN, Drawing, Look, wrapped
from autograde.pictures.icons import cloud, files, history, tray
from autograde.pictures.translate import Translate

#: The commands in order; each has a picture in which only it is highlighted.
MOVES = ("clone", "copy", "add", "commit", "push")

#: The moves whose commands a learner of lesson 2.4 fills in. In their pictures, these and later commands have no names.
BLANKS = ("add", "commit", "push")

#: The height at which the arrows inside the clone run.
ROW = 226


def path(_: Translate, lit: str = "") -> Drawing:
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
        1060,
        400,
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

    drawing.box(14, 62, 784, 324, FRAME, radius=14)
    drawing.text(32, 90, _("Your computer"), size=16, bold=True)
    drawing.box(886, 62, 160, 324, FRAME, radius=14)
    drawing.text(904, 90, _("The Hub"), size=16, bold=True)

    drawing.box(30, 146, 132, 168)
    files(drawing, 96, 184)
    drawing.text(96, 238, _("Model"), size=16, bold=True, anchor="middle")
    drawing.lines(96, 262, ["bert-base-", "uncased-", "finetuned"], size=12.5, mono=True, anchor="middle", fill="soft")

    clone = Look("none", "accent", 3, dashed=True) if lit == "clone" else Look("none", dashed=True)
    drawing.box(250, 106, 536, 264, clone)
    drawing.text(268, 132, "mymodel04", size=15, bold=True, mono=True)
    drawing.text(770, 132, _("your clone"), size=14, fill="soft", anchor="end")
    stations = (
        (266, "copy", files, _("Folder"), _("the files that you see")),
        (464, "add", tray, _("Index"), _("what the next commit takes")),
        (662, "commit", history, _("Commit"), _("a version with a message")),
    )
    for x, move, icon, head, note in stations:
        drawing.box(x, 146, 108, 208, look(move))
        icon(drawing, x + 54, 184)
        drawing.text(x + 54, 254, head, size=16, bold=True, anchor="middle")
        drawing.lines(x + 54, 280, wrapped(note, 94, 13), size=13, fill="soft", anchor="middle")

    for y, icon, head, note in (
        (106, history, "git", _("small files and pointers")),
        (244, cloud, "LFS / Xet", _("the bytes of large files")),
    ):
        drawing.box(900, y, 132, 126, look("push"))
        icon(drawing, 966, y + 32)
        drawing.text(966, y + 78, head, size=16, bold=True, anchor="middle", mono=True)
        drawing.lines(966, y + 98, wrapped(note, 120, 12.5), size=12.5, fill="soft", anchor="middle")


def _moves(drawing: Drawing, lit: str) -> None:
    def look(move: str) -> Look:
        if lit == move:
            return Look("none", "accent", 4.5)
        return Look("none", "soft", 1.5) if lit else Look("none", "accent", 2.5)

    def name(move: str, x: float, y: float, command: str) -> None:
        on = lit in ("", move)
        drawing.badge(x, y - 24, str(MOVES.index(move) + 1), filled=on)
        fill = "accent" if on else "soft"
        if lit in BLANKS and MOVES.index(move) >= MOVES.index(lit):
            command = "git ___"
        drawing.text(x, y + 24, command, size=12.5, mono=True, bold=on, fill=fill, anchor="middle")

    drawing.arrow([(1012, 104), (1012, 34), (518, 34), (518, 104)], look("clone"))
    drawing.box(690, 16, 128, 36, Look("ground", "none"))
    drawing.badge(708, 34, "1", filled=lit in ("", "clone"))
    fill = "accent" if lit in ("", "clone") else "soft"
    drawing.text(728, 39, "git clone", size=14, mono=True, bold=lit in ("", "clone"), fill=fill)
    drawing.arrow([(164, ROW), (264, ROW)], look("copy"))
    name("copy", 206, ROW, "cp -r")
    drawing.arrow([(376, ROW), (462, ROW)], look("add"))
    name("add", 418, ROW, "git add")
    drawing.arrow([(574, ROW), (660, ROW)], look("commit"))
    name("commit", 616, ROW, "git commit")
    push = look("push")
    drawing.arrow([(772, 190), (898, 190)], push)
    drawing.arrow([(772, 308), (898, 308)], Look(push.fill, push.line, push.thick, dashed=True))
    name("push", 842, 250, "git push")
