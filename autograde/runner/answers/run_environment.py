"""Create the environment of an answer: an empty working folder, a separate home folder, and variables for them.

Programs that run here use neither the user's home folder, nor their token, cache and git configuration.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from autograde import settings
from autograde.hub import client_environment
from autograde.runner.planned_files import fill
from autograde.runner.scenario import Scenario

#: The entry in git's configuration that marks a clone made before the answer ran.
MADE_BEFORE = "autograde.madebefore"

#: Variables that point to the user's own configuration.
_HOMES = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "NETRC", "SSH_AUTH_SOCK", "BASH_ENV", "ENV")


@dataclass(frozen=True)
class RunEnvironment:
    """The folders and variables of one run of an answer.

    Attributes:
        work: the working folder.
        home: the home folder, with git's configuration and credentials, and the client's token and cache.
        variables: the variables for the answer, including ``MODEL_FOLDER``.
        all_variables: the complete environment of a child process.
    """

    work: Path
    home: Path
    variables: dict[str, str]
    all_variables: dict[str, str]


@contextmanager
def run_environment(scenario: Scenario) -> Iterator[RunEnvironment]:
    """Create the folders that a scenario describes, and remove them afterwards."""
    root = Path(tempfile.mkdtemp(prefix="autograde-run-")).resolve()
    try:
        yield _create_folders(root, scenario)
    finally:
        _remove(root)


def _create_folders(root: Path, scenario: Scenario) -> RunEnvironment:
    work, home = root / "work", root / "home"
    work.mkdir()
    variables = dict(scenario.variables)
    if scenario.folder:
        variables["MODEL_FOLDER"] = str(root / scenario.folder)
    all_variables = client_environment(scenario.endpoint or settings.NO_HUB, home, name=_person(scenario))
    for name in _HOMES:
        all_variables.pop(name, None)
    # `hf` is next to this Python, which is often not on the PATH.
    path = [str(Path(sys.executable).parent), *filter(None, all_variables.get("PATH", os.defpath).split(os.pathsep))]
    all_variables |= {"HOME": str(home), "PATH": os.pathsep.join(dict.fromkeys(path)), "LC_ALL": "C.UTF-8", **variables}
    all_variables.setdefault("USER", "learner")
    # There is no terminal: git must not open an editor or a pager.
    all_variables |= {"GIT_EDITOR": "true", "GIT_PAGER": "cat", "PAGER": "cat"}
    if scenario.token:
        log_in(home, scenario.endpoint, scenario.token)
    if scenario.clone:
        address = f"{scenario.endpoint}/{scenario.variables['OWNER']}/{scenario.variables['NAME']}"
        subprocess.run(
            ["git", "clone", "--quiet", "--config", f"{MADE_BEFORE}=true", address],
            cwd=work, env=all_variables | {"GIT_LFS_SKIP_SMUDGE": "1"},
            capture_output=True, check=True, timeout=60,
        )  # fmt: skip
    # Fill it after the clone, because git does not clone into a folder with files.
    fill(root / scenario.folder if scenario.folder else work, scenario.files, scenario.model)
    return RunEnvironment(work, home, variables, all_variables)


def _person(scenario: Scenario) -> str:
    """Return the name for git's configuration: the person's full name, or a generic name without a login."""
    if scenario.account and scenario.token:
        return scenario.fullname or scenario.account
    return "learner"


def log_in(home: Path, endpoint: str, token: str) -> None:
    """Store a token as ``hf auth login --add-to-git-credential`` does: for the client and for git."""
    folder = home / "huggingface"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "token").write_text(token, encoding="ascii")
    (folder / "stored_tokens").write_text(f"[exercise]\nhf_token = {token}\n", encoding="ascii")
    address = urlsplit(endpoint)
    (home / "git-credentials").write_text(f"{address.scheme}://hf_user:{token}@{address.netloc}\n", encoding="ascii")
    for path in (folder / "token", folder / "stored_tokens", home / "git-credentials"):
        path.chmod(0o600)


def _remove(root: Path) -> None:
    """Remove a folder, even if its permissions were changed."""
    shutil.rmtree(root, ignore_errors=True)
    if root.exists():
        for folder, _folders, _files in os.walk(root):
            os.chmod(folder, 0o700)
        shutil.rmtree(root, ignore_errors=True)
