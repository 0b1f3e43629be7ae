"""The sandbox of a grader who is not root."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograde.settings import KIT

PROGRAM = """
import os, sys
sys.path.insert(0, sys.argv[1])
from autograde.grading.sandbox import SandboxLimits
from autograde.grading.sandbox.executor import SandboxExecutor
from tests.grading.attacks.notebooks import ATTACKS
assert os.geteuid() != 0
chosen = [each for each in ATTACKS if each.name in sys.argv[2:]]
executor = SandboxExecutor(SandboxLimits(cell_seconds=20, memory=400 * 2**20, processes=100))
for attack in chosen:
    done = executor.run(attack.job())
    shown = done.notebook.decode()
    assert done.verdicts["segment_ids"]["points"] == attack.points, shown
    assert all(text in shown for text in attack.shows), shown
    assert not any(text in shown for text in attack.hides), shown
    assert bool(done.notes) == attack.noted, done.notes
executor.close()
print("tried", len(chosen))
"""

#: Makes the folders of the kit and of Python readable for everyone, in this mount namespace only: they may be inside
#: private folders of root.
SHOWN = """
set -eu
for folder in "$@"; do
    name=$(echo "$folder" | cut -d/ -f2)
    if ! [ -e "$TMP/$name" ]; then
        mkdir "$TMP/$name"; mount --bind "/$name" "$TMP/$name"
        mount -t tmpfs -o mode=755 tmpfs "/$name"
    fi
    mkdir -p "$folder"; mount --bind "$TMP$folder" "$folder"
done
exec setpriv --reuid=4321 --regid=4322 --clear-groups env HOME=/nonexistent \\
    "$PYTHON" -c "$PROGRAM" "$KIT" "$A" "$B" "$C" "$D"
"""

CHOSEN = ("a right answer", "files of the machine", "a fork bomb", "the network")


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_sandbox_works_the_same_without_root(tmp_path: Path) -> None:
    needed = {Path(sys.base_prefix), Path(sys.prefix), KIT}
    outermost = [folder for folder in needed if not needed & set(folder.parents)]
    hidden = {
        folder.parts[1]
        for folder in outermost
        if not all(each.stat().st_mode & 1 for each in (folder, *folder.parents))
    }
    private = [str(folder) for folder in outermost if folder.parts[1] in hidden]
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", SHOWN, "sh", *private],
        env={
            **{"PATH": os.environ["PATH"], "TMP": str(tmp_path), "PYTHON": sys.executable, "PROGRAM": PROGRAM},
            **{"KIT": str(KIT)}, **dict(zip("ABCD", CHOSEN, strict=True)),
        },
        capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert done.stdout == f"tried {len(CHOSEN)}\n", done.stderr[-3000:]
