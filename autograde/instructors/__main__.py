"""``make slides``, ``make answers``: write pages to project or print into course/for-instructors/generated.

The folder is not part of the repository and is never copied into a learner's workspace.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from autograde.files import write_file
from autograde.instructors.answers import answer_pages
from autograde.instructors.slides import slides
from autograde.settings import KIT

FOLDER = KIT / "course" / "for-instructors" / "generated"


def pages(wanted: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the name and text of the wanted pages: ``slides`` or ``answers``."""
    if "slides" in wanted:
        yield from slides()
    if "answers" in wanted:
        yield from answer_pages()


def main() -> None:
    """Write the pages given on the command line, or all of them."""
    for name, text in pages(sys.argv[1:] or ["slides", "answers"]):
        write_file(FOLDER / name, text.encode())
        print(FOLDER / name)  # noqa: T201


if __name__ == "__main__":
    main()
