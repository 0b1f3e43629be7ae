"""What is left in a learner's clones: how far somebody came whose work never reached the Hub."""

from __future__ import annotations

import subprocess
from pathlib import Path

from autograde.judge.observation import Mapping, Observation
from autograde.replay.place import Place

#: Most clones that are looked at.
MOST_CLONES = 4


def state_of_clones(place: Place) -> Mapping:
    """``{folder: state}`` of each git repository in the working folder or directly below it, ``.`` for itself.

    The state is ``not committed`` when there are changes that git was told of, else ``not added`` when there are some
    that it was not told of, else ``not pushed`` when there are commits that no remote has, else ``clean``; or
    ``broken``.
    """
    if not place.work.is_dir():
        return Mapping(())
    folders = [place.work, *sorted(path for path in place.work.iterdir() if path.is_dir() and not path.is_symlink())]
    found = [folder for folder in folders if (folder / ".git").exists()][:MOST_CLONES]
    states: list[tuple[str, Observation]] = []
    for folder in found:
        name = folder.relative_to(place.work).as_posix().encode("utf-8", "replace").decode()
        states.append((name[:200], _state(folder, place)))
    return Mapping(tuple(states))


def _state(folder: Path, place: Place) -> str:
    try:
        lines = _git(folder, place, "status", "--porcelain", "--untracked-files=normal").splitlines()
        if any(line[:1] not in (" ", "?") for line in lines):
            return "not committed"
        if lines:
            return "not added"
        # Without any commit there is nothing that could be pushed.
        ahead = _git(folder, place, "rev-list", "--count", "--branches", "--not", "--remotes").strip()
        return "not pushed" if ahead != "0" else "clean"
    except (subprocess.SubprocessError, OSError):
        return "broken"


def _git(folder: Path, place: Place, *arguments: str) -> str:
    # A learner's repository may name programs to run (a file system monitor, say): none of them is wanted.
    safe = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
    done = subprocess.run(
        ["git", *safe, *arguments], cwd=folder, env=place.environment, stdin=subprocess.DEVNULL, capture_output=True,
        check=True, timeout=10,
    )  # fmt: skip
    return done.stdout.decode("utf-8", "replace")
