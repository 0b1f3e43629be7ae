"""A workspace changes its language: notebooks that the learner changed are kept under a name that says the old one.

Every lesson has the same file name in both languages. What the learner changed is renamed, for example to
``2.2-log-in (English).ipynb``, and gets its plain name back when the workspace returns to that language.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from autograde.files import write_file
from autograde.session.checksum import checksum
from autograde.settings import LANGUAGES, PRIVATE

#: What each language is called in a file's name, in the language itself.
NAMES = {"en": "English", "zh": "中文"}


def workspace_language(workspace: Path) -> str | None:
    """The language that ``workspace`` was filled in last; None for a new one."""
    with contextlib.suppress(OSError):
        found = (workspace / PRIVATE / "language").read_text(encoding="utf-8").strip()
        if found in LANGUAGES:
            return found
    return None


def remember_language(workspace: Path, language: str) -> None:
    """Write down the language that ``workspace`` is in."""
    write_file(workspace / PRIVATE / "language", language.encode())


def name_in(name: str, language: str, number: int = 1) -> str:
    """``2.2-log-in (English).ipynb`` for ``2.2-log-in.ipynb``; ``(English 2)`` and so on for further ones."""
    path = PurePosixPath(name)
    mark = NAMES[language] if number == 1 else f"{NAMES[language]} {number}"
    return str(path.with_name(f"{path.stem} ({mark}){path.suffix}"))


def change_language(
    workspace: Path, before: str, language: str, manifest: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Rename what the learner changed in the language ``before``, and give back what they changed in ``language``.

    Args:
        workspace: the learner's folder.
        before: the language that it is in.
        language: the language that it will be in.
        manifest: what the kit wrote into it, with checksums.

    Returns:
        The manifest as it is now; the old and new names of what was renamed; the names of what came back.
    """
    _keep_manifest(workspace, before, manifest)
    now, renamed, restored = dict(manifest), dict[str, str](), list[str]()
    for name, expected in manifest.items():
        path = workspace / name
        if path.suffix == ".ipynb" and path.is_file() and checksum(path, expected) != expected:
            renamed[name] = _free_name(workspace, name, before)
            os.replace(path, workspace / renamed[name])
            del now[name]
    earlier = _kept_manifest(workspace, language)
    for name in sorted({*manifest, *earlier}):
        apart, path = workspace / name_in(name, language), workspace / name
        # What lies there now is the kit's, or nothing: a file of the learner's own is not replaced.
        if apart.is_file() and (name in now or not path.exists()):
            os.replace(apart, path)
            now[name] = earlier.get(name, "")
            restored.append(name)
    return now, renamed, restored


def _free_name(workspace: Path, name: str, language: str) -> str:
    number = 1
    while (workspace / name_in(name, language, number)).exists():
        number += 1
    return name_in(name, language, number)


def _keep_manifest(workspace: Path, language: str, manifest: Mapping[str, str]) -> None:
    """Keep what the kit wrote in ``language``, for the day the workspace returns to it."""
    content = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False)
    write_file(workspace / PRIVATE / f"manifest.{language}.json", content.encode())


def _kept_manifest(workspace: Path, language: str) -> dict[str, str]:
    """What :func:`_keep_manifest` kept; empty when there is nothing that can be read."""
    try:
        found = json.loads((workspace / PRIVATE / f"manifest.{language}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
