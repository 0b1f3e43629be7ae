"""List, create and delete branches and tags, for the API and the pages."""

from __future__ import annotations

from dataclasses import dataclass

from autograde.hub.core import Hub
from autograde.hub.names import branch_name_problem
from autograde.hub.refusals import Refusal
from autograde.hub.repos import uploads
from autograde.hub.repos.commits import Author, check_message
from autograde.hub.repos.contents import require_present, resolve, revision_not_found
from autograde.hub.repos.expunging import replace_ref, target_of
from autograde.hub.repos.repositories import Repository, touch
from autograde.hub.storage.gitstore import NO_OBJECT, GitError, RepositoryDeleted
from autograde.hub.storage.refs import list_refs
from autograde.i18n.translation import marked


@dataclass(frozen=True)
class Ref:
    """A branch or a tag: its short name, its full ref name, and the id of its commit."""

    name: str
    ref: str
    commit: str


def references(hub: Hub, repository: Repository, *prefixes: str) -> list[Ref]:
    """Return the refs starting with one of ``prefixes`` (``refs/heads/``), by name; ``name`` is without the prefix."""
    found = []
    for listed in list_refs(hub.git, repository.id, *prefixes, commits=True):
        prefix = next((prefix for prefix in prefixes if listed.ref.startswith(prefix)), "")
        found.append(Ref(listed.ref.removeprefix(prefix), listed.ref, listed.commit))
    return found


def branches_and_tags(hub: Hub, repository: Repository) -> tuple[list[Ref], list[Ref]]:
    """Return a repository's branches, ``main`` first, and its tags."""
    found = references(hub, repository, "refs/heads/", "refs/tags/")
    branches = [ref for ref in found if ref.ref.startswith("refs/heads/")]
    branches.sort(key=lambda branch: branch.name != "main")
    return branches, [ref for ref in found if ref.ref.startswith("refs/tags/")]


def require_room_for_refs(hub: Hub, repository: Repository, new: int) -> None:
    """Check that ``new`` more branches and tags are within the repository's limit: pages and clones list all of them.

    Raises:
        Refusal: 413, there would be too many.
    """
    listed = list_refs(hub.git, repository.id, "refs/heads/", "refs/tags/")
    number, limit = len(listed) + new, hub.config.limits.repository_refs
    if number > limit:
        message = marked("There would be {number} branches and tags in this repository; at most {most} are allowed.")
        raise Refusal(413, message, values={"number": f"{number:,}", "most": f"{limit:,}"})


def _create(hub: Hub, repository: Repository, ref: str, target: str) -> None:
    with hub.locks.lock(repository.id):
        require_room_for_refs(hub, repository, 1)
        if resolve(hub, repository, ref) is not None:
            raise Refusal(409, marked("Reference {ref} already exists"), values={"ref": ref})
        try:
            hub.git.update_ref(repository.id, ref, target, NO_OBJECT)
        except RepositoryDeleted:
            raise
        except GitError as error:
            raise Refusal(
                409, marked("Reference {ref} cannot be created: {reason}"), values={"ref": ref, "reason": error}
            ) from error


def check_name(name: str) -> str:
    """Return ``name`` when it is a valid name for a branch or a tag.

    Raises:
        Refusal: 400, the name is not valid.
    """
    if branch_name_problem(name):
        message = marked("Invalid rev id: {name} cannot be the name of a branch or a tag")
        raise Refusal(400, message, values={"name": repr(name)})
    return name


def commit_of(hub: Hub, repository: Repository, revision: str) -> str:
    """Return the commit id of a revision.

    Raises:
        Refusal: RevisionNotFound, there is no such revision.
    """
    found = resolve(hub, repository, revision)
    if found is None:
        raise revision_not_found(revision)
    return found


def create_branch(hub: Hub, repository: Repository, name: str, target: str, *, overwrite: bool = False) -> None:
    """Create a branch at the commit ``target``; with ``overwrite``, move an existing branch there.

    Raises:
        Refusal: 400, the name is not valid; 409, the branch exists, or a push has just moved it; 412, the commit is
            gone.
    """
    ref = f"refs/heads/{check_name(name)}"
    with hub.locks.lock(repository.id):
        require_present(hub, repository, target)
        uploads.adopt_reached(hub, repository, target, "--not", "--branches", "--tags")
        if overwrite and (before := target_of(hub, repository, ref)):
            replace_ref(hub, repository, ref, before, target)
        else:
            _create(hub, repository, ref, target)
    touch(hub, repository)


def empty_commit(hub: Hub, repository: Repository, author: Author) -> str:
    """Create a commit without files and parents, and return its id."""
    tree = hub.git.run(repository.id, "mktree").decode().strip()
    identity = ["-c", f"user.name={author.name}", "-c", f"user.email={author.email}"]
    return hub.git.run(repository.id, *identity, "commit-tree", tree, "-m", "empty branch").decode().strip()


def create_tag(hub: Hub, repository: Repository, name: str, commit: str, author: Author, message: str = "") -> None:
    """Create a tag; with a ``message``, an annotated tag.

    Raises:
        Refusal: 400, the name is not valid; 409, the tag exists; 412, the commit is gone.
    """
    check_name(name)
    check_message(message)
    with hub.locks.lock(repository.id):
        require_present(hub, repository, commit)
        uploads.adopt_reached(hub, repository, commit, "--not", "--branches", "--tags")
        target, line = commit, author.line(hub.now() // 1000)
        if message:
            record = f"object {commit}\ntype commit\ntag {name}\ntagger {line}\n\n{message}\n"
            target = hub.git.run(repository.id, "mktag", stdin=record.encode()).decode().strip()
        _create(hub, repository, f"refs/tags/{name}", target)
    touch(hub, repository)


def delete_branch(hub: Hub, repository: Repository, name: str) -> None:
    """Delete a branch and the commits that only it contained.

    Raises:
        Refusal: RevisionNotFound, there is no such branch; 403, it is ``main``; 409, a push has just moved it.
    """
    if name == "main":
        raise Refusal(403, marked("Cannot delete refs/heads/main"))
    _delete(hub, repository, f"refs/heads/{name}", name)


def delete_tag(hub: Hub, repository: Repository, name: str) -> None:
    """Delete a tag.

    Raises:
        Refusal: RevisionNotFound, there is no such tag; 409, a push has just moved it.
    """
    _delete(hub, repository, f"refs/tags/{name}", name)


def _delete(hub: Hub, repository: Repository, ref: str, name: str) -> None:
    with hub.locks.lock(repository.id):
        before = None if branch_name_problem(name) else target_of(hub, repository, ref)
        if before is None:
            raise revision_not_found(name)
        replace_ref(hub, repository, ref, before)
    touch(hub, repository)
