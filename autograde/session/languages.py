"""Change the language of a workspace while keeping the notebooks that the learner changed.

A lesson has the same file name in both languages. A notebook that the learner changed is renamed, for example to
``2.2-log-in (English).ipynb``, and gets its usual name back when the workspace returns to that language.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from autograde.checksum import checksum
from autograde.files import write_file
from autograde.settings import LANGUAGE_NAMES, LANGUAGES, PRIVATE


def workspace_language(workspace: Path) -> str | None:
    """Return the language of the files in ``workspace``; None for a new one."""
    with contextlib.suppress(OSError):
        found = (workspace / PRIVATE / "language").read_text(encoding="utf-8").strip()
        if found in LANGUAGES:
            return found
    return None


def remember_language(workspace: Path, language: str) -> None:
    """Save the language of the files in ``workspace``."""
    write_file(workspace / PRIVATE / "language", language.encode())


def name_in(name: str, language: str, number: int = 1) -> str:
    """Return ``2.2-log-in (English).ipynb`` for ``2.2-log-in.ipynb``; with ``number`` 2, ``… (English 2).ipynb``."""
    path = PurePosixPath(name)
    mark = LANGUAGE_NAMES[language] if number == 1 else f"{LANGUAGE_NAMES[language]} {number}"
    return str(path.with_name(f"{path.stem} ({mark}){path.suffix}"))


def change_language(
    workspace: Path, before: str, language: str, manifest: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Rename the notebooks that the learner changed in ``before``, and restore those that they changed in ``language``.

    Args:
        workspace: the learner's folder.
        before: its current language.
        language: its new language.
        manifest: the kit's files in it, with their checksums.

    Returns:
        The new manifest; the old and new names of renamed notebooks; the names of restored notebooks.
    """
    _keep_manifest(workspace, before, manifest)
    new, renamed, restored = dict(manifest), dict[str, str](), list[str]()
    for name, expected in manifest.items():
        path = workspace / name
        if path.suffix == ".ipynb" and path.is_file() and checksum(path, expected) != expected:
            renamed[name] = _free_name(workspace, name, before)
            os.replace(path, workspace / renamed[name])
            del new[name]
    earlier = _kept_manifest(workspace, language)
    for name in sorted({*manifest, *earlier}):
        apart, path = workspace / name_in(name, language), workspace / name
        # Replace only an unchanged file of the kit, never one of the learner's.
        if apart.is_file() and (name in new or not path.exists()):
            os.replace(apart, path)
            new[name] = earlier.get(name, "")
            restored.append(name)
    return new, renamed, restored


def _free_name(workspace: Path, name: str, language: str) -> str:
    number = 1
    while (workspace / name_in(name, language, number)).exists():
        number += 1
    return name_in(name, language, number)


def _keep_manifest(workspace: Path, language: str, manifest: Mapping[str, str]) -> None:
    """Save the manifest of ``language`` for when the workspace returns to it."""
    content = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False)
    write_file(workspace / PRIVATE / f"manifest.{language}.json", content.encode())


def _kept_manifest(workspace: Path, language: str) -> dict[str, str]:
    """Return what :func:`_keep_manifest` saved; empty if there is no readable file."""
    try:
        found = json.loads((workspace / PRIVATE / f"manifest.{language}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
