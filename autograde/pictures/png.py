"""Compress PNG files, and replace a file only if it looks different."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from autograde.files import write_file

#: Difference (of 255) up to which two colours count as equal, because the edges of letters differ between machines.
SAME_COLOUR = 48

#: Share of a picture that may differ before the picture counts as changed.
SAME_PICTURE = 0.002


#: Key of the shown text in a PNG's metadata.
SHOWN = "Shown"


def small(content: bytes, shown: str = "") -> bytes:
    """Reduce a picture to a palette of at most 256 colours, about a third of its bytes.

    ``shown`` is a text in the picture that depends on the code; it is stored in the file for :func:`shown_in`.
    """
    colours = Image.open(io.BytesIO(content)).convert("RGB").quantize(256, kmeans=1, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    texts = PngInfo()
    if shown:
        texts.add_itxt(SHOWN, shown)
    colours.save(packed, "PNG", optimize=True, pnginfo=texts)
    return packed.getvalue()


def shown_in(content: bytes) -> str:
    """Return the text that was passed to :func:`small`; empty if there was none."""
    return str(Image.open(io.BytesIO(content)).info.get(SHOWN, ""))


def looks_alike(one: bytes, other: bytes) -> bool:
    """Return whether two PNG files look the same, ignoring invisible differences."""
    left, right = (np.asarray(Image.open(io.BytesIO(each)).convert("RGB"), dtype=np.int16) for each in (one, other))
    if left.shape != right.shape:
        return False
    differs = (np.abs(left - right) > SAME_COLOUR).any(axis=2)
    return bool(differs.mean() <= SAME_PICTURE)


def keep(path: Path, content: bytes) -> bool:
    """Write ``content`` to ``path`` unless the existing picture looks the same and shows the same text.

    Return whether it was written.
    """
    if path.exists():
        before = path.read_bytes()
        if looks_alike(before, content) and shown_in(before) == shown_in(content):
            return False
    write_file(path, content)
    return True
