"""A Hub's whole state, put aside and taken up again: the same starting point for every test, lesson or submission.

Blobs and xorbs never change, so they are shared by hard links where the file system can; the database and the
repositories are copied. A snapshot is an ordinary data folder: a Hub can be started on (a copy of) it.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from pathlib import Path

from autograde.errors import FolderUnusable
from autograde.files import private_file, private_folder, write_file
from autograde.hub.core import Hub

_SHARED = ("blobs", "xorbs")


def save(hub: Hub, target: Path) -> None:
    """Write the state of a running Hub into the new folder ``target``.

    Writers wait for the database meanwhile, and a push that is past it only moves a ref. Refs are taken first, then
    what they need (objects, bindings, blobs): the order of writing, backwards, so that nothing in the copy names what
    it lacks.

    Raises:
        FolderUnusable: ``target`` exists.
    """
    if target.exists():
        raise FolderUnusable(f"There is something at {target} already.", "Name a folder that does not exist yet.")
    private_folder(target)
    with hub.database.held():
        for row in hub.database.all("SELECT id FROM repositories"):
            path = hub.git.path(row["id"])
            _copy_repository(path, target / path.relative_to(hub.data))
        hub.database.copy_to(target / "hub.db")
        for name in _SHARED:
            _link(hub.data / name, target / name)
    # Its secret signs links: nobody else may read it.
    write_file(target / "instance.json", (hub.data / "instance.json").read_bytes(), mode=0o600)


def _copy_repository(source: Path, target: Path) -> None:
    """Copy a bare repository: its refs, then its objects, and nothing that git is still writing."""
    target.mkdir(parents=True)
    growing = shutil.ignore_patterns("tmp_*", "incoming-*", "*.lock")
    for name in ("refs", "packed-refs", "HEAD", "config", "objects"):
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, ignore=growing)
        elif (source / name).exists():
            shutil.copyfile(source / name, target / name)


def load(source: Path, data: Path) -> None:
    """Make the folder ``data``, of a Hub that does not run, what the snapshot ``source`` was, of which this machine's
    own Hub was the author. For anybody else's there is :mod:`~autograde.hub.seeds`.

    The Hub keeps its identity, so that browsers stay logged in, but begins a new generation of Xet addresses: clients
    remember which chunks a Hub had, and some of those are gone now.

    Raises:
        FolderUnusable: ``source`` is no snapshot.
    """
    if not (source / "hub.db").is_file():
        raise FolderUnusable(f"{source} is not a snapshot of a Hub.", "Make one with snapshot().")
    shutil.rmtree(data, ignore_errors=True)
    private_folder(data)
    for name in _SHARED:
        _link(source / name, data / name)
    if (source / "repos").exists():
        shutil.copytree(source / "repos", data / "repos")
    private_file(data / "hub.db")
    shutil.copyfile(source / "hub.db", data / "hub.db")
    instance = json.loads((source / "instance.json").read_text(encoding="ascii"))
    instance["generation"] = uuid.uuid4().hex
    write_file(data / "instance.json", json.dumps(instance).encode("ascii"), mode=0o600)


def _link(source: Path, target: Path) -> None:
    """Copy a folder of files that never change, as hard links where that is possible."""

    def one(file: str, copy: str) -> None:
        try:
            os.link(file, copy)
        except OSError:
            shutil.copyfile(file, copy)

    if source.exists():
        shutil.copytree(source, target, copy_function=one)
