"""How much a git tree holds and whether every name in it is allowed, without walking it entry by entry.

Trees inside each other that are the same tree many times over stand for a hundred million files in 40 kB. Each tree is
looked at once, however often it is there: what is below it is added up.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from autograde.hub import budgets
from autograde.hub.repos.paths import MAX_PATH, path_problem
from autograde.hub.storage.objects import ObjectReader

#: Folders inside each other; a path of MAX_PATH bytes has no more.
_MAX_DEPTH = MAX_PATH // 2

#: What is remembered: trees never change.
_REMEMBERED = 50_000


@dataclass(frozen=True)
class TreeSize:
    """What is below a tree.

    Attributes:
        entries: files and folders, each counted as often as it is there.
        longest: bytes of the longest path.
        problem: why a name in it is not allowed; empty where all are.
    """

    entries: int
    longest: int
    problem: str = ""


class Census:
    """What is below trees, remembered by their ids. One for each Hub; safe for many threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, TreeSize] = OrderedDict()

    def measure(self, reader: ObjectReader, tree: str) -> TreeSize:
        """What is below ``tree``.

        Raises:
            ObjectMissing: a tree is not there.
            BudgetSpent: it took too long.
        """
        return self._measure(reader, tree, 0)

    def _measure(self, reader: ObjectReader, tree: str, depth: int) -> TreeSize:
        if (known := self._known.get(tree)) is not None:
            return known
        if depth > _MAX_DEPTH:
            return TreeSize(0, MAX_PATH + 1)
        budgets.check()
        entries = longest = 0
        problem = ""
        for entry in reader.tree(tree):
            entries += 1
            length = len(entry.path.encode("utf-8", "surrogateescape"))
            problem = problem or path_problem(entry.path) or ""
            if entry.is_folder:
                below = self._measure(reader, entry.oid, depth + 1)
                entries += below.entries
                length += 1 + below.longest
                problem = problem or below.problem
                # Names that are only wrong for a folder, such as .gitattributes.
                problem = problem or path_problem(f"{entry.path}/x") or ""
            longest = max(longest, length)
        found = self._known[tree] = TreeSize(entries, longest, problem)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return found


def tree_problem(census: Census, reader: ObjectReader, tree: str, most: int) -> str:
    """Why a tree cannot be in a repository: too many files, too long a path, a name; empty when it can.

    Args:
        census: the Hub's.
        reader: of the repository, what is being pushed included.
        tree: its id.
        most: files and folders that there may be.
    """
    found = census.measure(reader, tree)
    if found.problem:
        return found.problem
    if found.longest > MAX_PATH:
        return f"A path in it is longer than {MAX_PATH} bytes."
    if found.entries > most:
        return f"It has {found.entries:,} files and folders; at most {most:,} are allowed."
    return ""
