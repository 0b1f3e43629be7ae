"""Save and restore a Hub's complete state, so that every test or submission starts from the same point.

Blobs and xorbs never change, so they are hard-linked if the file system supports it; the database and the
repositories are copied. A snapshot is an ordinary data folder: a Hub can be started on (a copy of) it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from autograde.errors import FolderUnusable
from autograde.files import private_file, private_folder
from autograde.hub.core import Hub
from autograde.hub.instance import load_instance, save_instance

_SHARED = ("blobs", "xorbs")


def save(hub: Hub, target: Path) -> None:
    """Write the state of a running Hub into the new folder ``target``.

    Requests that use the database wait meanwhile; a push that is already accepted only moves a ref. Refs are copied
    first, then what they refer to (objects, bindings, blobs). This is the reverse of the order of writing, so nothing
    in the copy refers to something missing.

    Raises:
        FolderUnusable: ``target`` exists.
    """
    if target.exists():
        raise FolderUnusable(f"There is something at {target} already.", "Name a folder that does not exist yet.")
    private_folder(target)
    with hub.database.locked():
        for row in hub.database.all("SELECT id FROM repositories"):
            path = hub.git.path(row["id"])
            _copy_repository(path, target / path.relative_to(hub.data))
        hub.database.copy_to(target / "hub.db")
        for name in _SHARED:
            _link(hub.data / name, target / name)
    save_instance(target, hub.instance)


def _copy_repository(source: Path, target: Path) -> None:
    """Copy a bare repository: its refs, then its objects, without files that git is still writing."""
    target.mkdir(parents=True)
    unfinished = shutil.ignore_patterns("tmp_*", ".tmp-*", "incoming-*", "*.lock")
    for name in ("refs", "packed-refs", "HEAD", "config", "objects"):
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, ignore=unfinished)
        elif (source / name).exists():
            shutil.copyfile(source / name, target / name)


def load(source: Path, data: Path) -> None:
    """Replace the data folder of a stopped Hub with the snapshot ``source``, made by a Hub on this machine. For
    untrusted snapshots, use :mod:`~autograde.hub.snapshot_import`.

    The Hub keeps its identity, so that browsers stay logged in, but gets a new generation of Xet URLs: clients remember
    which chunks a Hub had, and the snapshot may not have them.

    Raises:
        FolderUnusable: ``source`` is not a snapshot.
    """
    if not (source / "hub.db").is_file():
        raise FolderUnusable(
            f"{source} is not a snapshot of a Hub.",
            "A snapshot is what snapshot() makes, or a copy of a stopped Hub's data folder.",
        )
    shutil.rmtree(data, ignore_errors=True)
    private_folder(data)
    for name in _SHARED:
        _link(source / name, data / name)
    if (source / "repos").exists():
        shutil.copytree(source / "repos", data / "repos")
    private_file(data / "hub.db")
    shutil.copyfile(source / "hub.db", data / "hub.db")
    if (instance := load_instance(source)) is not None:
        save_instance(data, instance.next_generation())


def _link(source: Path, target: Path) -> None:
    """Copy a folder of files that never change, as hard links if possible."""

    def link_or_copy(file: str, copy: str) -> None:
        try:
            os.link(file, copy)
        except OSError:
            shutil.copyfile(file, copy)

    if source.exists():
        shutil.copytree(source, target, copy_function=link_or_copy)
