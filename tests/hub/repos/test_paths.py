"""Paths that a commit may have, compared with git's own checks."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autograde.hub.repos.paths import MAX_PATH, MAX_SEGMENT, path_problem
from tests.hub.clients import LocalGit

SEGMENTS = st.one_of(
    st.sampled_from(
        [
            ".",
            "..",
            "",
            ".git",
            ".GIT",
            "git~1",
            "GIT~2",
            "gitmod~1",
            "GI7EBA~1",
            ".git ",
            ".git.",
            ".g\u200cit",
            ".gitmodules",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="/"), max_size=8),
)
PATHS = st.lists(SEGMENTS, min_size=1, max_size=3).map("/".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(PATHS, st.booleans())
@example(".git/hooks/post-update", False)
@example("a/.Git/config", False)
@example("git~1/config", False)
@example(".git::$INDEX_ALLOCATION/x", False)
@example(".g\u200cit/config", False)
@example("a/../b", False)
@example("\ufeff.git/x", False)
def test_every_accepted_path_passes_git_fsck_strict(local_git: LocalGit, path: str, portable: bool) -> None:
    if path_problem(path, portable=portable):
        return
    blob = local_git("hash-object", "-w", "--stdin", stdin=b"x").strip()
    tree = blob
    # Build the trees from the innermost folder with `git mktree`, because the index silently drops some names.
    mode, kind = "100644", "blob"
    for segment in reversed(path.split("/")):
        tree = local_git("mktree", "-z", stdin=f"{mode} {kind} {tree}\t{segment}\0".encode()).strip()
        mode, kind = "040000", "tree"
    assert not local_git("fsck", "--strict", "--no-dangling", tree).strip()
    assert local_git("ls-tree", "-r", "-z", "--name-only", tree).rstrip("\0") == path


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "a/b/c.txt",
        "模型/权重.safetensors",
        "a b.txt",
        ".gitattributes",
        ".gitignore",
        "gitx",
        "a.git",
        "é",
    ],
)
def test_ordinary_paths_are_accepted(path: str) -> None:
    assert path_problem(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "/etc/passwd", "a//b", "a/", "..", "../x", "a/../../x", "./a", "a/.", ".git/hooks/x", "x/.git",
        ".GIT/config", "git~1/config", "..\\ddd", "\\ddd", "a/.git\\config", "a\nb", "a\0b", "a\x7fb", "a\tb", "\udc80",
        ".git. ./x",
        ".gitmodules/x", ".GitAttributes./x", "x" * (MAX_SEGMENT + 1), "/".join(["x" * 100] * 11), ".git:stream/x",
    ],
)  # fmt: skip
def test_dangerous_paths_are_refused_with_a_message(path: str) -> None:
    problem = path_problem(path)
    assert problem
    assert problem.endswith(".")
    assert "\n" not in problem


@pytest.mark.parametrize("path", ["what?%you:should", "con", "x.", "x ", "folder/..\\..\\file", "a\\b"])
def test_names_invalid_on_windows_are_accepted_unless_names_must_be_portable(path: str) -> None:
    assert path_problem(path, portable=False) is None


@pytest.mark.parametrize("path", [".git:stream/x", "a\\.git\\config", "git~1/config", "../x", "..\\x", "a\nb"])
def test_names_dangerous_for_git_are_always_rejected(path: str) -> None:
    assert path_problem(path, portable=False)


def test_longest_path_is_accepted_and_one_more_byte_is_refused() -> None:
    folders = ["x" * (MAX_SEGMENT - 1)] * (MAX_PATH // MAX_SEGMENT)
    longest = "/".join([*folders, "y" * (MAX_PATH - sum(map(len, folders)) - len(folders))])
    assert len(longest) == MAX_PATH
    assert path_problem(longest) is None
    assert path_problem(longest + "y")
