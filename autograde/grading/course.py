"""The nbgrader course in a folder: configuration, assignments and paths."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from traitlets import TraitError
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograde import notebooks, settings
from autograde.errors import GradingFailed, KitError
from autograde.grading.nbgrader.configuration import configure, course_seed, put_commands_on_path
from autograde.i18n import messages

_ = messages("cli")


@dataclass(frozen=True)
class Course:
    """An nbgrader course.

    Attributes:
        root: its folder.
        config: nbgrader's configuration: the kit's settings, overridden by the course's own ``nbgrader_config.py``.
        directory: nbgrader's folder names.
    """

    root: Path
    config: Config
    directory: Any

    @classmethod
    def open(cls, root: Path, language: str | None = None) -> Course:
        """Return the course in ``root``.

        Raises:
            GradingFailed: there is no ``source`` folder.
        """
        root = root.resolve()
        if not (root / "source").is_dir():
            raise GradingFailed(
                _("There is no course in {folder}: it has no folder source/.").format(folder=root),
                _("Go to the course's folder, or add --course FOLDER. To make one: autograde course my-course"),
            )
        return cls.configured(root, language)

    @classmethod
    def configured(cls, root: Path, language: str | None = None) -> Course:
        """Return the course in ``root`` with its configuration, even if it has no ``source`` folder.

        Raises:
            GradingFailed: there is a mistake in ``nbgrader_config.py``.
        """
        root = root.resolve()
        put_commands_on_path()
        config = Config()
        configure(config, root, language)
        if (root / "nbgrader_config.py").is_file():
            config.merge(_own_settings(root / "nbgrader_config.py"))
        config.CourseDirectory.root = str(root)
        try:
            directory = CourseDirectory(config=config)
            kind, slashes, file = directory.db_url.partition(":///")
            if kind == "sqlite" and file and file != ":memory:":
                # nbgrader's commands are typed in the course's folder; ours may be typed elsewhere.
                config.CourseDirectory.db_url = directory.db_url = f"{kind}{slashes}{root / file}"
            return cls(root, config, directory)
        except TraitError as error:
            raise GradingFailed(
                _("A setting in nbgrader_config.py cannot be used: {problem}").format(problem=error),
                _("Correct it and try again."),
            ) from error

    def folder(self, step: str, student: str, assignment: str) -> Path:
        """Return the folder of nbgrader's step (``submitted``, ``autograded``, ``feedback``) for one submission."""
        return Path(self.directory.format_path(step, student, assignment))

    @property
    def assignments(self) -> list[str]:
        """The names of the assignments in ``source``."""
        return sorted(each.name for each in (self.root / "source").iterdir() if (each / f"{each.name}.ipynb").is_file())

    def assignment(self, name: str) -> str:
        """Return the assignment's full name from its name or its section, ``2.6``.

        Raises:
            GradingFailed: there is no such assignment, or there are several.
        """
        found = [each for each in self.assignments if name in (each, each.partition("-")[0])]
        if len(found) != 1:
            raise GradingFailed(
                _("This course has no assignment {name}.").format(name=name) if name else _("Which assignment?"),
                _("Choose one of: {choices}.").format(choices=", ".join(self.assignments) or "–"),
            )
        return found[0]

    def released(self, assignment: str, language: str) -> NotebookNode:
        """Return the released notebook in ``language``, or in another language if there is no such release; read only.

        Raises:
            GradingFailed: the assignment has not been released.
        """
        order = [language, *(each for each in settings.LANGUAGES if each != language)]
        paths = [self.root / "release" / each / assignment / f"{assignment}.ipynb" for each in order]
        paths.append(self.folder(self.directory.release_directory, ".", assignment) / f"{assignment}.ipynb")
        for path in paths:
            if path.is_file():
                return _read(path, path.stat().st_mtime_ns)
        raise GradingFailed(
            _("The assignment {name} has not been released.").format(name=assignment),
            _("Type: nbgrader generate_assignment {name}").format(name=assignment),
        )

    def reports(self, assignment: str) -> Path:
        """Return the folder of the assignment's reports."""
        return self.root / "reports" / assignment

    def seed(self) -> str:
        """Return the course's secret, which decides the hidden cases."""
        return course_seed(self.root)


def _own_settings(path: Path) -> Config:
    """Run a course's ``nbgrader_config.py`` and return its settings.

    Raises:
        GradingFailed: it has a mistake, which may be any error.
    """
    try:
        return PyFileConfigLoader(path.name, path=str(path.parent)).load_config()
    except KitError:
        raise
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [each.lineno for each in frames if each.filename == str(path)]
        reason = f"{type(error).__name__}: {error}"
        if isinstance(error, SyntaxError) and error.filename == str(path):
            lines, reason = [error.lineno], f"{type(error).__name__}: {error.msg}"
        raise GradingFailed(
            _("There is a mistake in {file}, line {line}: {reason}").format(
                file=path, line=next(reversed(lines), None) or 1, reason=reason
            ),
            _("Correct it and try again."),
        ) from error


@lru_cache(maxsize=16)
def _read(path: Path, _time: int) -> NotebookNode:
    """Return the notebook in ``path``, cached so that it is read once per class."""
    return notebooks.read(path)
