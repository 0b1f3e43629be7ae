"""Lessons run without a network: the kernels that ``run_lesson`` starts reach the Hub of the test and nothing else."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograde.hub import LocalHub

from .offline import only_the_hub, unavailable_reason

PROBE = """
import errno, os, pathlib, socket, subprocess, urllib.request

def reached(address, port):
    try:
        socket.create_connection((address, port), timeout=5).close()
    except OSError as error:
        return errno.errorcode.get(error.errno, type(error).__name__)
    return "reached"

print("interfaces:", sorted(name for _number, name in socket.if_nameindex()))
print("outside:", reached("192.0.2.1", 443), reached("8.8.8.8", 53))
print("another server here:", reached("127.0.0.1", OTHER))
print("hub:", urllib.request.urlopen(f"http://127.0.0.1:{HUB}/healthz").read().decode())
git = ["git", "ls-remote", f"http://127.0.0.1:{HUB}/ada/m"]
print("git:", subprocess.run(git, capture_output=True, text=True).stdout)
print("me:", os.getuid(), pathlib.Path("mine").write_text("x") and os.stat("mine").st_uid)
"""


@pytest.mark.skipif(bool(unavailable_reason()), reason=f"no network namespaces here: {unavailable_reason()}")
def test_a_lessons_kernel_reaches_the_hub_and_nothing_else(hub: LocalHub, tmp_path: Path) -> None:
    hub.create_user("ada")
    hub.create_repository("ada/m")
    with LocalHub() as other, only_the_hub(hub.port) as manager:
        code = f"HUB, OTHER = {hub.port}, {other.port}\n{PROBE}"
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        resources = {"metadata": {"path": str(tmp_path)}}
        NotebookClient(book, timeout=120, kernel_manager_class=manager, resources=resources).execute()
    printed = "".join(output.get("text", "") for output in book.cells[0].outputs)
    assert "interfaces: ['lo']" in printed
    assert "outside: ENETUNREACH ENETUNREACH" in printed
    assert "another server here: ECONNREFUSED" in printed
    assert '"service":"autograde-hub"' in printed
    assert "refs/heads/main" in printed
    user, owner = printed.split("me: ")[1].split()
    assert user == owner
