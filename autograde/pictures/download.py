"""Diagram of a clone's download: small files come from git, large ones from LFS, if git-lfs is installed."""

from __future__ import annotations

from autograde.pictures.drawing import FRAME, LIT, PLAIN, SMALL, Drawing, Look, wrapped
from autograde.pictures.hub_frame import GIT, LFS, WIDTH, hub_frame
from autograde.pictures.icons import files
from autograde.pictures.lfs_pointer import POINTER, SIZE
from autograde.pictures.translate import Translate


def download(_: Translate, *, with_lfs: bool = True) -> Drawing:
    """Draw how a clone gets its files; without git-lfs, the weights are a pointer."""
    what = (
        _("git brings the small files, and git-lfs the real weights from LFS.")
        if with_lfs
        else _("git brings the small files and, in place of the weights, the pointer. Nothing comes from LFS.")
    )
    drawing = Drawing(
        760,
        420,
        _("From the Hub to your clone") if with_lfs else _("A clone without git-lfs"),
        _("Above, the Hub with git and LFS or Xet. Below, your computer with the clone mymodel04.") + " " + what,
    )
    hub_frame(drawing, _, 14)

    drawing.box(14, 226, 732, 180, FRAME, radius=14)
    drawing.lines(30, 256, wrapped(_("Your computer"), 110, 18), size=18, bold=True)
    drawing.box(156, 240, 584, 152, Look("none", dashed=True))
    drawing.text(GIT, 268, "mymodel04", size=16, bold=True, mono=True)
    drawing.text(LFS + WIDTH - 8, 268, _("your clone"), size=SMALL, fill="soft", anchor="end")
    drawing.box(GIT, 284, WIDTH - 8, 94, LIT)
    files(drawing, GIT + 36, 331)
    drawing.text(GIT + 72, 324, "config.json …", size=16, bold=True, mono=True)
    drawing.text(GIT + 72, 350, _("the small files"), size=SMALL, fill="soft")
    weights, kind = (SIZE, _("the real file")) if with_lfs else (len(POINTER), _("only the pointer"))
    drawing.box(LFS, 284, WIDTH - 8, 94, LIT if with_lfs else Look("amber-tint", "amber", 3))
    drawing.text(LFS + 16, 314, "model.safetensors", size=16, bold=True, mono=True)
    colour = "ink" if with_lfs else "amber"
    drawing.text(LFS + 16, 339, _("{size} bytes").format(size=f"{weights:,}"), size=16, mono=True, fill=colour)
    drawing.text(LFS + 16, 364, kind, size=SMALL, fill="soft" if with_lfs else "amber", bold=not with_lfs)

    strong, middle = Look("none", "accent", 4.5), LFS + 130
    drawing.arrow([(GIT + 130, 124), (GIT + 130, 282)], strong)
    if with_lfs:
        drawing.text(GIT + 148, 188, "git ___", size=16, mono=True, bold=True, fill="accent")
        drawing.arrow([(middle, 124), (middle, 282)], strong)
        drawing.text(middle + 18, 188, "git-lfs", size=16, mono=True, bold=True, fill="accent")
    else:
        drawing.text(GIT + 116, 188, "git clone", size=16, mono=True, bold=True, fill="accent", anchor="end")
        drawing.arrow([(GIT + 130, 182), (LFS + 40, 182), (LFS + 40, 282)], Look("none", "amber", 3))
        missing = Look("none", PLAIN.line, 2, dashed=True)
        drawing.path(f"M{middle + 30} 124 v62", missing)
        drawing.path(f"M{middle + 21} 193 l18 18 m0 -18 l-18 18", Look("none", "amber", 3))
        drawing.text(middle + 52, 168, _("no git-lfs"), size=SMALL, fill="amber", bold=True)
    return drawing
