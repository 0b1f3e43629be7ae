"""The state of one repository: its files' statuses, where its weights are, and the license in its card."""

from __future__ import annotations

import pytest

from autograde.hub import LocalHub
from autograde.runner.hubs.repository_state import outline, statuses, storage


def test_each_file_has_a_status() -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 3\n".encode()
    expected = {"a": b"1", "b": b"2", "c": b"3", "d": b"4"}
    assert statuses({"a": b"1", "b": b"x", "c": pointer, ".gitattributes": b"", "e": b""}, expected) == {
        "a": "same", "b": "different", "c": "pointer", "d": "missing", "e": "extra",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("files", "large", "where"),
    [(["a.txt"], [], "nowhere"), (["a.bin", "b.txt"], ["a.bin"], "lfs"), (["a.bin", "b.onnx"], ["a.bin"], "git")],
)
def test_storage_of_the_weights_is_recognised(files: list[str], large: list[str], where: str) -> None:
    assert storage(files, large) == where


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("license: apache-2.0", "apache-2.0"),
        ("license:\n- apache-2.0", "apache-2.0"),
        ("license: [apache-2.0, mit]", "apache-2.0, mit"),
        ("license:", "not-in-metadata"),
        ("license: []", "not-in-metadata"),
        ("tags: [license]", "not-in-metadata"),
    ],
)
def test_license_is_read_from_the_model_card(local_hub: LocalHub, written: str, read: str) -> None:
    local_hub.create_user("mei")
    view = local_hub.create_repository("mei/carded", files={"README.md": f"---\n{written}\n---\n# m\n".encode()})
    assert outline(view).get("license") == read
