"""The clone that an earlier lesson made, for a lesson that loads the model from it."""

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

#: A safetensors file of this many bytes holds no weights: it is an LFS pointer.
POINTER_SIZE = 1024


@dataclass(frozen=True)
class FoundClone:
    """A folder to load the model from.

    Attributes:
        folder: the clone; or, when there is no usable one, the folder that was uploaded, whose files are the same.
        found: whether it is the clone.
        lines: what was found, and what to do next, in the reader's language.
    """

    folder: Path
    found: bool
    lines: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join(self.lines)

    def _repr_html_(self) -> str:
        return note("right" if self.found else "hint", *self.lines)


def find_clone(lesson: Lesson, section: str = "2.5", name: str = "mymodel04") -> FoundClone:
    """The clone ``name`` that the lesson about ``section`` made, or a way on when there is none."""
    place = Path(CLONES) / section / name
    folder = lesson.workspace / place
    weights = folder / "model.safetensors"
    if not weights.is_file():
        missing = _("There is no clone in {place} yet: lesson {section} makes it.")
        said = missing.format(place=place.as_posix(), section=section)
    elif weights.stat().st_size < POINTER_SIZE:
        pointer = _("In {place} the file model.safetensors is only an LFS pointer: run `git lfs pull` there.")
        said = pointer.format(place=place.as_posix())
    else:
        return FoundClone(folder, True, (_("Your clone of lesson {section}: {place}").format(
            section=section, place=place.as_posix()
        ),))  # fmt: skip
    # It brings numpy, which other lessons do not need.
    from autograde.models import finetuned_folder

    instead = _("Until then, this lesson uses the folder that you uploaded; its files are the same.")
    return FoundClone(finetuned_folder(), False, (said, instead))
