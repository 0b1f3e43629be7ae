"""The pointer inspector compares a file of a clone without LFS with the same file of a full clone.

It shows two bars to scale, and the pointer's three lines next to the measurements of the real file. Each line has a
number, a colour and a style of underline, so that no information depends on the colour alone.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

import ipywidgets

from autograde.i18n.translation import messages
from autograde.widgets.notes import note
from autograde.widgets.pointers import PointerFile, RealFile, measure, read_pointer

_ = messages("widgets")

#: Colour and underline of the pointer's lines: readable on a light and on a dark page.
_MARKS = (("#8250df", "dotted"), ("#1f7ab8", "dashed"), ("#b3541e", "solid"))
_NUMBERS = "①②③"

#: A fingerprint of 64 characters fits into half of an ordinary notebook, and is broken in a narrow one.
_SMALL = "font-size: 11.5px; overflow-wrap: anywhere"

#: Largest width of the longer bar, in pixels.
_BAR = 560


class PointerInspector(ipywidgets.VBox):
    """A list of files, and a comparison of what git stores for the chosen file with its real content.

    Attributes:
        file: the list of the files that both clones have.
        shown: the comparison.
    """

    def __init__(self, without_lfs: Path | str, whole: Path | str) -> None:
        """Compare two clones of one repository: one made without LFS, and a full one."""
        self._folders = Path(without_lfs), Path(whole)
        names = common_files(*self._folders)
        self.file = ipywidgets.Dropdown(
            options=names, description=_("File:"), style={"description_width": "initial"}, layout={"width": "26em"}
        )
        if "model.safetensors" in names:
            self.file.value = "model.safetensors"
        self.shown = ipywidgets.HTML()
        self.file.observe(lambda _change: self.refresh(), names="value")
        super().__init__([self.file, self.shown])
        self.refresh()

    def refresh(self) -> None:
        """Read the chosen file again, in both folders."""
        if self.file.value is None:
            folders = ", ".join(str(folder) for folder in self._folders if not folder.is_dir())
            text = _("These folders have no file in common.")
            if folders:
                text = _("This folder does not exist: {folder}").format(folder=folders)
            self.shown.value = note("refused", text, _("Run the cells above that clone the repository, then this one."))
            return
        left, right = (folder / self.file.value for folder in self._folders)
        try:
            pointer, small, real = read_pointer(left), measure(left), measure(right)
        except OSError as error:
            self.shown.value = note("refused", _("A file cannot be read: {reason}").format(reason=error))
            return
        if pointer is None:
            self.shown.value = not_a_pointer(left.name, small, real)
        else:
            self.shown.value = bars(pointer, real) + lines(pointer, real)

    def __repr__(self) -> str:
        if self.file.value is None:
            return "PointerInspector()"
        left, right = (folder / self.file.value for folder in self._folders)
        pointer, real = read_pointer(left), measure(right)
        if pointer is None:
            return _("{name} is not a pointer.").format(name=left.name)
        facts = comparison(pointer, real)
        text = [f"{number} {line}\n  {fact} {sign(fits)}" for number, line, fact, fits in facts]
        return "\n".join([_sizes(pointer, real), *text])


def common_files(*folders: Path) -> list[str]:
    """Return the names of the files that every folder contains at its top level."""
    found = [
        {path.name for path in folder.iterdir() if path.is_file()} if folder.is_dir() else set() for folder in folders
    ]
    return sorted(set.intersection(*found))


def comparison(pointer: PointerFile, real: RealFile) -> list[tuple[str, str, str, bool | None]]:
    """Return the number, text and measurement of each line of the pointer, and whether they agree.

    The last is None for the first line, which has no measurement.
    """
    facts = (
        (_("the format: it tells git-lfs that this file is a pointer"), None),
        (_("SHA-256 of the real file, measured: {sha256}").format(sha256=real.sha256), real.sha256 == pointer.oid),
        (_("size of the real file, measured: {size} bytes").format(size=f"{real.size:,}"), real.size == pointer.size),
    )
    return [(n, line, fact, fits) for n, line, (fact, fits) in zip(_NUMBERS, pointer.lines, facts, strict=True)]


def sign(fits: bool | None) -> str:
    """Describe whether line and measurement agree, with a symbol and a word."""
    return "" if fits is None else _("✓ the same") if fits else _("✗ not the same")


def _sizes(pointer: PointerFile, real: RealFile) -> str:
    return _("pointer: {pointer} bytes, real file: {real} bytes, {times} times as many").format(
        pointer=f"{pointer.length:,}", real=f"{real.size:,}", times=f"{real.size // pointer.length:,}"
    )


def bars(pointer: PointerFile, real: RealFile) -> str:
    """Return the sizes of pointer and real file as two bars to scale, as HTML."""
    longest = max(real.size, pointer.length)
    rows = []
    for name, size in ((_("what git keeps"), pointer.length), (_("the real file"), real.size)):
        width = _BAR * size / longest
        text = f"{size:,} " + _("bytes")
        if width < 1:
            too_thin = _("{size} (to scale: {width} of a pixel wide, so it is drawn wider)")
            text = too_thin.format(size=text, width=f"{width:.4f}")
        rows.append(
            f'<div style="margin: 3px 0"><b>{escape(name)}</b> {escape(text)}'
            f'<div style="height: 22px; width: {size / longest:.2%}; min-width: 1px; background: #1f7ab8"></div></div>'
        )
    # With a width in pixels, the bar would widen a narrow page, which then scrolls.
    label = escape(_sizes(pointer, real))
    return f'<div role="img" aria-label="{label}" style="max-width: {_BAR}px">{"".join(rows)}</div>'


def lines(pointer: PointerFile, real: RealFile) -> str:
    """Return the pointer's lines, each with the measurement of the real file, as HTML."""
    rows = []
    for (number, line, fact, fits), (colour, underline) in zip(comparison(pointer, real), _MARKS, strict=True):
        mark = f"border-bottom: 3px {underline} {colour}"
        # Both fingerprints begin a line of their own, in equally wide columns: they can be compared by eye.
        left = escape(line).replace("sha256:", "sha256:<br>")
        right = escape(fact).replace(real.sha256, f'<br><code style="{_SMALL}">{real.sha256}</code>')
        cell = "text-align: left; vertical-align: top; padding: 3px 4px; overflow-wrap: anywhere"
        result = f'<b style="white-space: nowrap">{escape(sign(fits))}</b>'
        rows.append(
            f'<tr><td style="{cell}"><b>{number}</b> <code style="{mark}; {_SMALL}">{left}</code></td>'
            f'<td style="{cell}"><span style="{mark}">{number} {right}</span> {result}</td></tr>'
        )
    heads = "".join(
        f'<th scope="col" style="text-align: left">{escape(head)}</th>'
        for head in (_("the pointer's three lines"), _("the real file"))
    )
    caption = _("What each line says, and what the real file has")
    wide = "table-layout: fixed; width: calc(100% - 8px); max-width: 75em"
    return (
        f'<table style="{wide}"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def not_a_pointer(name: str, left: RealFile, right: RealFile) -> str:
    """Return the note for a file without a pointer, as HTML."""
    text = _("{name} is not a pointer: its {size} bytes are the file itself.").format(name=name, size=f"{left.size:,}")
    same = _("Both clones have the identical file.") if left == right else _("The two clones have different files.")
    return note("hint", text, same)
