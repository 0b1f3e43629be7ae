"""Which files a repository stores in LFS, and the lines that are added for more of them."""

from __future__ import annotations

import pytest

from autograde.hub.repos.gitattributes import INITIAL_GITATTRIBUTES, is_lfs_path, with_lfs_paths
from tests.hub.clients import LocalGit


@pytest.mark.parametrize(
    ("path", "large"),
    [
        ("model.safetensors", True),
        ("deep/down/pytorch_model.bin", True),
        ("saved_model/variables/x", True),
        ("events.out.tfevents.1", True),
        ("config.json", False),
        ("vocab.txt", False),
        ("bin", False),
    ],
)
def test_new_repository_stores_weights_in_lfs_and_text_in_git(path: str, large: bool) -> None:
    assert is_lfs_path(INITIAL_GITATTRIBUTES, path) is large


@pytest.mark.parametrize("path", ["plain.dat", "a b.dat", "a*b.dat", "a[b].dat", "a?.dat", "deep/a b"])
def test_line_added_for_a_file_matches_exactly_that_file(local_git: LocalGit, path: str) -> None:
    text = with_lfs_paths("", [path])
    (local_git.folder / ".gitattributes").write_text(text)
    others = [path, path.replace("*", "x"), path.replace("?", "y"), path.replace("[b]", "b"), "other.dat"]
    output = local_git("check-attr", "-z", "--stdin", "filter", stdin="\0".join(dict.fromkeys(others)).encode())
    fields = output.split("\0")[:-1]
    assert [fields[i] for i in range(0, len(fields), 3) if fields[i + 2] == "lfs"] == [path]
    assert is_lfs_path(text, path)
