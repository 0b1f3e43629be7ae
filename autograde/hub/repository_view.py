"""The state of a repository for tests and graders, read from git and the database."""

from __future__ import annotations

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.repos import history
from autograde.hub.repos.contents import open_revision, resolve
from autograde.hub.repos.repositories import Repository, find_repository
from autograde.hub.storage.objects import Commit
from autograde.hub.storage.refs import list_refs


class RepositoryView:
    """A repository's state, read directly from git and the database instead of through the API."""

    def __init__(self, hub: Hub, full_name: str, type: str) -> None:
        self._hub, self.full_name, self.type = hub, full_name, type

    def _found(self) -> Repository:
        repository = find_repository(self._hub, self.type, self.full_name)
        if repository is None:
            raise HubRefused(f"There is no {self.type} repository called {self.full_name} on this Hub.")
        return repository

    @property
    def exists(self) -> bool:
        """Return whether the repository exists."""
        return find_repository(self._hub, self.type, self.full_name) is not None

    @property
    def private(self) -> bool:
        """Whether only its owner can see it."""
        return self._found().private

    def files(self, revision: str = "main") -> dict[str, bytes]:
        """Return ``{path: content}`` of a revision: large files with their real content, without submodules."""
        repository = self._found()
        with open_revision(self._hub, repository, revision) as at:
            found = {}
            for entry in at.list(recursive=True):
                if entry.is_file:
                    found[entry.path] = self._blob(entry.lfs.oid) if entry.lfs else at.blob(entry)
            return found

    def submodules(self, revision: str = "main") -> list[str]:
        """Return the paths of a revision's submodules."""
        with open_revision(self._hub, self._found(), revision) as at:
            return [entry.path for entry in at.list(recursive=True) if entry.is_submodule]

    def _blob(self, oid: str) -> bytes:
        with self._hub.blobs.open(oid) as stream:
            return stream.read()

    def lfs_paths(self, revision: str = "main") -> list[str]:
        """Return the paths of a revision that git stores as LFS pointers."""
        with open_revision(self._hub, self._found(), revision) as at:
            return [entry.path for entry in at.list(recursive=True) if entry.lfs]

    def commits(self, revision: str = "main") -> list[Commit]:
        """Return the commits up to a revision, newest first."""
        return history.commits(self._hub, self._found(), revision, limit=1_000_000)

    def head(self, revision: str = "main") -> str | None:
        """Return the commit id of a revision, or None."""
        return resolve(self._hub, self._found(), revision)

    def branches(self) -> dict[str, str]:
        """Return ``{branch: commit id}``."""
        return self._refs("refs/heads/")

    def tags(self) -> dict[str, str]:
        """Return ``{tag: id of what it points to}``."""
        return self._refs("refs/tags/")

    def _refs(self, prefix: str) -> dict[str, str]:
        found = list_refs(self._hub.git, self._found().id, prefix)
        return {each.ref.removeprefix(prefix): each.target for each in found}
