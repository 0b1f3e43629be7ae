"""Recognise binary files, which belong in LFS or Xet and not in git itself: one rule for pushes and the API.

huggingface.co rejects a push that contains one, whatever its size, and tells API clients to upload it as a large file.
This Hub does the same, so that what works here also works there.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator, Mapping

#: Number of bytes at the beginning of a file that are checked; API clients send as many when they ask how to upload it.
SAMPLE = 512

#: huggingface.co's error message.
REJECTED = (
    "Your push was rejected because it contains binary files.",
    "Please use https://huggingface.co/docs/hub/xet to store binary files.",
    "See also: https://huggingface.co/docs/hub/xet/using-xet-storage#git",
)


def is_binary(beginning: bytes) -> bool:
    """Return whether a file is binary: whether its first :data:`SAMPLE` bytes contain a zero byte.

    git looks at the first 8,000 bytes. But API clients send only this many: with more, a push would be rejected for
    files that the API accepts.
    """
    return b"\0" in beginning[:SAMPLE]


def binary_blobs(command: list[str], environment: Mapping[str, str], oids: Iterable[str]) -> Iterator[str]:
    """Yield the ids of the git blobs that are binary.

    Args:
        command: git with its ``--git-dir``.
        environment: of the process; it may make pushed objects visible.
        oids: the blobs; only the beginning of each is held in memory.
    """
    wanted = "\n".join(oids)
    if not wanted:
        return
    with subprocess.Popen(
        [*command, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(environment)
    ) as process:
        assert process.stdin
        assert process.stdout
        for oid in wanted.split("\n"):
            process.stdin.write(f"{oid}\n".encode())
            process.stdin.flush()
            __, ___, size = process.stdout.readline().split(b" ")
            left = int(size) + 1
            beginning = process.stdout.read(min(left - 1, SAMPLE))
            left -= len(beginning)
            while left:
                left -= len(process.stdout.read(min(left, 1 << 20)))
            if is_binary(beginning):
                yield oid
        process.stdin.close()
