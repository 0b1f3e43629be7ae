"""Compress PNG files, and keep the old file if the new one looks the same."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from autograde.files import write_file

#: How much two colours may differ, of 255, and still look the same: the edges of letters do between machines.
SAME_COLOUR = 48

#: The part of a picture that may differ before it counts as another picture.
SAME_PICTURE = 0.002


#: The key of the text that a picture shows, among a PNG's texts.
SHOWN = "Shown"


def small(content: bytes, shown: str = "") -> bytes:
    """Reduce a picture to a palette of at most 256 colours, about a third of its bytes.

    ``shown`` is a text in the picture that changes with the code; it is kept beside the picture, for :func:`shown_in`.
    """
    colours = Image.open(io.BytesIO(content)).convert("RGB").quantize(256, kmeans=1, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    texts = PngInfo()
    if shown:
        texts.add_itxt(SHOWN, shown)
    colours.save(packed, "PNG", optimize=True, pnginfo=texts)
    return packed.getvalue()


def shown_in(content: bytes) -> str:
    """Return the text that was given to :func:`small`; empty if there was none."""
    return str(Image.open(io.BytesIO(content)).info.get(SHOWN, ""))


def looks_alike(one: bytes, other: bytes) -> bool:
    """Return whether two PNG files look the same; invisible differences do not count."""
    left, right = (np.asarray(Image.open(io.BytesIO(each)).convert("RGB"), dtype=np.int16) for each in (one, other))
    if left.shape != right.shape:
        return False
    differs = (np.abs(left - right) > SAME_COLOUR).any(axis=2)
    return bool(differs.mean() <= SAME_PICTURE)


def keep(path: Path, content: bytes) -> bool:
    """Write ``content`` to ``path`` unless that picture looks the same and shows the same text; return whether it was
    written."""
    if path.exists():
        before = path.read_bytes()
        if looks_alike(before, content) and shown_in(before) == shown_in(content):
            return False
    write_file(path, content)
    return True
