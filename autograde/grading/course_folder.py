"""Create an nbgrader course outside the clone: source and release notebooks, and the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograde.errors import FolderUnusable
from autograde.files import write_file
from autograde.i18n.translation import messages

_ = messages("cli")

#: Contents of a course's ``nbgrader_config.py``, identical to the kit's own.
CONFIGURATION = '''\
"""The nbgrader course in this folder.

``nbgrader generate_assignment``, ``autograde``, ``generate_feedback`` and the formgrader work here as they do in any
course. Learners' notebooks are made in English; with LANGUAGE=zh in the environment, in Chinese.
"""

from pathlib import Path

from autograde import settings
from autograde.grading.nbgrader.configuration import configure, course_seed, put_commands_on_path
from autograde.grading.submissions.notebook_names import name_notebooks

ROOT = Path(__file__).resolve().parent

put_commands_on_path()
name_notebooks(ROOT)
settings.choose_grading_seed(course_seed(ROOT))
configure(get_config(), ROOT)  # noqa: F821 - nbgrader's loader defines get_config
'''


def make_course(folder: Path, kit: Path) -> list[str]:
    """Create an nbgrader course in ``folder``; existing files are not changed.

    Returns:
        The files that are new, as paths inside ``folder``.

    Raises:
        FolderUnusable: the folder cannot be written to.
    """
    written = []
    try:
        for name, content in _files(kit):
            target = folder / name
            if not target.exists():
                write_file(target, content)
                written.append(name)
    except OSError as error:
        raise FolderUnusable(
            _("{place} cannot be written: {reason}.").format(place=folder, reason=error.strerror or error),
            _("Free some disk space, or choose a folder that you may write to."),
        ) from error
    return written


def _files(kit: Path) -> Iterator[tuple[str, bytes]]:
    yield "nbgrader_config.py", CONFIGURATION.encode()
    for top in ("source", "release"):
        for path in sorted((kit / top).rglob("*")):
            inside = path.relative_to(kit)
            hidden = any(part.startswith(".") or part == "__pycache__" for part in inside.parts)
            if path.is_file() and not hidden:
                yield inside.as_posix(), path.read_bytes()
