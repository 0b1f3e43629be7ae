"""The new objects of a push, which git keeps in a separate folder until the push is accepted."""

from __future__ import annotations

import subprocess

from autograde.hub.repos.repositories import Repository
from autograde.hub.storage.gitstore import GitStore
from autograde.hub.storage.objects import ObjectReader


class Quarantine:
    """Runs git so that it sees the new objects as well.

    Args:
        git: the store of all repositories.
        repository: the one that is pushed to.
        folder: where the new objects are, relative to the repository's own folder.
    """

    def __init__(self, git: GitStore, repository: Repository, folder: str) -> None:
        self._git, self._folder = git, git.path(repository.id)
        self.environment = git.environment() | {
            "GIT_OBJECT_DIRECTORY": str(self._folder / folder),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(self._folder / "objects"),
        }

    @property
    def command(self) -> list[str]:
        """The beginning of every git command."""
        return [self._git.git, f"--git-dir={self._folder}"]

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Run a git command and return its output.

        Raises:
            subprocess.CalledProcessError: git failed.
            subprocess.TimeoutExpired: it took longer than five minutes.
        """
        command = [*self.command, *arguments]
        return subprocess.run(
            command, input=stdin, env=self.environment, capture_output=True, check=True, timeout=300
        ).stdout

    def reader(self) -> ObjectReader:
        """Return a reader of objects; the caller closes it."""
        return ObjectReader(self._git.git, self._folder, self.environment)
