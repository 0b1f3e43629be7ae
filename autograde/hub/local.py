"""Run a Hub inside this process: for tests, graders and notebooks that are opened alone."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from autograde.errors import HubRefused
from autograde.hub import snapshots
from autograde.hub.addresses import origin_of
from autograde.hub.config import PASSWORD_COST, HubConfig, Limits
from autograde.hub.core import Hub
from autograde.hub.environment import client_environment
from autograde.hub.events import Event, find
from autograde.hub.extension import Extension
from autograde.hub.people import access_tokens, accounts, organizations
from autograde.hub.people.access_tokens import Token
from autograde.hub.people.accounts import User
from autograde.hub.repos import repositories
from autograde.hub.repos.bindings import bind
from autograde.hub.repos.commits import Author, Operation, WriteFile, WritePointer, write_commit
from autograde.hub.repos.gitattributes import INITIAL_GITATTRIBUTES, is_lfs_path
from autograde.hub.repos.repositories import Repository, find_repository
from autograde.hub.repository_view import RepositoryView

if TYPE_CHECKING:
    from autograde.hub.server import RunningHub


@dataclass(frozen=True)
class Account:
    """An account created by :meth:`LocalHub.create_user`: a user name and a write token."""

    name: str
    token: str

    def __repr__(self) -> str:
        return f"Account(name={self.name!r}, token=<hidden>)"


def _limits(storage: int | None) -> Limits:
    """Return a Hub's limits where an account may keep ``storage`` bytes."""
    if storage is None:
        return Limits()
    return Limits(owner_storage=storage, commit_body=storage, lfs_file=storage, pack=storage, bodies=2 * storage)


class LocalHub:
    """A Hub on a real socket, served by a thread of this process.

    Args:
        data: folder for all data; if None, a temporary one that is deleted when the Hub stops.
        host: address to listen on.
        port: port to listen on; 0 for a free one.
        durable: whether every acknowledged write is flushed to disk; by default only if ``data`` is given.
        sign_up: whether new people can sign up at ``/join``.
        hosts: more host names under which browsers may reach it.
        public_url: its URL behind a proxy; ``{port}`` is replaced by its port.
        programs_use_proxy: whether git, ``hf`` and Python reach it at ``public_url`` too.
        frames: URLs of JupyterLab servers that may show pages in a frame.
        listening: a listening socket to use in place of ``host`` and ``port``; it is closed with the Hub.
        storage: limit in bytes for each account and each upload; None for the limits of a Hub for many people.
        limits: all limits, in place of those derived from ``storage``.
        webhooks: allowed targets of webhooks; :data:`autograde.hub.webhooks.LOOPBACK` for any program
            on this machine. By default webhooks are off.
        extensions: applications that are mounted into it; see :mod:`autograde.hub.extension`.

    Raises:
        PortInUse: another program uses the port.
        FolderUnusable: the data folder cannot be written to.
        MissingTool: git is not installed.

    Use it as a context manager, or call :meth:`start` and :meth:`stop`::

        with LocalHub() as hub:
            ada = hub.create_user("ada")
            subprocess.run(["hf", "auth", "whoami"], env=hub.environment() | {"HF_TOKEN": ada.token})
    """

    def __init__(
        self,
        data: Path | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        durable: bool | None = None,
        sign_up: bool = True,
        hosts: tuple[str, ...] = (),
        public_url: str = "",
        programs_use_proxy: bool = False,
        frames: tuple[str, ...] = (),
        webhooks: tuple[str, ...] = (),
        extensions: tuple[Extension, ...] = (),
        listening: socket.socket | None = None,
        storage: int | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._config = HubConfig(
            data=data or Path(), host=host, port=port, durable=data is not None if durable is None else durable,
            sign_up=sign_up, hosts=hosts, public_url=public_url, programs_use_proxy=programs_use_proxy, frames=frames,
            webhooks=webhooks, extensions=extensions, limits=limits or _limits(storage),
            # Slow hashing isn't needed here: a temporary Hub has no real passwords.
            password_cost=PASSWORD_COST if data else 2**4,
        )  # fmt: skip
        self._listening, self._is_temporary = listening, data is None
        self._temporary: Path | None = None
        self._running: RunningHub | None = None

    def start(self, before: Callable[[Hub], object] = lambda hub: None) -> LocalHub:
        """Start the Hub; return once it answers. ``before`` is called first, when no client can reach it yet."""
        if self._running:
            return self
        if self._is_temporary:
            self._temporary = Path(tempfile.mkdtemp(prefix="hub-"))
        try:
            self._serve(replace(self._config, data=self._temporary or self._config.data), before)
        except BaseException:
            self.stop()
            raise
        return self

    def _serve(self, config: HubConfig, before: Callable[[Hub], object] = lambda hub: None) -> None:
        # Importing the web server and all pages takes 0.15 s, so only do it when a Hub starts.
        from autograde.hub.server import RunningHub

        # A socket serves only once: the server closes it.
        listening, self._listening = self._listening, None
        # Kept before it is started, so that stop() also ends a Hub whose start was interrupted.
        self._running = RunningHub(config, listening)
        before(self._running.hub)
        self._running.start()

    def stop(self) -> None:
        """Stop the Hub and delete its temporary data, if any."""
        if self._running:
            self._running.stop()
            self._running = None
        if self._temporary:
            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary = None

    def __enter__(self) -> LocalHub:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def wait(self) -> None:
        """Wait until the Hub is stopped from another thread or by a signal."""
        if self._running:
            self._running.wait()

    def allow_frames(self, url: str) -> None:
        """Allow the server at ``url`` (JupyterLab, once its port is known) to show this Hub's pages in a frame.

        Raises:
            HubRefused: it is not the URL of a web page.
        """
        self.hub.frames = (*self.hub.frames, origin_of(url))
        # For a later start.
        self._config = replace(self._config, frames=self.hub.frames)

    @property
    def hub(self) -> Hub:
        """The Hub's internals: its database, git store and blobs."""
        return self._running_hub.hub

    @property
    def _running_hub(self) -> RunningHub:
        if self._running is None:
            raise HubRefused("This LocalHub is not running.", "Call start(), or use it in a `with` block.")
        return self._running

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._running_hub.port

    @property
    def endpoint(self) -> str:
        """The Hub's URL, for ``HF_ENDPOINT``."""
        host = self._config.host
        return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{self.port}"  # noqa: S104 - compared, not bound

    def environment(
        self, home: Path | None = None, *, name: str = "learner", email: str = "learner@localhost"
    ) -> dict[str, str]:
        """Return the complete environment of a child process that uses this Hub; see :func:`client_environment`.

        ``home`` keeps the client's token, cache and git configuration; by default a folder inside the Hub's data.
        """
        return client_environment(self.endpoint, home or self.hub.data / "client", name=name, email=email)

    def create_user(
        self,
        name: str,
        *,
        password: str | None = None,
        email: str | None = None,
        token: str | None = None,
        fullname: str = "",
        administrator: bool = False,
    ) -> Account:
        """Create an account with a write token (``token``, or a new one).

        ``fullname`` defaults to the account's name. Administrators may use the pages of the Hub's extensions.

        Raises:
            HubRefused: the name or the e-mail address is taken.
        """
        address = email or f"{name.lower()}@example.org"
        user = accounts.create_user(
            self.hub, name, email=address, password=password, fullname=fullname, administrator=administrator
        )
        return Account(user.name, access_tokens.create_token(self.hub, user, name=f"{name}-write", secret=token))

    def create_organization(self, name: str, *, members: dict[str, str] | None = None) -> User:
        """Create an organisation; ``members`` maps user names to roles (read, write or admin).

        Raises:
            HubRefused: the name is taken, or a member does not exist.
        """
        organization = accounts.create_user(self.hub, name, kind="org")
        for person, role in (members or {}).items():
            organizations.add_member(self.hub, organization, self._user(person), role)
        return organization

    def create_repository(
        self, full_name: str, *, type: str = "model", private: bool = False, files: Mapping[str, bytes] | None = None
    ) -> RepositoryView:
        """Create a repository with an initial commit and, in a second one, ``files``; LFS stores the large ones.

        Raises:
            HubRefused: the name is taken, or the owner does not exist.
        """
        owner, __, name = full_name.partition("/")
        user = self._user(owner)
        made = repositories.create_repository(self.hub, user, name, type=type, private=private, limited=False)
        self._commit(made, user, [WriteFile(".gitattributes", INITIAL_GITATTRIBUTES.encode())], "initial commit")
        if files:
            self.add_files(full_name, files, type=type)
        return self.repository(full_name, type=type)

    def add_files(self, full_name: str, files: Mapping[str, bytes], *, type: str = "model") -> None:
        """Add ``files`` to a repository in one commit by its owner; LFS stores the large ones. No event is recorded.

        Raises:
            HubRefused: the repository does not exist.
        """
        made = find_repository(self.hub, type, full_name)
        if made is None:
            raise HubRefused(f"There is no {type} repository called {full_name} on this Hub.")
        operations: list[Operation] = []
        for path, content in files.items():
            if not is_lfs_path(INITIAL_GITATTRIBUTES, path):
                operations.append(WriteFile(path, content))
                continue
            with self.hub.blobs.writer() as writer:
                writer.write(content)
                # In one transaction: otherwise the clean-up could remove the file before a repository has it.
                with self.hub.database.transaction():
                    oid = writer.commit()
                    bind(self.hub, made.id, oid, len(content))
            operations.append(WritePointer(path, oid))
        self._commit(made, self._user(full_name.partition("/")[0]), operations, "Add files")

    def _commit(self, repository: Repository, user: User, operations: list[Operation], message: str) -> None:
        author = Author(user.name, f"{user.name}@users.noreply.localhost")
        write_commit(self.hub, repository, "main", operations, author=author, message=message, create=True)

    def repositories(self) -> list[RepositoryView]:
        """Return every repository of this Hub, private ones included, sorted by name."""
        rows = self.hub.database.all(
            "SELECT type, users.name || '/' || repositories.name AS full_name"
            " FROM repositories JOIN users ON users.id = owner_id ORDER BY full_name, type"
        )
        return [self.repository(row["full_name"], type=row["type"]) for row in rows]

    def tokens(self, user: str) -> list[Token]:
        """Return a person's access tokens without secrets, newest first; ``last_used_at`` is None if never used.

        Raises:
            HubRefused: there is no such person.
        """
        return access_tokens.tokens_of(self.hub, self._user(user))

    def create_token(self, user: str, *, role: str = "read", name: str = "") -> str:
        """Create another access token for a person, with the role ``read``, ``write`` or ``fineGrained``.

        Raises:
            HubRefused: there is no such person or role.
        """
        return access_tokens.create_token(self.hub, self._user(user), role=role, name=name)

    def _user(self, name: str) -> User:
        user = accounts.find_user(self.hub, name)
        if user is None:
            raise HubRefused(f"There is no user called {name} on this Hub.")
        return user

    def events(self, *, kind: str = "", user: str = "", repository: str = "", request_id: str = "") -> list[Event]:
        """Return the events of this Hub, oldest first; see :func:`autograde.hub.events.find`."""
        return find(self.hub, kind=kind, user=user, repository=repository, request_id=request_id)

    def snapshot(self, target: Path) -> Path:
        """Save the Hub's complete state in the new folder ``target``, while it keeps answering.

        Raises:
            FolderUnusable: ``target`` exists already.
        """
        snapshots.save(self.hub, target)
        return target

    def restore(self, source: Path) -> None:
        """Restore a snapshot at the same address, with its accounts and tokens. Requests wait or fail meanwhile.

        Raises:
            FolderUnusable: ``source`` is not a snapshot.
        """
        if not (source / "hub.db").is_file():
            snapshots.load(source, source)  # raises before anything is stopped
        running = self._running_hub
        config = replace(self._config, data=running.hub.data, port=running.port)
        running.stop()
        self._running = None
        snapshots.load(source, config.data)
        self._serve(config)

    def repository(self, full_name: str, *, type: str = "model") -> RepositoryView:
        """Return a view of a repository, which need not exist, read from git and the database."""
        return RepositoryView(self.hub, full_name, type)
