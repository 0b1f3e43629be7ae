"""The translations that other packages bring with their questions."""

from __future__ import annotations

import gettext
import importlib.util
from importlib.metadata import entry_points
from pathlib import Path

#: The entry point group. Each entry point names a package of questions.
GROUP = "autograde.questions"


class PackageTranslations(gettext.NullTranslations):
    """The translations that packages of questions bring: ``zh.po`` in the folder of the package.

    A ``.po`` file is read as it is, so that the author of a question needs no compiler. The packages themselves are not
    imported: a learner's process may read their sentences, but not their answers.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language
        self._found: dict[str, str] | None = None

    def gettext(self, message: str) -> str:
        """Return the translation, or the message itself."""
        if self._found is None:
            self._found = {}
            for each in entry_points(group=GROUP):
                self._found |= translations(package_folder(each.value) / f"{self._language}.po")
        return self._found.get(message, message)


def package_folder(package: str) -> Path:
    """Return the folder of a package, without importing it. It need not exist."""
    top, *rest = package.split(".")
    found = importlib.util.find_spec(top)
    places = found.submodule_search_locations if found is not None else None
    return Path(next(iter(places or ["."])), *rest)


def translations(po: Path) -> dict[str, str]:
    """Return the translated messages of a ``.po`` file; none if it does not exist."""
    if not po.is_file():
        return {}
    # Only a package of questions needs babel, which takes a while to import.
    from babel.messages.pofile import read_po

    with po.open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file) if each.id and each.string}
