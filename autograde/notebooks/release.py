"""Build the learners' notebooks in ``release/en`` and ``release/zh`` from the bilingual ``source/``, reproducibly.

Uses nbgrader's ``generate_assignment`` in a temporary course with the configuration of the real one.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from autograde.errors import FolderUnusable, UnusableNotebook
from autograde.settings import LANGUAGES


def assignments(source: Path) -> list[str]:
    """Return the names of the assignments in ``source``, in order.

    Raises:
        FolderUnusable: the folder does not exist.
    """
    if not source.is_dir():
        raise FolderUnusable(f"There is no folder {source}.", "Run this in the kit's own folder, which holds source/.")
    return sorted(folder.name for folder in source.iterdir() if folder.is_dir() and any(folder.glob("*.ipynb")))


def build(source: Path) -> dict[str, bytes]:
    """Return every file of the release by its path in ``release/``: ``en/<assignment>/<notebook>.ipynb``.

    Raises:
        FolderUnusable: the folder ``source`` does not exist.
        UnusableNotebook: nbgrader rejects an assignment; ``what`` contains its name and the reason.
    """
    built: dict[str, bytes] = {}
    for name in assignments(source):
        for language in LANGUAGES:
            with tempfile.TemporaryDirectory(prefix="autograde-release-") as folder:
                course = Path(folder).resolve()
                shutil.copytree(source / name, course / "source" / name, ignore=shutil.ignore_patterns(".*"))
                _generate(course, name, language)
                made = course / "release" / language
                for path in sorted(made.rglob("*")):
                    if path.is_file():
                        built[f"{language}/{path.relative_to(made).as_posix()}"] = path.read_bytes()
    return built


def _generate(course: Path, assignment: str, language: str) -> None:
    """Run nbgrader's converter on one assignment, without a gradebook."""
    # Imported here because importing nbgrader takes two seconds.
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    from autograde.notebooks.generating import configure

    config = Config()
    configure(config, course, language)
    config.CourseDirectory.assignment_id = assignment
    config.SaveCells.enabled = False
    log = logging.getLogger("autograde.notebooks.release")
    messages = _Messages()
    log.addHandler(messages)
    log.propagate = False
    try:
        directory = CourseDirectory(config=config)
        GenerateAssignment(coursedir=directory, config=config, no_database=True, log=log).start()
    except Exception as error:
        raise UnusableNotebook(
            f"nbgrader cannot make the assignment {assignment}: {messages.last() or error}",
            "Open its notebook in source/ and put that right.",
        ) from error
    finally:
        log.removeHandler(messages)


class _Messages(logging.Handler):
    """Collects nbgrader's error messages, because the informative one is not the last."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def last(self) -> str:
        """Return the last line of the longest message: for a traceback, the exception."""
        return max(self.lines, key=len, default="").strip().rsplit("\n", 1)[-1]


def stale(built: Mapping[str, bytes], release: Path) -> list[str]:
    """Return the files in ``release`` that differ from a fresh build, are missing, or are not part of it; sorted."""
    folders = [release / language for language in LANGUAGES]
    there = {
        path.relative_to(release).as_posix(): path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }
    changed = {name for name, content in built.items() if name not in there or there[name].read_bytes() != content}
    return sorted(changed | (set(there) - set(built)))


def write(built: Mapping[str, bytes], release: Path) -> list[str]:
    """Bring ``release`` up to date and return the files that changed.

    Raises:
        FolderUnusable: a file cannot be written.
    """
    changed = stale(built, release)
    try:
        for name in changed:
            path = release / name
            if name in built:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(built[name])
            else:
                path.unlink()
    except OSError as error:
        raise FolderUnusable(f"{release} cannot be written: {error.strerror or error}.") from error
    return changed
