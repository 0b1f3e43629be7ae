"""A push or a commit is refused when its tree has too many files or dangerous names."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.repos import pushed_contents
from autograde.hub.repos.paths import path_problem
from autograde.hub.repos.trees import TreeSizes
from autograde.hub.storage.objects import ObjectReader
from tests.hub.clients import commit_body, file_line


@pytest.fixture(scope="module")
def course() -> Iterator[tuple[LocalHub, Account]]:
    with LocalHub() as hub:
        yield hub, hub.create_user("eve")


class Clone:
    """A repository built from single Git objects, in ways that git commands would not allow."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment
        folder.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=self.environment, input=stdin, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    def tree(self, *entries: tuple[str, str, str]) -> str:
        lines = b"".join(
            f"{mode} {'tree' if mode == '040000' else 'blob'} {oid}\t{name}\0".encode("utf-8", "surrogateescape")
            for mode, oid, name in entries
        )
        return self.git("mktree", "-z", stdin=lines)

    def blob(self, content: bytes = b"x") -> str:
        return self.git("hash-object", "-w", "--stdin", stdin=content)

    def commit(self, tree: str, *parents: str) -> str:
        oid = self.git("commit-tree", tree, "-m", "x", *(f"-p{parent}" for parent in parents))
        self.git("update-ref", "refs/heads/main", oid)
        return oid

    def push(self, url: str) -> tuple[int, str]:
        done = subprocess.run(
            ["git", "push", "--force", url, "main"], cwd=self.folder, env=self.environment, capture_output=True,
            timeout=60, check=False,
        )  # fmt: skip
        return done.returncode, done.stderr.decode("utf-8", "replace")


@pytest.fixture
def clone(course: tuple[LocalHub, Account], tmp_path: Path) -> Clone:
    return Clone(tmp_path / "clone", course[0].environment(tmp_path / "home"))


@pytest.fixture
def address(course: tuple[LocalHub, Account], new_name: Callable[[str], str]) -> str:
    """Create a repository and return its URL with the owner's token."""
    hub, eve = course
    name = f"eve/{new_name('tree')}"
    hub.create_repository(name)
    return f"http://eve:{eve.token}@127.0.0.1:{hub.port}/{name}"


def bomb(clone: Clone, levels: int = 8, width: int = 10) -> str:
    """Create a tree in which each level contains the one below ``width`` times, and return its id."""
    tree = clone.tree(*(("100644", clone.blob(), f"f{n}") for n in range(width)))
    for __ in range(levels - 1):
        tree = clone.tree(*(("040000", tree, f"d{n}") for n in range(width)))
    return tree


def test_tree_with_a_hundred_million_files_is_refused_quickly(clone: Clone, address: str) -> None:
    clone.commit(bomb(clone))
    started = time.monotonic()
    code, output = clone.push(address)
    assert code
    assert "111,111,110 files and folders" in output
    assert time.monotonic() - started < 10


def test_large_tree_in_an_earlier_commit_is_refused(clone: Clone, address: str) -> None:
    first = clone.commit(bomb(clone))
    clone.commit(clone.tree(("100644", clone.blob(), "small")), first)
    code, output = clone.push(address)
    assert code
    assert "files and folders" in output


def test_ordinary_tree_is_accepted(clone: Clone, address: str) -> None:
    clone.commit(bomb(clone, levels=3))
    assert clone.push(address)[0] == 0


def test_lists_and_pages_of_an_existing_tree_bomb_are_fast(
    course: tuple[LocalHub, Account], clone: Clone, address: str
) -> None:
    """Earlier versions accepted such trees, and an imported snapshot may contain them."""
    hub, __ = course
    name = address.rpartition("/")[2]
    clone.commit(bomb(clone))
    row = hub.hub.database.one("SELECT id FROM repositories WHERE name = ?", (name,))
    assert row
    clone.git("push", "-q", "--force", str(hub.hub.git.path(row["id"])), "main")
    started = time.monotonic()
    for path in (
        f"/eve/{name}", f"/eve/{name}/tree/main", f"/api/models/eve/{name}", "/api/models?full=true",
        f"/api/models/eve/{name}/tree/main?recursive=true", f"/eve/{name}/commit/main", f"/eve/{name}/commits/main",
        f"/api/models/eve/{name}/tree/main?recursive=true&expand=true",
    ):  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=90)
        connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status in (200, 413), (path, content[:200])
        assert len(content) < 20 << 20
        connection.close()
    assert time.monotonic() - started < 60


WRONG = [
    "con", "CON.txt", "aux", "nul", "Com1", "LPT9.md", "conin$", "COM\u00b9", "a:b", "a:$DATA", "a\\..\\x", "a\\",
    "\\x", "a\\con", "x.", "x ", "..\\x", "a\nb", "a\tb", "\udce9", ".git", "git~1", ".g\u200cit",
]  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("place", ["{}", "folder/{}", "{}/file"])
def test_dangerous_name_is_refused_in_commit_and_push(
    course: tuple[LocalHub, Account], clone: Clone, address: str, name: str, place: str
) -> None:
    path = place.format(name)
    assert path_problem(path)
    hub, eve = course
    body = commit_body(file_line(path, b"x"))
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=30)
    target = f"/api/models/eve/{address.rpartition('/')[2]}/commit/main"
    connection.request("POST", target, body, {"Authorization": f"Bearer {eve.token}"})
    assert connection.getresponse().status in (400, 422)
    connection.close()
    tree = clone.blob()
    mode = "100644"
    for segment in reversed(path.split("/")):
        tree, mode = clone.tree((mode, tree, segment)), "040000"
    clone.commit(tree)
    code, output = clone.push(address)
    assert code, output
    assert (
        hub.repository(f"eve/{address.rpartition('/')[2]}").head() is None
        or "x" not in hub.repository(f"eve/{address.rpartition('/')[2]}").files()
    )


def test_dangerous_name_is_refused_even_if_the_file_also_has_a_good_name(clone: Clone, address: str) -> None:
    """git rev-list prints only one name for each blob, so the second name needs its own check."""
    blob = clone.blob()
    good = clone.commit(clone.tree(("100644", blob, "a.txt")))
    assert clone.push(address)[0] == 0
    clone.commit(clone.tree(("100644", blob, "a.txt"), ("100644", blob, "con")), good)
    assert clone.push(address)[0]


def test_renamed_card_is_checked(clone: Clone, address: str) -> None:
    card = clone.blob(b"---\nlicense: [.inf]\n---\n")
    first = clone.commit(clone.tree(("100644", card, "notes.md")))
    assert clone.push(address)[0] == 0
    clone.commit(clone.tree(("100644", card, "README.md")), first)
    code, output = clone.push(address)
    assert code
    assert "README.md" in output


def test_push_of_too_many_branches_is_refused(clone: Clone, address: str) -> None:
    oid = clone.commit(clone.tree(("100644", clone.blob(), "a")))
    clone.git("update-ref", "--stdin", stdin="".join(f"create refs/heads/b{n} {oid}\n" for n in range(1500)).encode())
    done = subprocess.run(
        ["git", "push", "--all", address], cwd=clone.folder, env=clone.environment, capture_output=True, check=False
    )
    assert done.returncode
    assert b"at most 1,000" in done.stderr


def test_push_with_a_huge_message_is_refused(clone: Clone, address: str) -> None:
    tree = clone.tree(("100644", clone.blob(), "a"))
    (clone.folder / "message").write_text("x" * (2 << 20))
    oid = clone.git("commit-tree", tree, "-F", "message")
    clone.git("update-ref", "refs/heads/main", oid)
    code, output = clone.push(address)
    assert code
    assert "bytes" in output


def test_commit_with_a_huge_message_is_refused(course: tuple[LocalHub, Account], address: str) -> None:
    hub, eve = course
    name = address.rpartition("/")[2]
    header = {"key": "header", "value": {"summary": "x" * 100_000}}
    lines = [header, {"key": "file", "value": {"path": "a", "content": "a"}}]
    body = "\n".join(map(json.dumps, lines)).encode()
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=30)
    headers = {"Authorization": f"Bearer {eve.token}"}
    connection.request("POST", f"/api/models/eve/{name}/commit/main", body, headers)
    answer = connection.getresponse()
    assert answer.status == 413
    assert b"message" in answer.read()
    connection.close()


def test_tree_totals_equal_those_of_git_ls_tree(clone: Clone) -> None:
    tree = bomb(clone, levels=3, width=4)
    reader = ObjectReader("git", clone.folder / ".git", dict(os.environ))
    found = TreeSizes().measure(reader, tree)
    reader.close()
    listed = clone.git("ls-tree", "-r", "-t", "--name-only", tree).split("\n")
    assert (found.entries, found.longest, found.problem) == (len(listed), max(map(len, listed)), "")


def test_push_of_too_many_objects_is_refused(clone: Clone, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushed_contents, "MAX_OBJECTS", 12)
    clone.commit(clone.tree(*(("100644", clone.blob(b"%d" % n), f"f{n}") for n in range(11))))
    code, output = clone.push(address)
    assert code
    assert "at most 12 new objects, not 13" in output
    clone.commit(clone.tree(*(("100644", clone.blob(b"%d" % n), f"f{n}") for n in range(10))))
    assert clone.push(address)[0] == 0
