"""Diagram of an LFS pointer next to its file, with the meaning of each line of the pointer."""

from __future__ import annotations

from autograde.models import FINETUNED_SHA256
from autograde.pictures.drawing import Drawing, Look
from autograde.pictures.icons import cloud
from autograde.pictures.translate import Translate

#: The weights of the model that lesson 2.4 uploads: their size in bytes and their SHA-256.
SIZE = 122_940_648
SHA256 = FINETUNED_SHA256["model.safetensors"]

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{SHA256}\nsize {SIZE}\n"


def lfs_pointer(_: Translate) -> Drawing:
    """Draw the pointer on the left and the file on the right, with lines between matching values."""
    drawing = Drawing(
        1060,
        330,
        _("An LFS pointer and the real file"),
        _(
            "On the left the pointer that git keeps, {small} bytes of text in three lines: the version of the format,"
            " the SHA-256 of the real file, its size. On the right the real file model.safetensors in LFS, {large}"
            " bytes. Two lines join the pointer's SHA-256 and size with those of the real file."
        ).format(small=len(POINTER), large=f"{SIZE:,}"),
    )
    drawing.box(14, 62, 516, 254)
    drawing.text(14, 42, _("In git: the pointer"), size=17, bold=True)
    drawing.text(530, 42, _("{size} bytes").format(size=len(POINTER)), size=15, fill="soft", anchor="end", mono=True)
    drawing.box(724, 62, 322, 254, Look("amber-tint", "amber", 2))
    drawing.text(724, 42, _("In LFS: the real file"), size=17, bold=True)

    drawing.badge(40, 96, "1", filled=False)
    drawing.text(64, 101, "version https://git-lfs.github.com/spec/v1", size=14.5, mono=True)
    drawing.text(64, 124, _("which format this is"), size=13.5, fill="soft")
    drawing.box(26, 142, 492, 78, Look("tint", "accent", 2))
    drawing.badge(46, 168, "2")
    drawing.text(70, 173, f"oid sha256:{SHA256[:8]}…{SHA256[-4:]}", size=14.5, mono=True, bold=True)
    drawing.text(70, 200, _("the fingerprint of the content"), size=13.5, fill="soft")
    drawing.box(26, 230, 492, 74, Look("blue-tint", "blue", 2))
    drawing.badge(46, 256, "3")
    drawing.text(70, 261, f"size {SIZE}", size=14.5, mono=True, bold=True)
    drawing.text(70, 288, _("how long the content is"), size=13.5, fill="soft")

    cloud(drawing, 758, 98)
    drawing.text(790, 103, "model.safetensors", size=15.5, mono=True, bold=True)
    drawing.box(738, 142, 294, 78, Look("paper", "accent", 2))
    drawing.text(754, 173, f"{SHA256[:8]}…{SHA256[-4:]}", size=14.5, mono=True, bold=True)
    drawing.text(754, 200, _("SHA-256 of its bytes"), size=13.5, fill="soft")
    drawing.box(738, 230, 294, 74, Look("paper", "blue", 2))
    drawing.text(754, 261, _("{size} bytes").format(size=f"{SIZE:,}"), size=14.5, mono=True, bold=True)
    drawing.text(754, 288, _("its size"), size=13.5, fill="soft")

    for y, colour, words in ((181, "accent", _("must be equal")), (267, "blue", _("must be equal"))):
        drawing.arrow([(520, y), (736, y)], Look("none", colour, 3))
        drawing.text(627, y - 10, words, size=13.5, fill=colour, anchor="middle", bold=True)
    return drawing
