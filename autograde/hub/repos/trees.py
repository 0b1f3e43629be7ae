"""Count the files below a Git tree and check their names, without visiting every entry.

Nested trees that repeat the same subtree can describe a hundred million files in 40 kB. Each distinct tree is read
once, and its totals are reused wherever it occurs.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from autograde.hub import budgets
from autograde.hub.repos.paths import MAX_FOLDERS, MAX_PATH, path_problem
from autograde.hub.storage.objects import ObjectReader

#: Number of cached trees. They stay valid because trees never change.
_MAX_CACHED = 50_000


@dataclass(frozen=True)
class TreeSize:
    """Totals of everything below a tree.

    Attributes:
        entries: files and folders; a subtree that occurs twice counts twice.
        longest: length of the longest path in bytes.
        problem: message about a name that is not allowed; empty when all are allowed.
    """

    entries: int
    longest: int
    problem: str = ""


class _TooDeep(Exception):
    """Raised for folders that are nested more deeply than any allowed path."""


class TreeSizes:
    """Cache of the totals of trees, by tree id. One for each Hub; thread-safe.

    Args:
        portable: see :func:`~autograde.hub.repos.paths.path_problem`.
    """

    def __init__(self, *, portable: bool = True) -> None:
        self._portable = portable
        self._known: OrderedDict[str, TreeSize] = OrderedDict()

    def measure(self, reader: ObjectReader, tree: str) -> TreeSize:
        """Return the totals of everything below ``tree``.

        Raises:
            ObjectMissing: a tree is missing.
            BudgetSpent: the request's time is used up.
        """
        try:
            return self._measure(reader, tree, 0)
        except _TooDeep:
            # Not cached for any of the trees on the way: elsewhere, the same tree may be near the root.
            return TreeSize(0, MAX_PATH + 1)

    def _measure(self, reader: ObjectReader, tree: str, depth: int) -> TreeSize:
        if (known := self._known.get(tree)) is not None:
            return known
        if depth > MAX_FOLDERS:
            raise _TooDeep
        budgets.check()
        entries = longest = 0
        problem = ""
        for entry in reader.tree(tree):
            entries += 1
            length = len(entry.path.encode("utf-8", "surrogateescape"))
            problem = problem or path_problem(entry.path, portable=self._portable) or ""
            if entry.is_folder:
                below = self._measure(reader, entry.oid, depth + 1)
                entries += below.entries
                length += 1 + below.longest
                problem = problem or below.problem
                # Some names, such as .gitattributes, are invalid only for a folder.
                problem = problem or path_problem(f"{entry.path}/x", portable=self._portable) or ""
            longest = max(longest, length)
        found = self._known[tree] = TreeSize(entries, longest, problem)
        while len(self._known) > _MAX_CACHED:
            self._known.popitem(last=False)
        return found


def tree_problem(tree_sizes: TreeSizes, reader: ObjectReader, tree: str, limit: int) -> str:
    """Return why a tree is not allowed in a repository (too many files, a path too long, a bad name); else empty.

    Args:
        tree_sizes: the Hub's cache of tree totals.
        reader: reader of the repository, including the pushed objects.
        tree: the tree's id.
        limit: the largest number of files and folders.
    """
    found = tree_sizes.measure(reader, tree)
    if found.problem:
        return found.problem
    if found.longest > MAX_PATH:
        return f"A path is longer than {MAX_PATH} bytes, or has more than {MAX_FOLDERS} folders."
    if found.entries > limit:
        return f"It has {found.entries:,} files and folders; at most {limit:,} are allowed."
    return ""
