"""Create the virtual environment and install the kit's requirements. Run by ``make`` before every command.

Runs with the system's Python as ``python -m autograde.setup.bootstrap learner|developer``, so it uses only the standard
library.
A stamp file lets a second run return immediately if nothing has changed.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from autograde import settings
from autograde.errors import FolderUnusable, KitError, MissingTool, SetUpFailed
from autograde.i18n.translation import messages
from autograde.settings import KIT
from autograde.setup import packages, tools
from autograde.setup.pip_errors import last_error

_ = messages("cli")


def wanted_stamp(kit: Path, extra: str) -> str:
    """Return the stamp of a complete installation, which depends on the kit's requirements."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {kit}".encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((kit / name).read_bytes())
    return f"{digest.hexdigest()} {extra}"


def is_ready(venv: Path, kit: Path, extra: str) -> bool:
    """Return whether ``venv`` is complete; a developer's environment is also complete for a learner."""
    try:
        found = (venv / "autograde-stamp").read_text(encoding="utf-8")
    except OSError:
        return False
    enough = {wanted_stamp(kit, extra), wanted_stamp(kit, "developer")}
    return found in enough and (venv / "bin" / "autograde").exists()


def works(venv: Path) -> bool:
    """Return whether ``venv`` has a Python that starts and has pip."""
    try:
        answer = subprocess.run(
            [str(venv / "bin" / "python"), "-c", "import pip"], capture_output=True, timeout=120, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def run(command: Sequence[str]) -> tuple[int, str]:
    """Run ``command`` and show its output; return its exit code and the end of its error output."""
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, errors="replace"
    ) as process:
        assert process.stderr is not None
        lines = list(process.stderr)
    return process.returncode, "".join(lines[-40:])


def install_with_apt(packages: Sequence[str]) -> None:
    """Install Debian packages as root.

    Raises:
        SetUpFailed: apt-get failed.
    """
    say(_("Installing {names} …").format(names=", ".join(packages)))
    environment = {**settings.environment(), "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], [*tools.MANAGERS["apt-get"], "-qq", *packages]):
        answer = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, errors="replace", check=False,
        )  # fmt: skip
        # Continue if the package list cannot be refreshed: the package may be in the old list.
        if answer.returncode and "install" in command:
            reason = (answer.stderr.strip().splitlines() or ["?"])[-1]
            raise SetUpFailed(
                _("apt-get could not install {names}: {reason}").format(names=", ".join(packages), reason=reason),
                _("Check the network, then try again."),
            )


def get_tools(wanted: Sequence[tools.Tool]) -> None:
    """Install the missing tools among ``wanted``, if this user may.

    Raises:
        MissingTool: something is missing, and this user may not install it; the error contains the command to type.
        SetUpFailed: the installation failed.
    """
    absent = tools.missing(wanted)
    if absent and tools.is_root() and tools.package_manager() == "apt-get":
        install_with_apt([tool.name for tool in absent])
    tools.require(wanted)


def make_venv(venv: Path) -> None:
    """Create ``venv`` with this Python, replacing an existing one.

    Raises:
        MissingTool: this Python has no ``venv`` module with pip (Debian packs it separately).
        FolderUnusable: the folder cannot be written.
    """
    say(_("Making {folder} with Python {version} …").format(folder=venv.name, version=sys.version.split()[0]))
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not _has_ensurepip() and tools.is_root() and tools.package_manager() == "apt-get":
        install_with_apt([package])
    if not _has_ensurepip():
        raise MissingTool(
            _("This Python ({path}) cannot make a virtual environment: its venv module is missing.").format(
                path=sys.executable
            ),
            _("Type: {command}").format(command=tools.install_command([package]) or f"install {package}"),
        )
    if venv.exists():
        shutil.rmtree(venv)
    code, errors = run([sys.executable, "-m", "venv", str(venv)])
    if code:
        raise FolderUnusable(
            _("{folder} cannot be made: {reason}").format(folder=venv, reason=last_error(errors)),
            _("Check that you may write there and that the disk has 3 GB free, then try again."),
        )


def _has_ensurepip() -> bool:
    return (
        subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode
        == 0
    )


def install(venv: Path, kit: Path, extra: str) -> None:
    """Install the kit and its requirements in the versions of constraints.txt.

    Raises:
        SetUpFailed: pip failed; the error says why and what to do.
    """
    say(_("Installing Python packages; the first time takes some minutes …"))
    packages.install_cpu_torch(venv, kit, say)
    packages.install_kit(venv, kit, extra, say)


def set_up(kit: Path, extra: str) -> None:
    """Set up everything for a ``"learner"`` or a ``"developer"``.

    Raises:
        KitError: something is missing that the user must fix.
    """
    get_tools(tools.FOR_DEVELOPERS if extra == "developer" else tools.FOR_LEARNERS)
    venv = kit / ".venv"
    if is_ready(venv, kit, extra):
        return
    if not works(venv):
        make_venv(venv)
    stamp = venv / "autograde-stamp"
    stamp.unlink(missing_ok=True)
    install(venv, kit, extra)
    stamp.write_text(wanted_stamp(kit, extra), encoding="utf-8")


def say(line: str) -> None:
    """Print a line without buffering."""
    print(line, flush=True)  # noqa: T201


def main() -> int:
    """Set up, and return the exit code: 0, or 1 after an error message."""
    try:
        set_up(KIT, sys.argv[1] if len(sys.argv) > 1 else "learner")
    except KitError as error:
        print(f"{error.what}\n{error.fix}", file=sys.stderr)  # noqa: T201
        return 1
    except OSError as error:
        print(  # noqa: T201
            _("The folder {folder} cannot be written: {reason}").format(folder=KIT, reason=error.strerror or error),
            _("Check that you may write there and that the disk has 3 GB free, then try again."),
            sep="\n",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
