"""All diagrams of the course: a drawing function for each, called once per language."""

from __future__ import annotations

from collections.abc import Iterator

from autograde.i18n.translation import translator
from autograde.pictures.anatomy import anatomy_of_a_repository
from autograde.pictures.download import download
from autograde.pictures.lfs_pointer import lfs_pointer
from autograde.pictures.segments import segments
from autograde.pictures.six_steps import six_steps
from autograde.pictures.upload_path import MOVES, upload_path
from autograde.settings import KIT, LANGUAGES

#: The folder of the pictures.
FOLDER = KIT / "course" / "pictures"


def diagrams() -> Iterator[tuple[str, str]]:
    """Yield the file name and SVG text of each diagram in each language."""
    for language in LANGUAGES:
        _ = translator("pictures", language)
        drawings = {
            "path": upload_path(_),
            **{f"path-{move}": upload_path(_, move) for move in MOVES},
            "download": download(_),
            "download-without-lfs": download(_, with_lfs=False),
            "six-steps": six_steps(_),
            "segments": segments(_),
            "anatomy-of-a-repository": anatomy_of_a_repository(_),
            "lfs-pointer": lfs_pointer(_),
        }
        for name, drawing in drawings.items():
            yield f"{name}.{language}.svg", drawing.render()
