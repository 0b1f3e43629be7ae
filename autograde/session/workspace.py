"""A learner's folder: lessons and exercises in one language, brought up to date without touching the learner's work.

What the kit wrote is remembered by its SHA-256 in a manifest. A file that still has that checksum is the kit's and may
be replaced; any other file is the learner's, and a newer version of it arrives beside it as ``name (new).ipynb``.
JupyterLab rewrites the metadata of every notebook that is merely opened: that makes it nobody's work.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograde.errors import FolderUnusable
from autograde.files import private_folder, sha256, write_file
from autograde.i18n.translation import messages
from autograde.session.checksum import checksum
from autograde.session.languages import change_language, remember_language, workspace_language
from autograde.settings import KIT, LANGUAGES, PRIVATE

_ = messages("cli")

#: In course/: what only an instructor gets.
FOR_INSTRUCTORS = "for-instructors"

#: Inside a workspace: where exercises are.
EXERCISES = "exercises"


@dataclass(frozen=True)
class Update:
    """What :func:`fill` did.

    Attributes:
        written: files that are new or were brought up to date, as paths inside the workspace.
        kept: files that the learner changed and that have no newer version.
        beside: files that the learner changed, and the newer version that now lies beside each.
        renamed: notebooks that the learner changed in the other language, and the name that each has now.
        restored: notebooks that the learner changed in this language before, under their plain names again.
    """

    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    restored: list[str] = field(default_factory=list)


def contents(kit: Path, language: str) -> Iterator[tuple[str, bytes]]:
    """Every file of a workspace in ``language``: its path inside the workspace, and its bytes.

    Raises:
        FolderUnusable: ``kit`` holds no lessons.
    """
    from autograde import notebooks  # here, not above: nbformat takes two seconds to import

    lessons = list(_files(kit / "course"))
    if not any(path.suffix == ".ipynb" for path in lessons):
        raise FolderUnusable(
            _("There are no lessons in {folder}.").format(folder=kit / "course"),
            _("Take the whole kit with git clone, and start it from there."),
        )
    others = tuple(f".{other}" for other in LANGUAGES if other != language)
    for path in lessons:
        name = path.relative_to(kit / "course").as_posix()
        if name.startswith(f"{FOR_INSTRUCTORS}/") or path.stem.endswith(others):
            continue  # not for learners, or a picture in the other language: path.zh.svg
        if path.suffix == ".ipynb":
            notebook = notebooks.one_language(notebooks.read(path), language)
            yield name, notebooks.canonical(notebook).encode()
        else:
            yield name, path.read_bytes()
    release = kit / "release" / language
    for path in _files(release):
        yield f"{EXERCISES}/{path.relative_to(release).as_posix()}", path.read_bytes()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in inside):
            yield path


def fill(workspace: Path, language: str, kit: Path = KIT) -> Update:
    """Put lessons and exercises into ``workspace``; whatever the learner wrote or changed stays as it is.

    Args:
        workspace: the learner's folder; made when missing.
        language: ``"en"`` or ``"zh"``.
        kit: the folder that holds course/ and release/.

    Returns:
        What was done.

    Raises:
        FolderUnusable: the workspace cannot be written to, or the kit has no lessons.
        UnusableNotebook: a lesson of the kit is broken.
    """
    prepare(workspace)
    files = dict(contents(kit, language))
    try:
        manifest, update = read_manifest(workspace), Update()
        before = workspace_language(workspace)
        if before is not None and before != language:
            manifest, renamed, restored = change_language(workspace, before, language, manifest)
            update = Update(renamed=renamed, restored=restored)
            write_manifest(workspace, manifest)
        remember_language(workspace, language)
        _bring_up_to_date(workspace, files, manifest, update)
        write_manifest(workspace, manifest)
    except OSError as error:
        raise unwritable(workspace, error) from error
    return update


def prepare(workspace: Path) -> Path:
    """Make ``workspace`` and its private folder where they are missing; the private folder.

    Raises:
        FolderUnusable: the workspace cannot be written to.
    """
    private = workspace / PRIVATE
    try:
        workspace.mkdir(parents=True, exist_ok=True)
        # Tokens live in it: nobody else on this machine may look.
        private_folder(private)
    except OSError as error:
        raise unwritable(workspace, error) from error
    return private


def unwritable(folder: Path, error: OSError) -> FolderUnusable:
    """The sentence for a folder that the operating system does not let us write to."""
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
    # A lesson that the kit no longer has goes too, unless the learner worked in it or it is a newer version put beside.
    for name in [name for name in manifest if name not in files]:
        target = workspace / name
        if target.is_file() and not _is_beside(name, files):
            if checksum(target, manifest[name]) == manifest[name]:
                target.unlink()
            del manifest[name]


def _put_beside(workspace: Path, name: str, content: bytes, manifest: dict[str, str]) -> str:
    """Write a newer version of a changed file under the first ``name (new)`` that is not the learner's; its path."""
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
    """``2.2-log-in (new).ipynb`` for ``2.2-log-in.ipynb``; ``(new 2)`` and so on for further ones."""
    path = PurePosixPath(name)
    mark = "new" if number == 1 else f"new {number}"
    return str(path.with_name(f"{path.stem} ({mark}){path.suffix}"))


def _is_beside(name: str, files: Mapping[str, bytes]) -> bool:
    path = PurePosixPath(name)
    original, mark, _rest = path.stem.rpartition(" (new")
    return bool(mark) and str(path.with_name(original + path.suffix)) in files


def read_manifest(workspace: Path) -> dict[str, str]:
    """What the kit wrote into ``workspace``: path and SHA-256. Empty when there is none, or none that can be read."""
    try:
        found = json.loads((workspace / PRIVATE / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # Without it every file counts as the learner's: nothing is lost, a newer version arrives beside.
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def write_manifest(workspace: Path, manifest: Mapping[str, str]) -> None:
    """Remember what the kit wrote into ``workspace``."""
    write_file(workspace / PRIVATE / "manifest.json", json.dumps(manifest, indent=1, sort_keys=True).encode())
