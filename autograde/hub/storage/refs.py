"""List a repository's refs. This is the only place that reads git's lists of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograde.hub.storage.gitstore import GitStore


@dataclass(frozen=True)
class ListedRef:
    """A branch, a tag or another ref.

    Attributes:
        ref: its full name; bytes that are not UTF-8 are surrogates.
        target: the id of its object; for an annotated tag, of the tag.
        commit: the id of the commit that it leads to, if that was requested; else the same as ``target``.
    """

    ref: str
    target: str
    commit: str


def list_refs(
    git: GitStore,
    repository_id: str,
    *patterns: str,
    commits: bool = False,
    options: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
) -> list[ListedRef]:
    """Return a repository's refs, by name.

    Args:
        git: the store of all repositories.
        repository_id: the repository's id.
        patterns: arguments of ``git for-each-ref``, such as ``refs/heads/``; without them, all refs.
        commits: whether to find the commits of annotated tags; for that, git reads each ref's object.
        options: options for git itself.
        environment: more variables for git.
    """
    form = "%(refname) %(objectname) " + "%(*objectname)" * commits
    command = (*options, "for-each-ref", f"--format={form}", *patterns)
    listed = git.run(repository_id, *command, environment=environment).decode("utf-8", "surrogateescape")
    # splitlines would also split a name at U+2028 and similar characters.
    lines = [line.split(" ") for line in listed.split("\n")[:-1]]
    return [ListedRef(ref, target, peeled or target) for ref, target, peeled in lines]
