"""Diagram of a model repository: its files, their purpose, and where the Hub stores them."""

from __future__ import annotations

from autograde.pictures.drawing import Drawing, Look, wrapped
from autograde.pictures.translate import Translate

ROW = 52


def anatomy_of_a_repository(_: Translate) -> Drawing:
    """Draw the files on the left, their purpose next to them, and git and LFS on the right."""
    rows = (
        (".gitattributes", _("says which files go to LFS"), False),
        ("README.md", _("the model card: what people read first, with license and tags"), False),
        ("config.json", _("the model's kind and sizes; from_pretrained reads it first"), False),
        ("model.safetensors", _("the weights: numbers and nothing else"), True),
        ("tokenizer.json", _("the tokenizer: how a text becomes ids"), False),
        ("vocab.txt", _("the vocabulary: one token on each line"), False),
    )
    drawing = Drawing(
        1060,
        462,
        _("Anatomy of a model repository"),
        _("The repository ada/mymodel04, its branch main and its files:")
        + " "
        + " ".join(f"{name}: {purpose}." for name, purpose, _large in rows)
        + " "
        + _(
            "git keeps all of them with their history; of model.safetensors it keeps only a pointer, LFS has the bytes."
        ),
    )
    drawing.box(14, 14, 756, 434)
    drawing.text(36, 48, "ada / mymodel04", size=18, bold=True, mono=True)
    drawing.box(238, 28, 84, 28, Look("ground", "line"), radius=14)
    drawing.text(280, 47, "main", size=13, mono=True, anchor="middle", fill="soft")
    drawing.path("M14 72 h756", Look("none", "line"))
    drawing.text(36, 98, _("owner / name, and the branch: a line of versions, each one a commit"), size=14, fill="soft")
    for number, (name, purpose, large) in enumerate(rows):
        y = 116 + number * ROW
        if large:
            drawing.box(24, y + 3, 736, ROW - 6, Look("amber-tint", "amber", 2))
        elif number and not rows[number - 1][2]:
            drawing.path(f"M36 {y} h716", Look("none", "line", 1))
        drawing.text(36, y + 32, name, size=15, mono=True, bold=True, fill="amber" if large else "ink")
        lines = wrapped(purpose, 520, 15)
        drawing.lines(232, y + (32 if len(lines) == 1 else 22), lines, size=15)
    drawing.box(872, 100, 174, 118, Look("tint", "accent", 2))
    drawing.text(959, 132, "git", size=17, bold=True, mono=True, anchor="middle", fill="accent")
    drawing.lines(959, 158, wrapped(_("small files, and every version of them"), 156, 14), size=14, anchor="middle")
    weights = 116 + 3.5 * ROW
    drawing.box(872, weights - 58, 174, 128, Look("amber-tint", "amber", 2))
    drawing.text(959, weights - 26, "LFS / Xet", size=17, bold=True, mono=True, anchor="middle", fill="amber")
    drawing.lines(
        959, weights, wrapped(_("the bytes of large files; git keeps a pointer"), 156, 14), size=14, anchor="middle"
    )
    drawing.arrow([(772, 159), (870, 159)], Look("none", "accent", 2.5))
    drawing.arrow([(772, weights), (870, weights)], Look("none", "amber", 2.5))
    return drawing
