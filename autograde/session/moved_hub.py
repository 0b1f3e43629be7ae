"""A Hub whose port changed: clones that were made at the old address keep working.

A clone carries the Hub's URL, port included. When that port belongs to another program one day, the Hub gets a new one;
git is then told to use the new address wherever it finds an old one, and the tokens that it remembers move along.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from autograde.files import write_file

#: Under these names a clone may know a Hub on this machine.
HOSTS = ("127.0.0.1", "localhost")


def redirections(port: int, former: Iterable[int]) -> str:
    """Git configuration that sends the Hub's former ports to ``port``."""
    lines = [f'[url "http://127.0.0.1:{port}/"]']
    lines += [f"\tinsteadOf = http://{host}:{old}/" for old in former if old != port for host in HOSTS]
    return "\n".join(lines) + "\n"


def with_moved_credentials(store: str, port: int, former: Iterable[int]) -> str:
    """The text of a git credential store in which every login of a former port is there for ``port`` too.

    Logins that the store has for ``port`` already come first, and git takes the first that fits.
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
    """Make the git configuration and the credential store in ``home`` know that the Hub now listens on ``port``.

    Args:
        home: the client's folder, with ``gitconfig`` and perhaps ``git-credentials``.
        port: where the Hub listens now.
        former: ports on which it has listened before.
        environment: the client's environment, in which git runs.
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
