"""Rewrite a history as a stream of ``git fast-import`` commands."""

from __future__ import annotations

from io import BytesIO

from autograde.hub.repos.rewriting import without_blobs


def test_only_commands_are_rewritten_and_not_messages_that_look_like_them() -> None:
    blob, other = b"1" * 40, b"2" * 40
    message = b"M 100644 " + blob + b" lie\nM \n"
    stream = b"commit refs/heads/main\ndata %d\n%s\nM 100644 %s a b.bin\nM 100644 %s c\n" % (
        len(message),
        message,
        blob,
        other,
    )
    assert b"".join(without_blobs(BytesIO(stream), {blob})) == stream.replace(
        b"\nM 100644 " + blob + b" a b.bin", b"\nD a b.bin"
    )
