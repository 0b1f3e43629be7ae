"""The learner's half of a replay: an empty working folder, its own home folder, and an environment that points there.

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

from autograde.hub import client_environment
from autograde.replay.folders import fill
from autograde.replay.scene import Scene

#: The entry in git's configuration that marks a clone made before the answer ran.
MADE_BEFORE = "autograde.madebefore"

#: Variables that point to the user's own files.
_HOMES = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "NETRC", "SSH_AUTH_SOCK", "BASH_ENV", "ENV")


@dataclass(frozen=True)
class Place:
    """The folders and the environment in which an answer runs.

    Attributes:
        work: the working folder.
        home: the home folder, with git's configuration and credentials, and the client's token and cache.
        variables: the variables that the answer gets, ``MODEL_FOLDER`` included.
        environment: the complete environment of a child process.
    """

    work: Path
    home: Path
    variables: dict[str, str]
    environment: dict[str, str]


@contextmanager
def working_place(scene: Scene) -> Iterator[Place]:
    """Create the place of a scene, and remove it afterwards."""
    root = Path(tempfile.mkdtemp(prefix="autograde-act-")).resolve()
    try:
        yield _made(root, scene)
    finally:
        _remove(root)


def _made(root: Path, scene: Scene) -> Place:
    work, home = root / "work", root / "home"
    work.mkdir()
    variables = dict(scene.variables)
    if scene.folder:
        variables["MODEL_FOLDER"] = str(root / scene.folder)
    environment = client_environment(scene.endpoint or "http://127.0.0.1:9", home, name=_person(scene))
    for name in _HOMES:
        environment.pop(name, None)
    # `hf` is next to this Python, which is often not on the PATH.
    path = [str(Path(sys.executable).parent), *filter(None, environment.get("PATH", os.defpath).split(os.pathsep))]
    environment |= {"HOME": str(home), "PATH": os.pathsep.join(dict.fromkeys(path)), "LC_ALL": "C.UTF-8", **variables}
    environment.setdefault("USER", "learner")
    # There is no terminal: git must not open an editor or a pager.
    environment |= {"GIT_EDITOR": "true", "GIT_PAGER": "cat", "PAGER": "cat"}
    if scene.token:
        log_in(home, scene.endpoint, scene.token)
    if scene.clone:
        address = f"{scene.endpoint}/{scene.variables['OWNER']}/{scene.variables['NAME']}"
        subprocess.run(
            ["git", "clone", "--quiet", "--config", f"{MADE_BEFORE}=true", address],
            cwd=work, env=environment | {"GIT_LFS_SKIP_SMUDGE": "1"},
            capture_output=True, check=True, timeout=60,
        )  # fmt: skip
    # After the clone, because git does not clone into a folder with files.
    fill(root / scene.folder if scene.folder else work, scene.files, scene.model)
    return Place(work, home, variables, environment)


def _person(scene: Scene) -> str:
    """Return the name for git's configuration: the person's full name, or a general one without a log-in."""
    return scene.fullname or scene.account if scene.account and scene.token else "learner"


def log_in(home: Path, endpoint: str, token: str) -> None:
    """Store a token as ``hf auth login --add-to-git-credential`` does: for the client and for git."""
    folder = home / "huggingface"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "token").write_text(token, encoding="ascii")
    (folder / "stored_tokens").write_text(f"[replay]\nhf_token = {token}\n", encoding="ascii")
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
