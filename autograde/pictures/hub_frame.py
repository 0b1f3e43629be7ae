"""The Hub in a diagram: a frame with its two stores, git and LFS."""

from __future__ import annotations

from autograde.pictures.drawing import FRAME, PLAIN, SMALL, Drawing, Look
from autograde.pictures.icons import cloud, history
from autograde.pictures.translate import Translate

#: Left edges of the two stores, git's and that of LFS, and their width.
GIT, LFS, WIDTH = 170, 458, 276


def hub_frame(drawing: Drawing, _: Translate, top: float, look: Look = PLAIN) -> None:
    """Draw the Hub; ``top`` is its upper edge, ``look`` that of its stores."""
    drawing.box(14, top, 732, 122, FRAME, radius=14)
    drawing.text(30, top + 30, _("The Hub"), size=18, bold=True)
    for x, icon, head, note in (
        (GIT, history, "git", _("small files and pointers")),
        (LFS, cloud, "LFS / Xet", _("the bytes of large files")),
    ):
        drawing.box(x, top + 14, WIDTH, 94, look)
        icon(drawing, x + 36, top + 61)
        drawing.text(x + 72, top + 54, head, size=18, bold=True, mono=True)
        drawing.text(x + 72, top + 80, note, size=SMALL, fill="soft")
