"""Compare files on a Hub or in a folder with the expected ones, and describe them in words and in a table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from autograde.judge.hub_state import FileStatus
from autograde.judge.initial_state import PlannedFile
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation
from autograde.judge.verdict import Finding

#: File statuses in words.
_WORDS = {
    FileStatus.SAME: _("identical"),
    FileStatus.DIFFERENT: _("different content"),
    FileStatus.POINTER: _("an LFS pointer only"),
    FileStatus.MISSING: _("missing"),
    FileStatus.EXTRA: _("extra"),
}


def status_in_words(value: Observation) -> Message:
    """Return a file's status in words."""
    return next((words for status, words in _WORDS.items() if status == value), verbatim("—"))


def fingerprint(file: PlannedFile) -> str:
    """Return the SHA-256 of a planned file's content."""
    return hashlib.sha256(file.content()).hexdigest()


def downloaded(report: Mapping, folder: str, planned: Iterable[PlannedFile]) -> Mapping:
    """Return the status of each planned file in a subfolder of a script's working folder, by its fingerprint."""
    there = report.mapping("files")

    def status(file: PlannedFile) -> FileStatus:
        content, got = file.content(), there.get(f"{folder}/{file.path}")
        oid = hashlib.sha256(content).hexdigest()
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n".encode()
        named = {
            None: FileStatus.MISSING,
            oid: FileStatus.SAME,
            hashlib.sha256(pointer).hexdigest(): FileStatus.POINTER,
        }
        return named.get(got if isinstance(got, str) else None, FileStatus.DIFFERENT)

    return Mapping(tuple((file.path, status(file)) for file in planned))


def table_lines(expected: Observation, got: Observation) -> tuple[Finding, ...]:
    """Return the table rows for files, given their statuses by path."""
    assert isinstance(expected, Mapping)
    there = got if isinstance(got, Mapping) else Mapping(())
    return tuple(
        Finding(verbatim(path), status_in_words(wanted), status_in_words(there.get(path)), wanted == there.get(path))
        for path, wanted in expected.items
    )
