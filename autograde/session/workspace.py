"""Fill and update a learner's folder without changing the learner's work.

A manifest has the SHA-256 of each file that the kit wrote. A file that still has this checksum may be replaced. Any
other file belongs to the learner, and a newer version is saved next to it as ``name (new).ipynb``. Changes that
JupyterLab makes to a notebook's metadata when opening it do not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograde.checksum import checksum, read_manifest, write_manifest
from autograde.errors import FolderUnusable
from autograde.files import private_folder, sha256, write_file
from autograde.i18n.translation import messages
from autograde.session.languages import change_language, remember_language, workspace_language
from autograde.settings import KIT, LANGUAGES, PRIVATE

_ = messages("cli")

#: The manifest, in the workspace: path and SHA-256 of each file that the kit wrote.
MANIFEST = f"{PRIVATE}/manifest.json"

#: Folder in course/ that learners do not get.
FOR_INSTRUCTORS = "for-instructors"

#: Folder in a workspace for exercises.
EXERCISES = "exercises"


@dataclass(frozen=True)
class Update:
    """The result of :func:`fill`. Files are paths inside the workspace.

    Attributes:
        written: new or updated files.
        kept: files that the learner changed and that have no newer version.
        beside: files that the learner changed, each with the newer version saved next to it.
        renamed: notebooks that the learner changed in the other language, each with its new name.
        restored: notebooks that the learner changed in this language earlier, now under their usual names.
    """

    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    restored: list[str] = field(default_factory=list)


def contents(kit: Path, language: str) -> Iterator[tuple[str, bytes]]:
    """Yield each file of a workspace in ``language``: its path inside the workspace, and its bytes.

    Raises:
        FolderUnusable: ``kit`` contains no lessons.
    """
    from autograde import notebooks  # imported here because nbformat takes two seconds

    lessons = list(_files(kit / "course"))
    if not any(path.suffix == ".ipynb" for path in lessons):
        raise FolderUnusable(
            _("There are no lessons in {folder}.").format(folder=kit / "course"),
            _("Get the whole kit with git clone, and start it from there."),
        )
    for path in lessons:
        name = path.relative_to(kit / "course").as_posix()
        if name.startswith(f"{FOR_INSTRUCTORS}/") or _is_for_another_language(path, language):
            continue
        if path.suffix == ".ipynb":
            notebook = notebooks.one_language(notebooks.read(path), language)
            yield name, notebooks.canonical(notebook).encode()
        else:
            yield name, path.read_bytes()
    release = kit / "release" / language
    for path in _files(release):
        yield f"{EXERCISES}/{path.relative_to(release).as_posix()}", path.read_bytes()


def _is_for_another_language(path: Path, language: str) -> bool:
    """Return whether a picture such as ``path.zh.svg`` is in another language; missing ones fall back to English."""
    stem, _dot, marked = path.stem.rpartition(".")
    if marked not in LANGUAGES or marked == language:
        return False
    return marked != "en" or path.with_name(f"{stem}.{language}{path.suffix}").exists()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in inside):
            yield path


def fill(workspace: Path, language: str, kit: Path = KIT) -> Update:
    """Write lessons and exercises into ``workspace``; the learner's own changes are kept.

    Args:
        workspace: the learner's folder; created if missing.
        language: ``"en"`` or ``"zh"``.
        kit: the folder with course/ and release/.

    Returns:
        The changes.

    Raises:
        FolderUnusable: the workspace cannot be written to, or the kit has no lessons.
        UnusableNotebook: a lesson of the kit is broken.
    """
    prepare(workspace)
    files = dict(contents(kit, language))
    try:
        manifest, update = read_manifest(workspace / MANIFEST), Update()
        before = workspace_language(workspace)
        if before is not None and before != language:
            manifest, renamed, restored = change_language(workspace, before, language, manifest)
            update = Update(renamed=renamed, restored=restored)
            write_manifest(workspace / MANIFEST, manifest)
        remember_language(workspace, language)
        _bring_up_to_date(workspace, files, manifest, update)
        write_manifest(workspace / MANIFEST, manifest)
    except OSError as error:
        raise unwritable(workspace, error) from error
    return update


def prepare(workspace: Path) -> Path:
    """Create ``workspace`` and its private folder if they are missing; return the private folder.

    Raises:
        FolderUnusable: the workspace cannot be written to.
    """
    private = workspace / PRIVATE
    try:
        workspace.mkdir(parents=True, exist_ok=True)
        # It contains tokens, so other users of this machine must not read it.
        private_folder(private)
    except OSError as error:
        raise unwritable(workspace, error) from error
    return private


def unwritable(folder: Path, error: OSError) -> FolderUnusable:
    """Return the error for a folder that cannot be written to."""
    return FolderUnusable(
        _("The folder {folder} cannot be written to: {reason}.").format(
            folder=folder, reason=error.strerror or str(error)
        ),
        _("Free some disk space, or choose another folder: autograde learn --workspace FOLDER"),
    )


def _bring_up_to_date(workspace: Path, files: Mapping[str, bytes], manifest: dict[str, str], update: Update) -> None:
    for name, content in files.items():
        target, wanted = workspace / name, sha256(content)
        found = checksum(target, manifest.get(name)) if target.is_file() else None
        if found is None or (found == manifest.get(name) and found != wanted):
            write_file(target, content)
            update.written.append(name)
        elif found not in (wanted, manifest.get(name)):
            if manifest.get(name) == wanted:
                update.kept.append(name)
            else:
                update.beside[name] = _put_beside(workspace, name, content, manifest)
        manifest[name] = wanted
    # Delete files that the kit no longer has, except those that the learner changed and newer versions saved beside.
    for name in [name for name in manifest if name not in files]:
        target = workspace / name
        if target.is_file() and not _is_beside(name, files):
            if checksum(target, manifest[name]) == manifest[name]:
                target.unlink()
            del manifest[name]


def _put_beside(workspace: Path, name: str, content: bytes, manifest: dict[str, str]) -> str:
    """Save a newer version next to a changed file, as ``name (new)`` or ``name (new 2)``; return its path."""
    number = 1
    while True:
        beside = new_name(name, number)
        target = workspace / beside
        if not target.exists() or checksum(target, manifest.get(beside)) in (manifest.get(beside), sha256(content)):
            break
        number += 1
    write_file(target, content)
    manifest[beside] = sha256(content)
    return beside


def new_name(name: str, number: int = 1) -> str:
    """Return ``2.2-log-in (new).ipynb`` for ``2.2-log-in.ipynb``; with ``number`` 2, ``… (new 2).ipynb``."""
    path = PurePosixPath(name)
    mark = "new" if number == 1 else f"new {number}"
    return str(path.with_name(f"{path.stem} ({mark}){path.suffix}"))


def _is_beside(name: str, files: Mapping[str, bytes]) -> bool:
    path = PurePosixPath(name)
    original, mark, _rest = path.stem.rpartition(" (new")
    return bool(mark) and str(path.with_name(original + path.suffix)) in files
