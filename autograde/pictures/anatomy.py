"""Diagram of a model repository: its files, their purpose, and where the Hub stores them."""

from __future__ import annotations

from autograde.pictures.drawing import SMALL, Drawing, Look
from autograde.pictures.translate import Translate

#: Height of a file's row, and where the first one begins.
ROW, TOP = 42, 108


def anatomy_of_a_repository(_: Translate) -> Drawing:
    """Draw the files with their purpose, and git and LFS below them."""
    rows = (
        (".gitattributes", _("says which files go to LFS"), False),
        ("README.md", _("the model card: what people read first, with license and tags"), False),
        ("config.json", _("the model's kind and sizes; from_pretrained reads it first"), False),
        ("model.safetensors", _("the weights: numbers and nothing else"), True),
        ("tokenizer.json", _("the tokenizer: how a text becomes ids"), False),
        ("vocab.txt", _("the vocabulary: one token on each line"), False),
    )
    drawing = Drawing(
        760,
        506,
        _("Anatomy of a model repository"),
        _("The repository ada/mymodel04, its branch main and its files:")
        + " "
        + " ".join(f"{name}: {purpose}." for name, purpose, _large in rows)
        + " "
        + _(
            "git keeps all of them with their history; of model.safetensors it keeps only a pointer, LFS has the bytes."
        ),
    )
    right, bottom = 698, TOP + len(rows) * ROW + 8
    drawing.box(14, 14, right - 14, bottom - 14)
    drawing.text(32, 46, "ada / mymodel04", size=18, bold=True, mono=True)
    drawing.box(224, 26, 84, 30, Look("ground", "line"), radius=14)
    drawing.text(266, 46, "main", size=SMALL, mono=True, anchor="middle", fill="soft")
    words = _("owner / name, and the branch: a line of versions, each one a commit")
    drawing.text(32, 84, words, size=SMALL, fill="soft")
    drawing.path(f"M14 {TOP - 6} h{right - 14}", Look("none", "line"))
    for number, (name, purpose, large) in enumerate(rows):
        y = TOP + number * ROW
        if large:
            drawing.box(24, y + 2, right - 34, ROW - 4, Look("amber-tint", "amber", 2))
        elif number and not rows[number - 1][2]:
            drawing.path(f"M32 {y} h{right - 50}", Look("none", "line", 1))
        drawing.text(32, y + 27, name, size=SMALL, mono=True, bold=True, fill="amber" if large else "ink")
        drawing.text(202, y + 27, purpose, size=SMALL)
    places = (
        (14, "git", "tint", "accent", _("small files, and every version of them")),
        (394, "LFS / Xet", "amber-tint", "amber", _("the bytes of large files; git keeps a pointer")),
    )
    top = bottom + 40
    for x, head, tint, colour, note in places:
        drawing.box(x, top, 352, 80, Look(tint, colour, 2))
        drawing.text(x + 176, top + 32, head, size=18, bold=True, mono=True, anchor="middle", fill=colour)
        drawing.text(x + 176, top + 60, note, size=SMALL, anchor="middle")
    drawing.arrow([(190, bottom + 2), (190, top - 2)], Look("none", "accent", 2.5))
    weights = TOP + 3.5 * ROW
    drawing.arrow([(right - 8, weights), (724, weights), (724, top - 2)], Look("none", "amber", 2.5))
    return drawing
