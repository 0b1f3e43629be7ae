"""Diagram of an LFS pointer next to its file, with the meaning of each line of the pointer."""

from __future__ import annotations

from autograde.models import FINETUNED_SHA256
from autograde.pictures.drawing import SMALL, Drawing, Look, wrapped
from autograde.pictures.translate import Translate

#: The weights of the model that lesson 2.4 uploads: their size in bytes and their SHA-256.
SIZE = 122_940_648
SHA256 = FINETUNED_SHA256["model.safetensors"]

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{SHA256}\nsize {SIZE}\n"


def lfs_pointer(_: Translate) -> Drawing:
    """Draw the pointer on the left and the file on the right, with lines between matching values."""
    drawing = Drawing(
        760,
        330,
        _("An LFS pointer and the real file"),
        _(
            "On the left the pointer that git keeps, {small} bytes of text in three lines: the version of the format,"
            " the SHA-256 of the real file, its size. On the right the real file model.safetensors in LFS, {large}"
            " bytes. Two lines join the pointer's SHA-256 and size with those of the real file."
        ).format(small=len(POINTER), large=f"{SIZE:,}"),
    )
    left, right = 452, 546
    drawing.box(14, 62, left - 14, 254)
    drawing.text(14, 42, _("In git: the pointer"), size=18, bold=True)
    words = _("{size} bytes").format(size=len(POINTER))
    drawing.text(left, 42, words, size=SMALL, fill="soft", anchor="end", mono=True)
    drawing.box(right, 62, 746 - right, 254, Look("amber-tint", "amber", 2))
    drawing.text(right, 42, _("In LFS: the real file"), size=18, bold=True)

    drawing.badge(40, 95, "1", filled=False)
    drawing.text(62, 101, "version https://git-lfs.github.com/spec/v1", size=SMALL, mono=True)
    drawing.text(62, 126, _("which format this is"), size=SMALL, fill="soft")
    drawing.text(right + 20, 101, "model.safetensors", size=SMALL, mono=True, bold=True)
    digest = f"{SHA256[:8]}…{SHA256[-4:]}"
    lines = (
        (142, "2", "accent", "tint", f"oid sha256:{digest}", _("the fingerprint of the content")),
        (230, "3", "blue", "blue-tint", f"size {SIZE}", _("how long the content is")),
    )
    for y, number, colour, tint, line, note in lines:
        drawing.box(26, y, left - 38, 76, Look(tint, colour, 2))
        drawing.badge(48, y + 27, number)
        drawing.text(72, y + 32, line, size=SMALL, mono=True, bold=True)
        drawing.text(72, y + 58, note, size=SMALL, fill="soft")
    size = _("{size} bytes").format(size=f"{SIZE:,}")
    for y, colour, value, note in (
        (142, "accent", digest, _("SHA-256 of its bytes")),
        (230, "blue", size, _("its size")),
    ):
        drawing.box(right + 10, y, 726 - right, 76, Look("paper", colour, 2))
        drawing.text(right + 20, y + 32, value, size=SMALL, mono=True, bold=True)
        drawing.text(right + 20, y + 58, note, size=SMALL, fill="soft")
        drawing.arrow([(left - 12, y + 38), (right + 8, y + 38)], Look("none", colour, 3))
        above, *below = wrapped(_("must be equal"), 72, SMALL)
        drawing.text((left + right) / 2, y + 27, above, size=SMALL, fill=colour, anchor="middle", bold=True)
        drawing.lines((left + right) / 2, y + 59, below, size=SMALL, fill=colour, anchor="middle", bold=True)
    return drawing
