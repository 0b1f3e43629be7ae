"""``autograde learn --reset 2.4``: replace a lesson and its exercise with fresh copies, and keep the old ones."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path, PurePosixPath

from autograde.checksum import checksum, read_manifest, write_manifest
from autograde.errors import UnknownLesson
from autograde.files import sha256, write_file
from autograde.i18n.translation import messages
from autograde.session.workspace import EXERCISES, MANIFEST, contents, prepare, unwritable
from autograde.settings import KIT

_ = messages("cli")


def reset(workspace: Path, section: str, language: str, now: datetime, kit: Path = KIT) -> dict[str, str]:
    """Replace the files of ``section`` in ``workspace`` with fresh copies.

    Args:
        workspace: the learner's folder.
        section: of the tutorial, for example ``"2.4"``.
        language: ``"en"`` or ``"zh"``.
        now: date and time for the names of the old files.
        kit: the folder that holds course/ and release/.

    Returns:
        The name of each file, and the new name of its old version; ``""`` if the learner had not changed it.

    Raises:
        UnknownLesson: the kit has no lesson and no exercise for the section.
        FolderUnusable: the workspace cannot be written to.
    """
    files = dict(contents(kit, language))
    chosen = [name for name in files if _section(name) == section]
    if not chosen:
        known = sorted({_section(name) for name in files} - {""})
        raise UnknownLesson(
            _("There is no lesson {section}.").format(section=section),
            _("Choose one of: {choices}.").format(choices=", ".join(known)),
        )
    prepare(workspace)
    manifest, kept = read_manifest(workspace / MANIFEST), dict[str, str]()
    try:
        for name in chosen:
            kept[name] = _replace(workspace, name, files[name], now)
            manifest[name] = sha256(files[name])
        write_manifest(workspace / MANIFEST, manifest)
    except OSError as error:
        raise unwritable(workspace, error) from error
    return kept


def _section(name: str) -> str:
    """Return a file's section: ``2.4`` for ``2.4-upload….ipynb`` and for its exercise."""
    parts = PurePosixPath(name).parts
    if parts[0] == EXERCISES and len(parts) > 1:
        parts = parts[1:]
    elif not name.endswith(".ipynb"):
        return ""
    found = parts[0].partition("-")[0]
    return found if found[:1].isdigit() else ""


def _replace(workspace: Path, name: str, content: bytes, now: datetime) -> str:
    """Write a fresh file; return the new name of its old version."""
    target, kept = workspace / name, ""
    wanted = sha256(content)
    if target.is_file() and checksum(target, wanted) != wanted:
        kept = _dated(workspace, name, now)
        # Copy instead of rename, so that the lesson is never missing.
        shutil.copy2(target, workspace / kept)
    write_file(target, content)
    return kept


def _dated(workspace: Path, name: str, now: datetime) -> str:
    """Return ``2.4-upload (2026-11-26 14.05).ipynb``, with a number if that name exists."""
    path, mark, number = PurePosixPath(name), f"{now:%Y-%m-%d %H.%M}", 1
    while True:
        more = "" if number == 1 else f" {number}"
        found = str(path.with_name(f"{path.stem} ({mark}{more}){path.suffix}"))
        if not (workspace / found).exists():
            return found
        number += 1
