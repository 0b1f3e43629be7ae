"""Inspect a learner's git clones: the next missing step on the way to the Hub, and the Hub they were cloned from."""

from __future__ import annotations

import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from autograde.judge.observation import Mapping, Observation, listed
from autograde.judge.script_reports import CloneState
from autograde.runner.answers.run_environment import MADE_BEFORE, RunEnvironment

#: Largest number of clones that are inspected.
MOST_CLONES = 4
#: Names of this computer, any of which may be used for the Hub of a check.
_THIS_COMPUTER = ("localhost", "127.0.0.1", "::1")
#: Largest number of commits reported per clone.
MOST_COMMITS = 20


def state_of_clones(environment: RunEnvironment) -> Mapping:
    """Return ``{folder: state}`` of each git repository in the working folder (``.``) or directly below it.

    Each is a dictionary with

    - ``state``: a :class:`~autograde.judge.script_reports.CloneState`: the first step that is still missing;
    - ``head``: the commit that is checked out, or None;
    - ``branch``: the branch that is checked out, ``""`` for a detached HEAD;
    - ``commits``: the last commits up to ``head``, newest first;
    - ``remote``: the path of the first remote's URL, for example ``mei/mymodel04``, with the host if it is another Hub;
      ``""`` without a remote;
    - ``before``: whether the clone existed before the script ran;
    - ``stashed``: whether ``git stash`` holds changes.
    """
    if not environment.work.is_dir():
        return Mapping(())
    folders = [
        environment.work,
        # The working folder's own .git looks like a bare repository.
        *sorted(
            path
            for path in environment.work.iterdir()
            if path.name != ".git" and path.is_dir() and not path.is_symlink()
        ),
    ]
    found = [folder for folder in folders if (folder / ".git").exists() or _is_bare(folder)][:MOST_CLONES]
    clones: list[tuple[str, Observation]] = []
    for folder in found:
        name = folder.relative_to(environment.work).as_posix().encode("utf-8", "replace").decode()
        clones.append((name[:200], _describe_clone(folder, environment)))
    return Mapping(tuple(clones))


def _is_bare(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()


def _describe_clone(folder: Path, environment: RunEnvironment) -> Mapping:
    state = CloneState.BARE if _is_bare(folder) else _state(folder, environment)
    remotes = _git(folder, environment, "config", "--get-regexp", r"^remote\..*\.url$").split()
    address = urlsplit(remotes[1] if len(remotes) > 1 else "")
    hub = urlsplit(environment.all_variables.get("HF_ENDPOINT", "")).hostname
    # Report the host only if the clone is from another Hub.
    path = address.path if address.hostname in {None, hub, *_THIS_COMPUTER} else f"{address.hostname}{address.path}"
    return Mapping(
        (
            ("state", state),
            ("head", _git(folder, environment, "rev-parse", "--verify", "--quiet", "HEAD").strip()[:64] or None),
            ("branch", _git(folder, environment, "symbolic-ref", "--quiet", "--short", "HEAD").strip()[:200]),
            ("commits", listed(*_git(folder, environment, "rev-list", f"--max-count={MOST_COMMITS}", "HEAD").split())),
            ("remote", path.strip("/").removesuffix(".git")[:200]),
            ("before", _git(folder, environment, "config", "--local", "--get", MADE_BEFORE).strip() == "true"),
            ("stashed", bool(_git(folder, environment, "rev-parse", "--verify", "--quiet", "refs/stash").strip())),
        )
    )


def _state(folder: Path, environment: RunEnvironment) -> CloneState:
    try:
        lines = _safe_git_output(folder, environment, "status", "--porcelain", "--untracked-files=normal").splitlines()
        if any(line[:1] not in (" ", "?") for line in lines):
            return CloneState.NOT_COMMITTED
        if lines:
            return CloneState.NOT_ADDED
        # Without a commit there is nothing to push.
        ahead = _safe_git_output(folder, environment, "rev-list", "--count", "--branches", "--not", "--remotes").strip()
        return CloneState.NOT_PUSHED if ahead != "0" else CloneState.CLEAN
    except (subprocess.SubprocessError, OSError):
        return CloneState.BROKEN


def _git(folder: Path, environment: RunEnvironment, *arguments: str) -> str:
    """Return git's output; ``""`` if it fails."""
    try:
        return _safe_git_output(folder, environment, *arguments)
    except (subprocess.SubprocessError, OSError):
        return ""


def _safe_git_output(folder: Path, environment: RunEnvironment, *arguments: str) -> str:
    # Don't run programs that a learner's repository configures, such as a file system monitor.
    safe = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
    done = subprocess.run(
        ["git", *safe, *arguments], cwd=folder, env=environment.all_variables, stdin=subprocess.DEVNULL,
        capture_output=True, check=True, timeout=10,
    )  # fmt: skip
    return done.stdout.decode("utf-8", "replace")
