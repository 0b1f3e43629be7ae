"""Git objects are read with the same results as git's own commands give."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde.hub.storage.objects import ObjectReader
from tests.hub.clients import LocalGit


@pytest.fixture
def folder(local_git: LocalGit) -> Path:
    """Repository with unusual names, a symlink, a submodule, a branch, both kinds of tag and an unusual author."""
    found: Path = local_git.folder
    (found / "模型").mkdir()
    (found / "模型" / "权重 1.bin").write_bytes(b"\0\1\2")
    (found / "run.sh").write_text("#!/bin/sh\n")
    (found / "run.sh").chmod(0o755)
    (found / "link").symlink_to("run.sh")
    (found / "empty").write_bytes(b"")
    with open(os.fsencode(found) + b"/latin-\xe9", "wb") as file:
        file.write(b"x")
    local_git("config", "user.name", "Ada  Lovelace")
    local_git("config", "user.email", "ada@example.org")
    local_git("add", ".")
    local_git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    local_git("commit", "--quiet", "-m", "first\n\nwith a body\n\nand more")
    local_git("branch", "feature/x")
    local_git("tag", "v1")
    local_git("tag", "-a", "v2", "-m", "annotated")
    local_git("update-ref", "refs/pr/1", "HEAD")
    local_git("branch", "-m", "main")
    return found


@pytest.fixture
def reader(folder: Path) -> Iterator[ObjectReader]:
    opened = ObjectReader("git", folder / ".git", dict(os.environ))
    yield opened
    opened.close()


def test_every_kind_of_name_resolves_to_the_commit(reader: ObjectReader, local_git: LocalGit) -> None:
    head = local_git("rev-parse", "HEAD").strip()
    names = ("HEAD", "main", "feature/x", "v1", "v2", "refs/heads/main", "refs/pr/1", "refs/tags/v2", head, head[:7])
    for name in names:
        assert reader.resolve(name) == head, name


@pytest.mark.parametrize(
    "revision",
    [
        "", "nope", "main~0", "main^", "HEAD^{tree}", ":/first", "main@{0}", "main:run.sh", "@{-1}", "a..b", "-h",
        "main\nmain", "main main", "refs/heads/*", "heads/main", "@", "0" * 40, "modèle", "\udcff", "a\0b",
    ],
)  # fmt: skip
def test_revision_expressions_are_not_evaluated(reader: ObjectReader, revision: str) -> None:
    assert reader.resolve(revision) is None
    # The reader still works afterwards.
    assert reader.resolve("main")


def test_walk_gives_the_same_entries_as_git_ls_tree(reader: ObjectReader, local_git: LocalGit) -> None:
    listed = local_git("ls-tree", "-r", "-t", "-z", "HEAD").split("\0")[:-1]
    commit = reader.commit(reader.resolve("main") or "")
    walked = [f"{e.mode.zfill(6)} {e.oid} {e.path}" for e in reader.walk(commit.tree)]
    expected = []
    for line in listed:
        facts, path = line.split("\t")
        mode, __, oid = facts.split(" ")
        expected.append(f"{mode} {oid} {path}")
    assert walked == expected
    assert any("latin" in line for line in walked)


def test_entries_are_found_by_path(reader: ObjectReader) -> None:
    tree = reader.commit(reader.resolve("main") or "").tree
    entry = reader.find(tree, "模型/权重 1.bin")
    assert entry
    assert entry.name == "权重 1.bin"
    assert reader.blob(entry.oid) == b"\0\1\2"
    folder = reader.find(tree, "模型")
    assert folder
    assert folder.is_folder
    for missing in ("nope", "run.sh/x", "模型/x/y", "", "/", "..", "link/x", "sub/x"):
        assert reader.find(tree, missing) is None


def test_empty_blob_is_read_as_empty_bytes(reader: ObjectReader) -> None:
    tree = reader.commit(reader.resolve("main") or "").tree
    entry = reader.find(tree, "empty")
    assert entry
    assert reader.blob(entry.oid) == b""


def test_commit_has_the_same_fields_as_git_log(reader: ObjectReader, local_git: LocalGit) -> None:
    commit = reader.commit(reader.resolve("main") or "")
    author, email, when, title, body = local_git("log", "-1", "--format=%an%x00%ae%x00%at%x00%s%x00%b").split("\0")
    assert (commit.author, commit.email, commit.when) == (author, email, int(when))
    assert (commit.title, commit.body) == (title, body.strip())
    assert commit.parents == ()


def test_missing_object_raises_key_error_or_returns_none(reader: ObjectReader) -> None:
    with pytest.raises(KeyError):
        reader.commit("0" * 40)
    with pytest.raises(KeyError):
        reader.blob("0" * 40)
    with pytest.raises(KeyError):
        reader.tree("0" * 40)
    blob = reader.find(reader.commit(reader.resolve("main") or "").tree, "run.sh")
    assert blob
    with pytest.raises(KeyError):
        reader.commit(blob.oid)
    assert reader.resolve("main")


def test_author_without_a_name_is_read(local_git: LocalGit, folder: Path) -> None:
    tree = local_git("rev-parse", "HEAD^{tree}").strip()
    record = f"tree {tree}\nauthor <> 5 +0000\ncommitter <> 5 +0000\n\nmessage"
    oid = local_git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=record.encode()).strip()
    reader = ObjectReader("git", folder / ".git", dict(os.environ))
    commit = reader.commit(oid)
    reader.close()
    assert (commit.author, commit.email, commit.when, commit.message) == ("", "", 5, "message")


def test_close_ends_the_process(folder: Path) -> None:
    reader = ObjectReader("git", folder / ".git", dict(os.environ))
    pid = reader._process.pid
    reader.close()
    assert subprocess.run(["ps", "-p", str(pid)], capture_output=True, check=False).returncode != 0


def test_reader_whose_process_has_ended_is_closed_quietly(folder: Path) -> None:
    reader = ObjectReader("git", folder / ".git", dict(os.environ))
    reader._process.kill()
    reader._process.wait()
    with pytest.raises(BrokenPipeError):
        reader.info("HEAD")
    reader.close()
    assert reader._input.closed
    assert reader._output.closed
