"""The programs outside Python that the kit uses, their purpose, and how to install them.

Uses only the standard library, because it runs before anything is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograde.errors import MissingTool
from autograde.i18n.translation import marked, messages

_ = messages("cli")


@dataclass(frozen=True)
class Tool:
    """A program that the kit starts by name.

    Attributes:
        name: its usual name, also in package managers.
        purpose: an English message about the kit's use of it.
        programs: its possible names on the PATH; the first existing one is used.
        systems: ``sys.platform`` values on which the kit uses it; empty for all.
        version: arguments for printing its version.
    """

    name: str
    purpose: str
    programs: tuple[str, ...]
    systems: tuple[str, ...] = ()
    version: tuple[str, ...] = ("--version",)

    def path(self) -> str | None:
        """Return the program's path; None if it is not installed."""
        return next((path for name in self.programs if (path := shutil.which(name))), None)

    def is_missing(self) -> bool:
        """Return whether the kit needs the program on this kind of machine, but it is not installed."""
        return (not self.systems or sys.platform in self.systems) and self.path() is None

    def version_text(self) -> str:
        """Return the first line of the program's version output; empty if it is missing or does not answer."""
        path = self.path()
        if path is None:
            return ""
        try:
            answer = subprocess.run(
                [path, *self.version], capture_output=True, text=True, timeout=30, check=False, stdin=subprocess.DEVNULL
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return (answer.stdout.strip().splitlines() or [""])[0]


GIT = Tool("git", marked("clones, commits and pushes"), ("git",))
GIT_LFS = Tool("git-lfs", marked("stores files over 10 MB of git repositories"), ("git-lfs",))
CHROMIUM = Tool(
    "chromium",
    marked("the browser that the tests drive"),
    ("chromium", "chromium-browser", "google-chrome"),
    systems=("linux",),
)

#: Programs that learners need.
FOR_LEARNERS = (GIT, GIT_LFS)
#: Programs that developers need for the tests.
FOR_DEVELOPERS = (GIT, GIT_LFS, CHROMIUM)
EVERY_TOOL = FOR_DEVELOPERS

#: Package managers in order of preference, with the command that installs without questions.
MANAGERS: Mapping[str, tuple[str, ...]] = {
    "apt-get": ("apt-get", "install", "-y", "--no-install-recommends"),
    "dnf": ("dnf", "install", "-y"),
    "pacman": ("pacman", "-S", "--noconfirm"),
    "apk": ("apk", "add"),
    "brew": ("brew", "install"),
    "conda": ("conda", "install", "-y", "-c", "conda-forge"),
}

#: Programs on conda-forge, which conda installs without administrator rights.
FROM_CONDA = frozenset({"git", "git-lfs"})

#: Package managers that need administrator rights.
SYSTEM_MANAGERS = ("apt-get", "dnf", "pacman", "apk")


def missing(tools: Iterable[Tool]) -> list[Tool]:
    """Return the tools that are missing on this machine."""
    return [tool for tool in tools if tool.is_missing()]


def package_manager() -> str | None:
    """Return this machine's package manager; None if it has no supported one."""
    return next((name for name in MANAGERS if shutil.which(name)), None)


def is_root() -> bool:
    """Return whether this process runs as root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def install_command(packages: Sequence[str]) -> str:
    """Return the command that installs ``packages``; empty without a known package manager."""
    manager = package_manager()
    if manager in SYSTEM_MANAGERS and not is_root() and shutil.which("conda") and FROM_CONDA.issuperset(packages):
        manager = "conda"
    if manager is None:
        return ""
    words = [*MANAGERS[manager], *packages]
    return " ".join(["sudo", *words] if manager in SYSTEM_MANAGERS and not is_root() else words)


def how_to_get(tools: Sequence[Tool]) -> str:
    """Return a sentence with the command that installs ``tools`` on this machine."""
    command = install_command([tool.name for tool in tools])
    if command:
        return _("Type: {command}").format(command=command)
    return _("Install {names} and try again.").format(names=", ".join(tool.name for tool in tools))


def require(tools: Sequence[Tool]) -> None:
    """Raise an error if one of ``tools`` is missing.

    Raises:
        MissingTool: the error contains the missing tools and the command that installs them.
    """
    absent = missing(tools)
    if absent:
        raise MissingTool(
            _("Not on this machine: {names}.").format(
                names=", ".join(f"{tool.name} ({_(tool.purpose)})" for tool in absent)
            ),
            how_to_get(absent),
        )
