"""Files: written whole or not at all, and named by their checksum."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

from autograde.errors import FolderUnusable


def sha256(content: bytes) -> str:
    """Return the SHA-256 of ``content``, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def private_folder(path: Path, *, owned: bool = False) -> Path:
    """Make a folder that only its owner can look into; where it is there already, take everybody else's rights away.

    File systems without permissions (FAT, some network drives) keep none: there the folder is as private as the drive.

    Args:
        path: the folder.
        owned: refuse a folder that another user made, or a link, for a name in a place where everybody can write.

    Raises:
        FolderUnusable: it belongs to another user.
        OSError: it cannot be made.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = os.lstat(path) if owned else os.stat(path)
    if owned and hasattr(os, "geteuid") and (found.st_uid != os.geteuid() or stat.S_ISLNK(found.st_mode)):
        raise FolderUnusable(f"The folder {path} belongs to another user.", "Delete it, or choose another folder.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        with contextlib.suppress(PermissionError, NotImplementedError):
            os.chmod(path, stat.S_IMODE(found.st_mode) & 0o700)
    return path


def private_file(path: Path) -> None:
    """Make an empty file that only its owner can read; where it is there already, take everybody else's rights away."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077 and hasattr(os, "fchmod"):
            with contextlib.suppress(PermissionError):
                os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def write_file(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write ``path`` atomically: into a temporary file beside it that is then renamed.

    Args:
        path: the file; its folder is made when missing.
        content: all of its bytes.
        mode: its permissions.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(scratch, mode)
        os.replace(scratch, path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
