"""The part of the file system that is visible in a sandbox: programs and libraries, read-only, without the answers."""

from __future__ import annotations

import contextlib
import importlib
import json
import shutil
import site
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Any

import autograde

#: System folders that are shown if they exist.
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")

#: Files and folders in /etc that programs need. None contains a secret.
CONFIGURATION = (
    "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ssl", "pki", "ca-certificates", "crypto-policies", "alternatives",
    "fonts", "localtime", "timezone", "mime.types", "magic", "protocols", "services",
)  # fmt: skip

#: Parts of the kit's package that are hidden in a sandbox: questions with their answers, the judging side, and samples.
#: All are folders, so that their byte code is hidden with them.
HIDDEN = (
    "questions", "grading", "instructors", "classroom", "referee/local", "runner/hubs",
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """The parts of the file system in a sandbox.

    Attributes:
        shown: visible files and folders (read-only), in the order in which they are mounted.
        hidden: files and folders within them that appear empty.
    """

    shown: tuple[str, ...]
    hidden: tuple[str, ...]

    def to_json(self) -> str:
        """Return the view as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> View:
        """Return the view that :meth:`to_json` wrote."""
        value: dict[str, Any] = json.loads(text)
        return cls(tuple(value["shown"]), tuple(value["hidden"]))


def system_view() -> View:
    """Return the view with this Python and the programs that exercises use."""
    shown: list[str] = []
    for path in (*map(Path, SYSTEM), *_python(), *_programs()):
        if path.exists() and not any(path == Path(other) or path.is_relative_to(other) for other in shown):
            shown.append(str(path))
    shown.sort(key=lambda path: len(Path(path).parts))
    shown += [str(path) for name in CONFIGURATION if (path := Path("/etc", name)).exists()]
    hidden = [path for path in _hidden() if path.exists()]
    return View(tuple(shown), tuple(map(str, dict.fromkeys(hidden))))


def package() -> Path:
    """Return the folder of the kit's package."""
    return Path(autograde.__file__).resolve().parent


def _python() -> Iterator[Path]:
    yield from map(Path, dict.fromkeys((sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix)))
    yield package()
    folders = [Path(entry) for entry in (*site.getsitepackages(), site.getusersitepackages())]
    yield from folders
    for link in (link for folder in folders for link in sorted(folder.glob("*.pth"))):
        for line in link.read_text(encoding="utf-8", errors="replace").splitlines():
            path = Path(line.strip())
            # Leave out the folder that contains the kit: it is a checkout, whose source/ has the solutions.
            if path.is_absolute() and path.is_dir() and path.resolve() != package().parent:
                yield path
    executable = Path(sys.executable)
    while executable.is_symlink():
        yield executable.parent
        target = executable.readlink()
        executable = target if target.is_absolute() else executable.parent / target
    yield executable.parent


def _programs() -> Iterator[Path]:
    """Yield the programs for exercises that are outside the system folders."""
    for name in ("bash", "git", "git-lfs", "git-xet"):
        if found := shutil.which(name):
            yield from dict.fromkeys((Path(found), Path(found).resolve()))


def _hidden() -> Iterator[Path]:
    yield from (package() / name for name in HIDDEN)
    for entry in metadata.entry_points(group="autograde.questions"):
        found = util.find_spec(entry.module.partition(".")[0])
        if found is not None and found.origin is not None:
            path = Path(found.origin)
            if path.name == "__init__.py":
                yield path.parent
            else:
                # Import a top-level module now, so that its byte code exists and can be hidden.
                with contextlib.suppress(Exception):
                    importlib.import_module(entry.module)
                yield from (path, *path.parent.glob(f"__pycache__/{path.stem}.*.pyc"))
