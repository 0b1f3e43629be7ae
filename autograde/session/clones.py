"""Find the clone from an earlier lesson."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograde.i18n.translation import messages
from autograde.session.progress import CLONES
from autograde.widgets.notes import note

if TYPE_CHECKING:
    from autograde.session.lesson import Lesson

_ = messages("widgets")

#: A safetensors file smaller than this many bytes is an LFS pointer.
POINTER_SIZE = 1024


@dataclass(frozen=True)
class FoundClone:
    """A folder to load the model from.

    Attributes:
        folder: the clone, or if it is missing or has no weights, the original model folder, which has the same files.
        found: whether ``folder`` is the clone.
        lines: a message about it in the learner's language.
    """

    folder: Path
    found: bool
    lines: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join(self.lines)

    def _repr_html_(self) -> str:
        return note("right" if self.found else "hint", *self.lines)


def find_clone(lesson: Lesson) -> FoundClone:
    """Return the clone ``mymodel04`` from lesson 2.5, or a folder with the same files."""
    section = "2.5"
    place = Path(CLONES) / section / "mymodel04"
    folder = lesson.workspace / place
    weights = folder / "model.safetensors"
    if not weights.is_file():
        missing = _("There is no clone in {place} yet. Lesson {section} makes one.")
        message = missing.format(place=place.as_posix(), section=section)
    elif weights.stat().st_size < POINTER_SIZE:
        pointer = _("In {place}, model.safetensors is only an LFS pointer. Run `git lfs pull` there.")
        message = pointer.format(place=place.as_posix())
    else:
        return FoundClone(folder, True, (_("Your clone of lesson {section}: {place}").format(
            section=section, place=place.as_posix()
        ),))  # fmt: skip
    # Imported here because it imports numpy, which is slow and not needed in other lessons.
    from autograde.models import finetuned_folder

    instead = _("For now, this lesson uses the folder that you uploaded. It has the same files.")
    return FoundClone(finetuned_folder(), False, (message, instead))
