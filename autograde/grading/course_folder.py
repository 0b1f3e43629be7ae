"""Create or update an nbgrader course outside the clone: source and release notebooks, and the configuration.

A manifest has the SHA-256 of each file that the kit wrote. If a file of an exercise has another one, the teacher
changed the exercise: then none of its files is replaced, and none added in a newer version, because source and release
belong together. Newer versions are saved in the folder ``newer``; next to a notebook in source, nbgrader would hand
them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from autograde.checksum import checksum, read_manifest, write_manifest
from autograde.errors import FolderUnusable
from autograde.files import sha256, write_file
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

#: The manifest, in the course's folder: path and SHA-256 of each file that the kit wrote.
MANIFEST = ".autograde/course-files.json"

#: Folder in a course for newer versions of files that the teacher changed.
NEWER = "newer"


@dataclass(frozen=True)
class CourseUpdate:
    """The result of :func:`make_course`.

    Attributes:
        new: files that were missing and are there now, as paths inside the course.
        updated: names of the exercises that have a newer version now; or ``nbgrader_config.py``.
        kept: names of the exercises that the teacher changed, each with the folder of the newer version; or the same
            for ``nbgrader_config.py``.
    """

    new: tuple[str, ...]
    updated: tuple[str, ...]
    kept: Mapping[str, str]


def make_course(folder: Path, kit: Path) -> CourseUpdate:
    """Create an nbgrader course in ``folder``, or update it; exercises that the teacher changed are not touched.

    Args:
        folder: the course; created if missing.
        kit: the folder with source/ and release/.

    Raises:
        FolderUnusable: the folder cannot be written to.
    """
    new: list[str] = []
    updated: list[str] = []
    kept: dict[str, str] = {}
    try:
        manifest = read_manifest(folder / MANIFEST)
        for name, files in _exercises(kit).items():
            wanted = {file: sha256(content) for file, content in files.items()}
            present = [file for file in files if (folder / file).is_file()]
            missing = [file for file in files if file not in present]
            outdated = [file for file in present if not _is_one_of(folder / file, {wanted[file]})]
            changed = any(not _is_one_of(folder / file, _versions(manifest, file)) for file in outdated)
            newer: dict[str, bytes] = {}
            if changed:
                newer = {file: files[file] for file in (*outdated, *missing) if manifest.get(file) != wanted[file]}
                if place := _save_newer(folder, newer, manifest):
                    kept[name] = place
            elif outdated:
                updated.append(name)
            added = [file for file in missing if file not in newer]
            new += added
            for file in files:
                if file in added or (file in outdated and not changed):
                    write_file(folder / file, files[file])
                if file not in newer:
                    manifest[file] = wanted[file]
        write_manifest(folder / MANIFEST, manifest)
    except OSError as error:
        raise FolderUnusable(
            _("{place} cannot be written: {reason}.").format(place=folder, reason=error.strerror or error),
            _("Free some disk space, or choose a folder that you may write to."),
        ) from error
    return CourseUpdate(tuple(new), tuple(updated), kept)


def _save_newer(folder: Path, files: Mapping[str, bytes], manifest: dict[str, str]) -> str | None:
    """Save newer versions in ``newer``, or in ``newer-2`` if that has files which the teacher changed.

    Returns:
        The folder's name; None if nothing is newer, or if the teacher deleted what an earlier call saved.
    """
    deleted = False
    for number in count(1):
        place = NEWER if number == 1 else f"{NEWER}-{number}"
        wanted = {f"{place}/{file}": sha256(content) for file, content in files.items()}
        deleted |= all(manifest.get(name) == value for name, value in wanted.items())
        found = {name: checksum(folder / name, manifest.get(name)) for name in wanted if (folder / name).is_file()}
        if found == wanted:
            break
        if all(value in (manifest.get(name), wanted[name]) for name, value in found.items()):
            if deleted:
                return None
            for file, content in files.items():
                write_file(folder / place / file, content)
            break
    manifest.update(wanted)
    return place if files else None


def _is_one_of(path: Path, versions: Set[str]) -> bool:
    """Return whether a file is one of the kit's versions, given by their SHA-256."""
    return any(checksum(path, version) == version for version in versions)


def _versions(manifest: Mapping[str, str], file: str) -> set[str]:
    """Return the SHA-256 of the versions of ``file`` that the kit wrote: in its place, and in ``newer``."""
    return {
        version
        for name, version in manifest.items()
        if name == file or (name.startswith(NEWER) and name.partition("/")[2] == file)
    }


def _exercises(kit: Path) -> dict[str, dict[str, bytes]]:
    """Return the kit's files for a course, for each exercise; the configuration is in the dictionary as well."""
    found = {"nbgrader_config.py": {"nbgrader_config.py": CONFIGURATION.encode()}}
    for top in ("source", "release"):
        for path in sorted((kit / top).rglob("*")):
            inside = path.relative_to(kit)
            hidden = any(part.startswith(".") or part == "__pycache__" for part in inside.parts)
            if path.is_file() and not hidden:
                # source/1-introduction/…, release/en/1-introduction/…; source/header.ipynb is of no exercise.
                exercise = inside.parts[1 if top == "source" else 2]
                found.setdefault(exercise, {})[inside.as_posix()] = path.read_bytes()
    return found
