"""Load the translations in other packages of questions."""

from __future__ import annotations

import gettext
import importlib.util
from pathlib import Path

#: The entry point group. Each entry point names a package of questions.
GROUP = "autograde.questions"


class PackageTranslations(gettext.NullTranslations):
    """The translations in packages of questions: ``zh.po`` in the folder of the package.

    ``.po`` files are read directly, so that authors of questions do not need to compile them. The packages themselves
    are not imported, because a learner's process may read their sentences, but not their answers.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language
        self._found: dict[str, str] | None = None

    def gettext(self, message: str) -> str:
        """Return the translation, or the message itself."""
        if self._found is None:
            # Imported here because it takes 1.4 MiB, and a Hub's messages are all in its own catalogue.
            from importlib.metadata import entry_points

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
    """Return the translated messages of a ``.po`` file; an empty dictionary if it does not exist."""
    if not po.is_file():
        return {}
    # Imported here because babel is slow to import and only needed for packages of questions.
    from babel.messages.pofile import read_po

    with po.open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file) if each.id and each.string}
