"""Finding the lines of a script's output that explain its failure."""

from __future__ import annotations

import pytest

from autograde.judge.error_lines import LONGEST, MOST, error_lines, kinds, most_informative, plain

REFUSED = """\
Cloning into 'm'...
remote: -------------------------------------------------------------------------
remote: Your push was rejected because an LFS pointer pointed to a file that does not exist.
remote: Offending files:
To http://127.0.0.1:9/mei/m
 ! [remote rejected] main -> main (pre-receive hook declined)
error: failed to push some refs to 'http://127.0.0.1:9/mei/m'
"""
NO_REPOSITORY = """\
remote: Repository not found
fatal: repository 'http://127.0.0.1:9/xxx/m/' not found
upload.sh: line 2: cd: m: No such file or directory
fatal: not a git repository (or any of the parent directories): .git
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[32m✓ Uploaded\x1b[0m", "✓ Uploaded"),
        ("\x1b]8;;http://127.0.0.1\x1b\\a link\x1b]8;;\x1b\\ \x1b[1;31mred\x1b[K", "a link red"),
        ("10%\r 50%\r100%\r\nnext\x07\x00  ", "100%\nnext"),
        ("中文\tand a tab", "中文\tand a tab"),
    ],
)
def test_terminal_codes_and_overwritten_text_are_removed(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "line", "about"),
    [
        (REFUSED, 2, {"pointers", "refused"}),
        (NO_REPOSITORY, 1, {"address", "outside", "cd"}),
        ("cp: cannot stat '/x/.': No such file or directory\nOn branch main\nnothing to commit\n", 0, {"folder"}),
        ("fatal: destination path 'm' already exists and is not an empty directory.\n", 0, {"exists"}),
        ("cp: -r not specified; omitting directory '/x'\nnothing to commit, working tree clean\n", 0, {"recursive"}),
        ("nothing added to commit but untracked files present\n", 0, {"not-added"}),
        ("Aborting commit due to empty commit message.\nEverything up-to-date\n", 0, set()),
        (" ! [rejected]        main -> main (fetch first)\nerror: failed to push some refs to 'x'\n", 0,
         {"behind", "refused"}),
    ],
)  # fmt: skip
def test_most_informative_line_is_found(text: str, line: int, about: set[str]) -> None:
    found = error_lines(text)
    assert most_informative(found) == text.splitlines()[line].strip().rstrip(".")
    assert kinds(found) == about


def test_reason_on_the_next_line_is_quoted_too() -> None:
    text = "remote: -----\nremote: Your push was rejected because of invalid metadata in README.md:\nremote: - no\n"
    assert (
        most_informative(error_lines(text))
        == "remote: Your push was rejected because of invalid metadata in README.md: no"
    )
    assert most_informative(error_lines(text.rpartition("remote:")[0])).endswith("README.md")


def test_successful_script_has_no_error_lines() -> None:
    assert (
        error_lines("Cloning into 'm'...\n[main 1a2b3c4] x\n 1 file changed\nTo http://h/mei/m\nrepo_id: mei/m\n") == ()
    )
    assert most_informative(()) == ""


def test_error_lines_are_few_and_short_and_each_is_kept_once() -> None:
    assert error_lines("error: a\n" * 5) == ("error: a",)
    many = error_lines("".join(f"error: {number} {'x' * 2 * LONGEST}\n" for number in range(2 * MOST)))
    assert len(many) == MOST
    assert {len(line) for line in many} == {LONGEST}


def test_push_of_binary_files_is_classified_like_one_of_large_files() -> None:
    text = "remote: Your push was rejected because it contains binary files.\n ! [remote rejected] main -> main\n"
    assert kinds(error_lines(text)) == {"large", "refused"}
    assert most_informative(error_lines(text)) == "remote: Your push was rejected because it contains binary files"
