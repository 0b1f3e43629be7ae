"""Check the files of a push: sizes, binary files outside LFS, missing LFS files, model cards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from autograde.hub.core import Hub
from autograde.hub.repos.binaries import REJECTED, binary_blobs, is_binary
from autograde.hub.repos.cards import parse_card
from autograde.hub.repos.pointers import MAX_POINTER, parse_pointer
from autograde.hub.repos.quarantine import Quarantine
from autograde.hub.repos.repositories import Repository
from autograde.hub.repos.tensors import is_weights
from autograde.hub.repos.trees import tree_problem
from autograde.hub.repos.uploads import readable_size
from autograde.hub.storage.objects import ObjectReader

#: Limit of the new objects of one push: the check needs a kilobyte for each.
MAX_OBJECTS = 250_000

#: Size limits of Git objects in bytes, by kind. A tree of 100,000 files has a few megabytes.
_LARGEST = {"commit": 320 << 10, "tag": 320 << 10, "tree": 32 << 20}

#: Files of up to this many bytes are read completely; of longer ones, only the beginning is kept in memory.
_SHORT = 1 << 16


class Rejected(Exception):
    """Raised when a push is rejected.

    Args:
        lines: the message for the sender.
        offending: names of the files that caused it.
    """

    def __init__(self, *lines: str, offending: Sequence[str] = ()) -> None:
        super().__init__(*lines)
        self.lines, self.offending = lines, offending


@dataclass
class _NewObjects:
    """The new objects of a push.

    Attributes:
        commits: ids of the commits.
        short: path by id of each file of up to :data:`_SHORT` bytes.
        long: path by id of the other files.
        pointers: ids and paths of the files that are short enough for an LFS pointer.
        large: paths of the files that are allowed only in LFS.
        files: number of files.
        size: their total size in bytes.
        weights: whether a file's name is that of model weights.
    """

    commits: list[str] = field(default_factory=list)
    short: dict[str, str] = field(default_factory=dict)
    long: dict[str, str] = field(default_factory=dict)
    pointers: list[tuple[str, str]] = field(default_factory=list)
    large: list[str] = field(default_factory=list)
    files: int = 0
    size: int = 0
    weights: bool = False

    def add_file(self, oid: str, size: int, path: str, largest: int) -> None:
        """Add a file of ``size`` bytes; outside LFS, files of at most ``largest`` bytes are allowed."""
        self.files += 1
        self.size += size
        self.weights |= is_weights(path)
        if size > largest:
            self.large.append(path)
        elif size:
            (self.short if size <= _SHORT else self.long)[oid] = path
            if size <= MAX_POINTER:
                self.pointers.append((oid, path))


class PushedContents:
    """The contents of a push.

    Args:
        hub: the Hub.
        repository: the one that is pushed to.
        quarantine: where the new objects are.
        tips: ref and id of each branch or tag that the push makes or moves.
    """

    def __init__(
        self, hub: Hub, repository: Repository, quarantine: Quarantine, tips: Sequence[tuple[str, str]]
    ) -> None:
        self._hub, self._repository, self._quarantine, self._tips = hub, repository, quarantine, tips

    def check(self) -> dict[str, int]:
        """Check the push. Return the number of its new files, their size in bytes (including LFS files), and
        ``weights``: 1 if there are model weights, else 0.

        Raises:
            Rejected: a check failed, so the push must change nothing.
        """
        new = self._new_objects()
        if new.large:
            limit = self._hub.config.limits.regular_file / (1 << 20)
            raise Rejected(
                f"Your push was rejected because it contains files larger than {limit:g} MiB.",
                "Please use https://git-lfs.github.com/ to store large files.",
                "See also: https://hf.co/docs/hub/repositories-getting-started#terminal",
                offending=self._with_refs(new.large),
            )
        # Read all short files with one process: starting another would take longer than reading them.
        with closing(self._quarantine.reader()) as reader:
            self._check_trees(reader, new.commits)
            cards = list(self._cards(reader))
            contents = self._texts(reader, new)
            contents |= {oid: reader.blob(oid) for oid in cards if oid not in contents}
        in_lfs = self._check_lfs_files(new.pointers, contents)
        for oid in cards:
            self._check_card(contents[oid])
        return {"files": new.files, "size": new.size + in_lfs, "weights": int(new.weights)}

    def _with_refs(self, paths: Iterable[str]) -> list[str]:
        refs = ", ".join(ref for ref, __ in self._tips)
        return [f"{path} (ref: {refs})" for path in paths]

    def _new_objects(self) -> _NewObjects:
        """Return the objects that no branch or tag had before.

        Raises:
            Rejected: there are too many, or one is too large.
        """
        tips = "\n".join(new for __, new in self._tips).encode()
        listed = self._quarantine.run("rev-list", "--objects", "--stdin", "--not", "--all", stdin=tips)
        if (number := listed.count(b"\n")) > MAX_OBJECTS:
            raise Rejected(
                f"A push has at most {MAX_OBJECTS:,} new objects, not {number:,}; push the history in parts."
            )
        form = "--batch-check=%(objecttype) %(objectname) %(objectsize) %(rest)"
        checked = self._quarantine.run("cat-file", form, stdin=listed)
        found = _NewObjects()
        # splitlines would also split a file name at U+2028 and similar characters.
        for line in checked.decode("utf-8", "surrogateescape").split("\n")[:-1]:
            kind, oid, text, path = [*line.split(" ", 3), ""][:4]
            size = int(text)
            if size > _LARGEST.get(kind, 1 << 62):
                raise Rejected(f"Your push was rejected because the {kind} {oid[:12]} has {size:,} bytes.")
            if kind == "commit":
                found.commits.append(oid)
            elif kind == "blob":
                found.add_file(oid, size, path, self._hub.config.limits.regular_file)
        return found

    def _check_trees(self, reader: ObjectReader, commits: Iterable[str]) -> None:
        for oid in commits:
            tree = reader.commit(oid).tree
            if problem := tree_problem(self._hub.tree_sizes, reader, tree, self._hub.config.limits.files):
                raise Rejected("Your push was rejected.", f"Commit {oid[:12]}: {problem}")

    def _cards(self, reader: ObjectReader) -> Iterator[str]:
        """Yield the id of each tip's README.md, even if it is unchanged or renamed."""
        for ref, new in self._tips:
            found = reader.info(f"{new}^{{commit}}")
            # As in branches, no tags: the ref is compared with its commit when it is changed.
            if found is None or (ref.startswith("refs/pr/") and found[0] != new):
                raise Rejected("Your push was rejected.", f"{ref} does not name a commit.")
            card = reader.find(reader.commit(found[0]).tree, "README.md")
            blob = reader.info(card.oid) if card else None
            if blob and blob[1] == "blob" and blob[2] <= self._hub.config.limits.card:
                yield blob[0]

    def _texts(self, reader: ObjectReader, new: _NewObjects) -> dict[str, bytes]:
        """Return the contents that are short enough for an LFS pointer, by id.

        Raises:
            Rejected: a file is binary, so it belongs in LFS.
        """
        binary, contents = list[str](), dict[str, bytes]()
        for oid, path in new.short.items():
            content = reader.blob(oid)
            if is_binary(content):
                binary.append(path)
            if len(content) <= MAX_POINTER:
                contents[oid] = content
        found = binary_blobs(self._quarantine.command, self._quarantine.environment, new.long)
        binary += [new.long[oid] for oid in found]
        if binary:
            raise Rejected(*REJECTED, offending=self._with_refs(binary))
        return contents

    def _check_lfs_files(self, pointers: Iterable[tuple[str, str]], contents: Mapping[str, bytes]) -> int:
        """Check that the files of LFS pointers were uploaded; return how many bytes they add to the pointers' size."""
        missing, larger = [], 0
        for oid, path in pointers:
            pointer = parse_pointer(contents[oid])
            if pointer is None:
                continue
            larger += pointer.size - len(contents[oid])
            if readable_size(self._hub, self._repository.id, pointer.oid) != pointer.size:
                missing.append(path)
        if missing:
            raise Rejected(
                "Your push was rejected because an LFS pointer pointed to a file that does not exist.",
                "For instance, this can happen if you used git push --no-verify to push your changes.",
                "Push again with git-lfs installed: git lfs push --all origin",
                offending=missing,
            )
        return larger

    def _check_card(self, content: bytes) -> None:
        if errors := parse_card(content.decode("utf-8", "replace"), type=self._repository.type).errors:
            raise Rejected(
                "Your push was rejected because of invalid metadata in README.md:",
                *[f"- {error}" for error in errors],
            )
