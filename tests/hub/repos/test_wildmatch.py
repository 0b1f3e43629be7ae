"""Pattern matching, compared with git's answers for the same patterns and paths."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autograde.hub.repos.gitattributes import is_lfs_path
from autograde.hub.repos.gitignore import ignored
from tests.hub.clients import LocalGit

PIECES = st.sampled_from(
    ["*", "**", "?", "/", "a", "b", ".bin", "[ab]", "[!a]", "[a-c]", "[]a]", "[^]]", "[[:alpha:]]", "[[:nope:]]", "[a",
     "\\*", "\\", "é", "-", "[b-]", "[\\]]", "***", "!", "#", "[!/]", "[a-"]
)  # fmt: skip
PATTERNS = st.lists(PIECES, min_size=1, max_size=5).map("".join)
PATH_PIECES = st.sampled_from(["a", "b", "ab", "a.bin", "é", "*", "]", "-", "!a", "#", "c", "[a", "x b"])
PATHS = st.lists(PATH_PIECES, min_size=1, max_size=3).map("/".join)


def thorough(test: Callable[..., None]) -> Callable[..., None]:
    """Apply the settings for tests that check a batch of random cases with each git process."""
    return settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))(test)


@thorough
@given(st.lists(PATTERNS, min_size=1, max_size=4), st.lists(PATHS, min_size=8, max_size=20, unique=True))
@example(["a/**"], ["a", "a/b", "a/b/c", "b/a/c"])
@example(["**/a"], ["a", "b/a", "a/b"])
@example(["a/**/b"], ["a/b", "a/c/b", "a/c/c/b", "ab"])
@example([r"**\/[ab]", r"a/**\/b"], ["a", "b", "a/ab/a", "ab/a", "a/b", "a/c/b", "a/c/c/b"])
@example(["/a**", "-", "b/a**/b"], ["a", "a/a", "a/a/a", "ab", "b/a", "b/ab", "b/a/b", "b/ac/c/b"])
@example([r"a\/**\/b"], ["a", "b", "a/b", "a/c/b", "a/c/c/b"])
@example(["*.bin", "!a.bin"], ["a.bin", "b/a.bin"])
def test_attributes_agree_with_git(local_git: LocalGit, patterns: list[str], paths: list[str]) -> None:
    lines = [f"{pattern} {('filter=lfs', '-filter')[number % 2]}" for number, pattern in enumerate(patterns)]
    text = "\n".join(lines) + "\n"
    (local_git.folder / ".gitattributes").write_text(text, encoding="utf-8")
    output = local_git("check-attr", "-z", "--stdin", "filter", stdin="\0".join(paths).encode()).split("\0")[:-1]
    expected = {output[i]: output[i + 2] == "lfs" for i in range(0, len(output), 3)}
    assert {path: is_lfs_path(text, path) for path in paths} == expected


@thorough
@given(
    st.lists(st.tuples(st.sampled_from(["", "!"]), PATTERNS, st.sampled_from(["", "/", " ", "\\ "])), max_size=4),
    st.lists(PATHS, min_size=8, max_size=20, unique=True),
)
@example([("", "a", "/"), ("!", "a/b", "")], ["a", "a/b", "b/a/b"])
def test_ignored_files_agree_with_git(local_git: LocalGit, rules: list[tuple[str, str, str]], paths: list[str]) -> None:
    text = "".join(f"{''.join(rule)}\n" for rule in rules)
    (local_git.folder / ".gitignore").write_text(text, encoding="utf-8")
    output = local_git("check-ignore", "-z", "--no-index", "--stdin", stdin="\0".join(paths).encode(), check=False)
    expected = set(output.split("\0")) - {""}
    assert {path for path in paths if ignored(text, path)} == expected


@pytest.mark.parametrize(
    "text",
    [
        '"a b.bin" filter=lfs',
        '"a\\"b" filter=lfs\n"\\303\\251" filter=lfs',
        "[attr]big filter=lfs -text\n*.bin big",
        "[attr]big filter=lfs\n[attr]huge big\n*.bin huge\na.bin -big",
        "*.bin filter=lfs\n*.bin !filter",
        "*.bin filter=lfs\n*.bin filter",
        "*.bin filter=lfs\n*.bin filter=other",
        "*.bin filter=lfs filter=other",
        "*.bin filter=other filter=lfs",
        "*.bin filter=lfs b@d=1",
        "\ufeff*.bin filter=lfs",
        "  *.bin\tfilter=lfs\r",
        "*.bin filter=lfs\x0bx",
        "# *.bin filter=lfs",
        "a/ filter=lfs",
        "!*.bin filter=lfs",
        "*.bin binary\n*.bin filter=lfs",
        "*" * 2048 + " filter=lfs",
        "*.[tT][xX]? filter=lfs",
    ],
)
def test_unusual_lines_are_parsed_as_git_does(local_git: LocalGit, text: str) -> None:
    paths = ["a.bin", "x/a.bin", "a b.bin", 'a"b', "é", "a", "a/b", "b.TXT", "x"]
    (local_git.folder / ".gitattributes").write_bytes((text + "\n").encode())
    output = local_git("check-attr", "-z", "--stdin", "filter", stdin="\0".join(paths).encode()).split("\0")[:-1]
    expected = {output[i]: output[i + 2] == "lfs" for i in range(0, len(output), 3)}
    assert {path: is_lfs_path(text + "\n", path) for path in paths} == expected


def test_pattern_with_many_stars_is_fast() -> None:
    """A malicious pattern must not block the Hub."""
    assert not is_lfs_path("*a" * 12 + "b filter=lfs\n", "a" * 200)
