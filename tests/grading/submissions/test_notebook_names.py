"""Finding a submission's notebook under the names that browsers and platforms give it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograde.errors import UnusableNotebook
from autograde.grading.submissions.jobs import Submission
from autograde.grading.submissions.notebook_names import choose, read_file

NAME = "2.6-load-the-downloaded-model"


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ([f"{NAME}.ipynb"], f"{NAME}.ipynb"),
        ([f"{NAME} (1).ipynb"], f"{NAME} (1).ipynb"),
        ([f"{NAME}.ipynb", f"{NAME} (1).ipynb"], f"{NAME}.ipynb"),
        ([f"{NAME} (1).ipynb", f"{NAME} (2).ipynb", "notes.ipynb"], f"{NAME} (2).ipynb"),
        ([f"{NAME} (9).ipynb", f"{NAME} (10).ipynb"], f"{NAME} (10).ipynb"),
        ([f"{NAME}.IPYNB"], f"{NAME}.IPYNB"),
        ([f"{NAME}-1.ipynb"], f"{NAME}-1.ipynb"),
        ([f"{NAME.replace('-', '_')} copy.ipynb", "other.ipynb"], f"{NAME.replace('-', '_')} copy.ipynb"),
        (["Untitled.ipynb"], "Untitled.ipynb"),
        (["a.ipynb", "b.ipynb"], None),
        (["notes.txt", f".{NAME}.ipynb"], None),
        ([], None),
    ],
)
def test_notebook_named_after_the_assignment_is_chosen(names: list[str], chosen: str | None) -> None:
    assert choose(NAME, names) == chosen
    assert choose(NAME, reversed(names)) == chosen


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (tmp_path / "a.ipynb").symlink_to(tmp_path / "secret")
    with pytest.raises(UnusableNotebook, match="link"):
        read_file(tmp_path / "a.ipynb", 100)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.ipynb")
    with pytest.raises(UnusableNotebook, match="device"):
        read_file(tmp_path / "a.ipynb", 100)


def test_file_over_the_size_limit_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_bytes(b"x" * 101)
    with pytest.raises(UnusableNotebook, match="allowed"):
        read_file(tmp_path / "a.ipynb", 100)


def test_only_the_beginning_of_a_timestamp_file_is_read() -> None:
    """Learners can write this file: searching 50 MB for a time took minutes and delayed every other submission."""
    own = {"timestamp.txt": b"2026-11-27 19:00:00 UTC" + b" 1" * 10**6}
    assert len(Submission("ada", Path(), "", own=own).timestamp) <= 200
