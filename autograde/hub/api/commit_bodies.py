"""Parse the bodies of commits: their header, and the files to write and delete."""

from __future__ import annotations

import base64
from contextlib import nullcontext
from typing import Any

from autograde.hub.refusals import Refusal
from autograde.hub.repos.commits import Delete, Operation, WriteFile, WritePointer
from autograde.hub.repos.pointers import is_oid
from autograde.hub.storage.spool import Spool
from autograde.hub.untrusted import read_json
from autograde.hub.web.calls import Call


def parse_commit(call: Call, spool: Spool) -> tuple[dict[str, Any], list[Operation]]:
    """Return the header and the operations of a commit's body: NDJSON by lines, or one JSON object.

    Large contents go into ``spool``.

    Raises:
        Refusal: 400, a line cannot be read, or there is no header; 413, there are too many operations.
    """
    # The longest line has a regular file in base64; 1 MiB is for its path and the JSON.
    longest = call.hub.config.limits.regular_file * 4 // 3 + (1 << 20)
    body = call.open_body()
    # Parse one large line at a time: parsing and decoding it needs four times its size.
    turn = call.hub.parsing_lock if call.spool is not None else nullcontext()
    if call.request.headers.get("content-type", "").startswith("application/json"):
        with turn:
            if found := _from_object(call, body.read(longest), spool, longest):
                return found
        body.seek(0)
    header: dict[str, Any] = {}
    operations: list[Operation] = []
    number = 0
    while True:
        with turn:
            line = body.readline(longest)
            number += 1
            if not line:
                break
            if len(line) == longest:
                raise Refusal(400, f"Line {number} of the commit is too long. Upload large files as such (lfsFile).")
            try:
                if line.strip():
                    item = read_json(line)
                    key, value = item["key"], item["value"]
                    if key == "header":
                        header = dict(value)
                    else:
                        operations.append(_operation(key, value, spool))
                    del item, value
            except (ValueError, KeyError, TypeError) as error:
                raise Refusal(400, f"Line {number} of the commit cannot be read: {error}") from error
            del line
        _check_number(call, len(operations))
    if not header:
        raise Refusal(400, "The commit has no header line.")
    return header, operations


#: The lists of a commit that is one JSON object, and the keys of the same operations in NDJSON.
_LISTS = {"files": "file", "lfsFiles": "lfsFile", "deletedFiles": "deletedFile", "deletedFolders": "deletedFolder"}


def _from_object(call: Call, text: bytes, spool: Spool, longest: int) -> tuple[dict[str, Any], list[Operation]] | None:
    """Parse a body that is one JSON object of less than ``longest`` bytes; None if it is something else.

    huggingface_hub before 0.11 sends such commits.
    """
    try:
        given = read_json(text) if len(text) < longest else None
    except ValueError:
        return None
    if not isinstance(given, dict) or "key" in given or "summary" not in given:
        return None
    operations: list[Operation] = []
    for name, key in _LISTS.items():
        values = given.pop(name, None) or []
        if not isinstance(values, list):
            raise Refusal(400, f"{name!r} must be a list.")
        _check_number(call, len(operations) + len(values))
        for value in values:
            try:
                operations.append(_operation(key, value, spool))
            except (ValueError, KeyError, TypeError) as error:
                raise Refusal(400, f"An entry of {name!r} cannot be read: {error}") from error
    return given, operations


def _check_number(call: Call, number: int) -> None:
    """Raise 413 if a commit has more operations than the Hub's limit."""
    limit = call.hub.config.limits.files_per_commit
    if number > limit:
        raise Refusal(413, f"A commit has at most {limit:,} files here; make several.")


def _operation(key: str, value: dict[str, Any], spool: Spool) -> Operation:
    path = value["path"]
    if not isinstance(path, str):
        raise ValueError("a path is a text")
    if key == "file":
        text = value["content"]
        content = base64.b64decode(text, validate=True) if value.get("encoding") == "base64" else str(text).encode()
        return WriteFile(path, spool.add(content))
    if key == "lfsFile":
        size = value.get("size")
        if value.get("algo") != "sha256" or not is_oid(value["oid"]) or not isinstance(size, int | None):
            raise ValueError("an LFS file has algo sha256, an oid of 64 hexadecimal digits, and a size")
        return WritePointer(path, value["oid"], size)
    if key in ("deletedFile", "deletedFolder"):
        return Delete(path.rstrip("/"))
    raise ValueError(f"there is no operation {key!r}")
