"""Keep clones working after the Hub's port has changed.

A clone contains the Hub's URL with its port. If another program uses that port later, the Hub gets a new one. Then
git's configuration replaces old addresses with the new one, and saved logins are copied to it.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from autograde.files import write_file

#: Host names of this machine that a clone's URL may contain.
HOSTS = ("127.0.0.1", "localhost")


def redirections(port: int, former: Iterable[int]) -> str:
    """Return git configuration that replaces the Hub's former ports with ``port``."""
    lines = [f'[url "http://127.0.0.1:{port}/"]']
    lines += [f"\tinsteadOf = http://{host}:{old}/" for old in former if old != port for host in HOSTS]
    return "\n".join(lines) + "\n"


def with_moved_credentials(store: str, port: int, former: Iterable[int]) -> str:
    """Return a git credential store in which every login for a former port is also a login for ``port``.

    Existing logins for ``port`` come first, because git uses the first match.
    """
    olds = [old for old in former if old != port]
    lines = store.splitlines()
    moved = [
        # git writes the colon before a port as %3a.
        re.sub(r"@[^@]*$", f"@127.0.0.1%3a{port}", line)
        for line in lines
        if any(re.search(rf"@({'|'.join(map(re.escape, HOSTS))})(:|%3[aA]){old}/?$", line) for old in olds)
    ]
    return "".join(f"{line}\n" for line in dict.fromkeys([*lines, *moved]))


def redirect(home: Path, port: int, former: Iterable[int], environment: dict[str, str]) -> None:
    """Redirect the Hub's former ports to ``port`` in the git configuration and the credential store in ``home``.

    Args:
        home: folder with ``gitconfig`` and, if the learner has logged in, ``git-credentials``.
        port: the Hub's current port.
        former: its earlier ports.
        environment: environment for git.
    """
    former = list(former)
    moved = home / "gitconfig-moved"
    write_file(moved, redirections(port, former).encode())
    gitconfig = ["git", "config", "--file", str(home / "gitconfig")]
    included = subprocess.run(
        [*gitconfig, "--get-all", "include.path"], env=environment, capture_output=True, text=True, check=False
    )
    if moved.name not in included.stdout.splitlines():
        subprocess.run([*gitconfig, "--add", "include.path", moved.name], env=environment, check=True)
    credentials = home / "git-credentials"
    if credentials.is_file():
        text = with_moved_credentials(credentials.read_text(encoding="utf-8"), port, former)
        write_file(credentials, text.encode(), mode=0o600)
