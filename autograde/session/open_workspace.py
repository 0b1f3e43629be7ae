"""A workspace that one process has open: its lock, its ports, and the page that its learner uses."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

from autograde import settings
from autograde.errors import FolderUnusable
from autograde.files import write_file
from autograde.i18n.translation import messages
from autograde.session.ports import Ports, first_free
from autograde.session.workspace import unwritable

_ = messages("cli")


class OpenWorkspace:
    """A workspace that no other process can open. Use it as a context manager, or call :meth:`close`.

    Attributes:
        home: the workspace's private folder.
        ports: the ports that the workspace has used.
    """

    def __init__(self, home: Path) -> None:
        """Lock the workspace.

        Args:
            home: the workspace's private folder.

        Raises:
            FolderUnusable: another process has this workspace open, or the folder cannot be written to.
        """
        self.home = home
        self._opened = contextlib.ExitStack()
        self._opened.enter_context(_locked(home))
        self.ports = Ports.read(home)

    def choose_lab_port(self) -> int:
        """Choose JupyterLab's port, the same as last time if it is free, and remember it.

        Raises:
            PortInUse: no port is free.
        """
        port = first_free((*self.ports.lab, settings.lab_port())[0])
        self.ports = replace(self.ports, lab=(port,))
        self.ports.write(self.home)
        return port

    def announce(self, url: str) -> None:
        """Write down the page that learners use, for the error message of a process that opens the workspace too."""
        write_file(self.home / "page", url.encode(), mode=0o600)

    def close(self) -> None:
        """Unlock the workspace, and stop what was started for it."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


@contextlib.contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Keep other processes from opening the workspace inside this block.

    Raises:
        FolderUnusable: another process has it open; the error names its page.
    """
    import fcntl

    page = home / "page"
    try:
        lock = (home / "lock").open("w")
    except OSError as error:
        raise unwritable(home, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            url = page.read_text(encoding="utf-8") if page.exists() else "?"
            raise FolderUnusable(
                _("This workspace is already open: {url}").format(url=url),
                _("Use that page, or press Ctrl-C in the window where it was started."),
            ) from error
        try:
            yield
        finally:
            page.unlink(missing_ok=True)
