"""Write files atomically, create private files and folders, compute checksums, and allow more open files."""

from __future__ import annotations

import contextlib
import hashlib
import os
import resource
import stat
import tempfile
from pathlib import Path

from autograde.errors import FolderUnusable

#: Open files of a Hub, or of the grader and its template, if the system allows so many.
_MOST_OPEN = 1 << 16

#: Open files if the system reports no limit: macOS refuses more than its own, which are at least so many.
_OPEN_ON_MACOS = 10_240


def sha256(content: bytes) -> str:
    """Return the SHA-256 of ``content``, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def private_folder(path: Path, *, owned: bool = False) -> Path:
    """Create a folder that only its owner can read; if it exists, remove the permissions of other users.

    On file systems without permissions (FAT, some network drives), this has no effect.

    Args:
        path: the folder.
        owned: refuse links and folders of other users; for folders in a place where every user can write.

    Raises:
        FolderUnusable: it belongs to another user.
        OSError: it cannot be created.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = os.lstat(path) if owned else os.stat(path)
    if owned and (found.st_uid != os.geteuid() or stat.S_ISLNK(found.st_mode)):
        raise FolderUnusable(f"The folder {path} belongs to another user.", "Delete it, or choose another folder.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        with contextlib.suppress(PermissionError):
            os.chmod(path, stat.S_IMODE(found.st_mode) & 0o700)
    return path


def private_file(path: Path) -> None:
    """Create an empty file that only its owner can read; if it exists, remove the permissions of other users."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077:
            with contextlib.suppress(PermissionError):
                os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def write_file(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file atomically, by renaming a temporary file in the same folder.

    Args:
        path: the file; its folder is created if missing.
        content: its bytes.
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


def raise_file_limit() -> None:
    """Raise this process's limit of open files, and that of all processes that it starts later."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_ON_MACOS if hard == resource.RLIM_INFINITY else min(hard, _MOST_OPEN)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
