"""Read Git objects through one long-lived ``git cat-file --batch-command``: 0.07 ms a blob instead of 3 ms."""

from __future__ import annotations

import contextlib
import re
import stat
import subprocess
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograde.hub.budgets import check

#: Trees that one reader keeps in memory.
_MAX_FOLDERS = 64
#: Larger commits are not cached, in bytes.
_MAX_CACHED = 4096

#: The longest title of a commit, in characters.
MAX_TITLE = 500


@dataclass(frozen=True)
class TreeEntry:
    """One line of a git tree.

    Attributes:
        path: from the repository's root, with slashes.
        oid: the object's SHA-1, 40 hexadecimal digits.
        mode: git's mode in octal text: ``100644``, ``100755``, ``120000`` (symlink), ``160000`` (submodule) or
            ``40000`` (folder).
    """

    path: str
    oid: str
    mode: str

    @property
    def is_folder(self) -> bool:
        """Whether this is a folder (a Git tree)."""
        return self.mode == "40000"

    @property
    def name(self) -> str:
        """The last segment of the path."""
        return self.path.rpartition("/")[2]


def _mode(written: bytes) -> str:
    """Return the mode of a tree entry as git interprets it: ``40755`` is a folder, ``100664`` an ordinary file, and
    anything that is not a file, a link or a folder is a submodule. A push may contain such modes."""
    mode = int(written, 8) if re.fullmatch(rb"[0-7]{1,12}", written) else 0
    if stat.S_ISREG(mode):
        return "100755" if mode & 0o100 else "100644"
    if stat.S_ISLNK(mode):
        return "120000"
    return "40000" if stat.S_ISDIR(mode) else "160000"


@dataclass(frozen=True)
class Commit:
    """A commit. ``when`` is in seconds since 1970; ``title`` is the first line of ``message``."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: str
    email: str
    when: int
    message: str

    @property
    def title(self) -> str:
        """The first line of the message, or its beginning: lists show many of them."""
        line = self.message.split("\n", 1)[0]
        return line if len(line) <= MAX_TITLE else line[:MAX_TITLE] + "…"

    @property
    def body(self) -> str:
        """The message without its first line."""
        return self.message.partition("\n")[2].strip()


class ObjectMissing(KeyError):
    """Raised when an object that a repository refers to is missing: the repository is damaged."""


class ObjectReader:
    """Reader of one repository's objects, through a running git process. Not thread-safe."""

    def __init__(self, git: str, path: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [git, f"--git-dir={path}", "cat-file", "--batch-command", "--buffer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self._verify = [git, f"--git-dir={path}", "show-ref", "--verify", "--quiet"]
        self._environment = environment
        assert self._process.stdin
        assert self._process.stdout
        self._input, self._output = self._process.stdin, self._process.stdout
        self._folders: dict[str, dict[str, tuple[str, str]]] = {}
        self._latest: Commit | None = None

    def close(self) -> None:
        """End the git process. It may have ended already, if its repository was deleted."""
        with contextlib.suppress(BrokenPipeError):
            self._input.close()
        self._output.close()
        self._process.wait()

    def _request(self, command: str, name: str) -> tuple[str, str, int] | None:
        if "\n" in name or "\0" in name:
            return None
        self._input.write(f"{command} {name}\nflush\n".encode("utf-8", "surrogateescape"))
        self._input.flush()
        header = self._output.readline().decode("utf-8", "replace").rstrip("\n")
        found = re.fullmatch(r"([0-9a-f]{40}) (\w+) (\d+)", header)
        return (found[1], found[2], int(found[3])) if found else None

    def info(self, name: str) -> tuple[str, str, int] | None:
        """Return ``(oid, type, size)`` of an object, or None when there is none with that name."""
        return self._request("info", name)

    def contents(self, name: str) -> tuple[str, str, bytes] | None:
        """Return ``(oid, type, bytes)`` of an object, or None when there is none with that name."""
        header = self._request("contents", name)
        if header is None:
            return None
        oid, kind, size = header
        data = self._output.read(size)
        self._output.read(1)
        return oid, kind, data

    def resolve(self, revision: str) -> str | None:
        """Return the commit id of a branch, a tag, ``HEAD``, a full ref (``refs/…``) or a commit id of 7 to 40 digits;
        None if there is none."""
        candidates = [f"refs/heads/{revision}", f"refs/tags/{revision}"]
        if revision == "HEAD":
            candidates.append("refs/heads/main")
        if revision.startswith("refs/"):
            candidates = [revision]
        if re.fullmatch("[0-9a-f]{7,40}", revision):
            candidates.append(revision)
        # Accept names only: git would also evaluate expressions like main~1, :/text and main@{yesterday}.
        if not revision or re.search(r"[\x00-\x20\x7f~^:?*\[\\]|@\{|\.\.", revision):
            return None
        for name in candidates:
            if (found := self.info(f"{name}^{{commit}}")) and not self._is_description(name):
                return found[0]
        return None

    def _is_description(self, name: str) -> bool:
        """Return whether no ref has this name, so that git reads it as the output of ``git describe``: ``x-g1234567``
        as the commit 1234567."""
        if not re.search(r"-g[0-9a-f]{4,}\Z", name):
            return False
        command: list[str | bytes] = [*self._verify, name.encode("utf-8", "surrogateescape")]
        return subprocess.run(command, env=self._environment, check=False).returncode != 0

    def commit(self, oid: str) -> Commit:
        """Return the commit with this id. The last one is cached, because most requests are about the same commit.

        Raises:
            ObjectMissing: there is no such commit.
        """
        if self._latest is not None and self._latest.oid == oid:
            return self._latest
        found = self.contents(oid)
        if found is None or found[1] != "commit":
            raise ObjectMissing(oid)
        header, __, message = found[2].decode("utf-8", "replace").partition("\n\n")
        # As in git, the order is fixed: later lines with the same names are other headers and must not replace these.
        lines = deque(header.split("\n"))
        tree, parents, author = lines.popleft().removeprefix("tree "), [], ("", "", 0)
        while lines and lines[0].startswith("parent "):
            parents.append(lines.popleft().removeprefix("parent "))
        if lines and (parts := re.fullmatch(r"author (.*?) ?<(.*)> (\d+) [+-]\d+", lines[0])):
            author = (parts[1], parts[2], int(parts[3]))
        commit = Commit(found[0], tree, tuple(parents), author[0], author[1], author[2], message.strip("\n"))
        if len(found[2]) <= _MAX_CACHED:
            self._latest = commit
        return commit

    def _folder(self, oid: str) -> dict[str, tuple[str, str]]:
        """Return ``{name: (oid, mode)}`` of one tree. Trees never change, so the last few are cached."""
        if (known := self._folders.get(oid)) is not None:
            return known
        check()
        found = self.contents(oid)
        if found is None or found[1] != "tree":
            raise ObjectMissing(oid)
        data, position = found[2], 0
        folder: dict[str, tuple[str, str]] = {}
        while position < len(data):
            end = data.index(b"\0", position)
            mode, __, name = data[position:end].partition(b" ")
            folder[name.decode("utf-8", "surrogateescape")] = (data[end + 1 : end + 21].hex(), _mode(mode))
            position = end + 21
        self._folders[oid] = folder
        while len(self._folders) > _MAX_FOLDERS:
            del self._folders[next(iter(self._folders))]
        return folder

    def tree(self, oid: str, prefix: str = "") -> list[TreeEntry]:
        """Return the entries of one tree, in Git's order, with ``prefix`` before their names.

        Raises:
            ObjectMissing: there is no such tree.
        """
        return [TreeEntry(prefix + name, child, mode) for name, (child, mode) in self._folder(oid).items()]

    def walk(self, oid: str, prefix: str = "") -> Iterator[TreeEntry]:
        """Yield every entry below a tree, each folder before its contents."""
        check()
        for entry in self.tree(oid, prefix):
            yield entry
            if entry.is_folder:
                yield from self.walk(entry.oid, entry.path + "/")

    def along(self, tree: str, path: str) -> Iterator[TreeEntry]:
        """Yield the entries on the way to ``path`` from the top: its folders and itself, as far as they exist."""
        parts = path.split("/")
        for number, name in enumerate(parts, 1):
            found = self._folder(tree).get(name)
            if found is None:
                return
            entry = TreeEntry("/".join(parts[:number]), *found)
            yield entry
            if not entry.is_folder:
                return
            tree = entry.oid

    def find(self, tree: str, path: str) -> TreeEntry | None:
        """Return the entry at ``path`` below a tree, or None."""
        *folders, name = path.split("/")
        for folder in folders:
            child, mode = self._folder(tree).get(folder, ("", ""))
            if mode != "40000":
                return None
            tree = child
        found = self._folder(tree).get(name)
        return TreeEntry(path, *found) if found else None

    def blob(self, oid: str) -> bytes:
        """Return the bytes of a blob.

        Raises:
            ObjectMissing: there is no such blob.
        """
        found = self.contents(oid)
        if found is None or found[1] != "blob":
            raise ObjectMissing(oid)
        return found[2]
