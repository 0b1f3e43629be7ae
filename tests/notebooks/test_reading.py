"""Reading submitted bytes as a notebook, or reporting what is wrong with them."""

from __future__ import annotations

import codecs
import contextlib
import json
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde.errors import UnusableNotebook
from autograde.notebooks import reading
from autograde.notebooks.reading import read_submission

Book = dict[str, Any]


def book() -> Book:
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Übung 练习"},
            {
                "cell_type": "code",
                "id": "answer",
                "metadata": {},
                "source": ["x = 1\n", "y = 2"],
                "outputs": [],
                "execution_count": 3,
            },
        ],
    }


def sources(content: bytes) -> list[str]:
    read = read_submission(content).notebook
    nbformat.validate(read)
    return [cell.source for cell in read.cells]


SOURCES = ["# Übung 练习", "x = 1\ny = 2"]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-32"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.encode() + b"\x00\x00",
    ],
    ids=["utf-8", "bom", "utf-16", "utf-32", "crlf", "trailing zeros"],
)
def test_every_unicode_encoding_is_read(encode: Callable[[str], bytes]) -> None:
    assert sources(encode(json.dumps(book(), ensure_ascii=False, indent=1))) == SOURCES


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb2312", "练习：分词器"),
        ("cp1252", "Jürgen Müller"),
        ("cp950", "練習：成功的許功蓋"),
        ("cp932", "ソースの表を使う"),
    ],
)
def test_file_in_a_legacy_encoding_is_read(encoding: str, text: str) -> None:
    changed = book()
    changed["cells"][0]["source"] = text
    read = read_submission(json.dumps(changed, ensure_ascii=False).encode(encoding))
    assert read.notebook.cells[0].source == text
    assert encoding in "".join(read.notes)


def damaged(change: Callable[[Book], object]) -> bytes:
    changed = book()
    change(changed)
    return json.dumps(changed).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book["metadata"].update(widgets={"application/vnd.jupyter.widget-state+json": {"a": 1}}),
        lambda book: book.pop("metadata"),
        lambda book: book.update(metadata=None),
        lambda book: book["cells"][1].pop("metadata"),
        lambda book: book["cells"][1].pop("outputs"),
        lambda book: book["cells"][1].update(outputs="none"),
        lambda book: book["cells"][1].update(id="title"),
        lambda book: book["cells"][1].pop("id"),
        lambda book: book["cells"][1].update(id="not an id!"),
        lambda book: book["cells"][1].update(execution_count="three"),
        lambda book: book["cells"][0].update(outputs=[], execution_count=1),
        lambda book: book["cells"][1].update(colab={"kernel": 1}),
        lambda book: book["cells"].append(None),
        lambda book: book["cells"][1].update(source="".join(book["cells"][1]["source"]).split("\n")),
        lambda book: book["cells"][1].update(source="\0" + "".join(book["cells"][1]["source"])),
        lambda book: book.update(nbformat_minor=0),
        lambda book: book.pop("nbformat_minor"),
    ],
)
def test_damage_by_editors_loses_no_source(change: Callable[[Book], object]) -> None:
    assert sources(damaged(change)) == SOURCES


def test_lone_surrogate_and_nan_are_read() -> None:
    content = (
        json.dumps(book()).replace('"x = 1', '"\\ud800x = 1').replace('"execution_count": 3', '"execution_count": NaN')
    )
    assert sources(content.encode())[1] == "?x = 1\ny = 2"


@pytest.mark.parametrize("source", ["Title", ["Title"]])
def test_notebook_of_format_3_is_upgraded(source: str | list[str]) -> None:
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {"cell_type": "heading", "level": 1, "metadata": {}, "source": source},
                    {
                        "cell_type": "code",
                        "language": "python",
                        "metadata": {},
                        "input": "x = 1",
                        "outputs": [],
                        "collapsed": False,
                    },
                ],
            }
        ],
    }
    read = read_submission(json.dumps(old).encode())
    nbformat.validate(read.notebook)
    assert [cell.source for cell in read.notebook.cells] == ["# Title", "x = 1"]
    assert any("3" in note for note in read.notes)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (bytes(4096), "empty"),
        (json.dumps(book()).encode()[:-20], "breaks off"),
        (b"PK\x03\x04 a zip archive", "ZIP, not a notebook"),
        (b"\x1f\x8b gzip", "gzip, not a notebook"),
        (b"%PDF-1.4", "PDF, not a notebook"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"#!/usr/bin/env python\nimport os\n", "Python script"),
        (b"<<<<<<< HEAD\n{}", "damaged"),
        (b'{"cells": [\n<<<<<<< HEAD\n1\n=======\n', "a conflict that Git could not merge, in line 2"),
        (b"[]", "not a notebook"),
        (b'{"nbformat": 9, "cells": []}', "nbformat 9"),
        (b'{"cells": []}', "nbformat None"),
        (b'{"nbformat": 4, "cells": 5}', "no cells"),
        (b"[" * 100_000, "damaged"),
        (b'{"cells": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "lists in lists"),
        (b'{"nbformat": 3, "worksheets": 5}', "old format"),
    ],
)
def test_file_that_is_not_a_notebook_is_refused_with_reason_and_fix(content: bytes, reason: str) -> None:
    with pytest.raises(UnusableNotebook, match=reason) as refused:
        read_submission(content)
    assert refused.value.fix


def of_format(version: object) -> bytes:
    return json.dumps(book() | {"nbformat": version}).encode()


@pytest.mark.parametrize(
    "content",
    [
        of_format(5),
        of_format("4"),
        of_format(4.0),
        of_format(None),
        json.dumps({"worksheets": [{"cells": book()["cells"]}], "nbformat": 3, "metadata": {}}).encode(),
        json.dumps({"type": "notebook", "format": "json", "content": book()}).encode(),
        json.dumps(
            book() | {"cells": [cell | {"source": {"text": cell["source"]}} for cell in book()["cells"]]}
        ).encode(),
        json.dumps(book()).encode() + b"\n}}\n",
        json.dumps(json.dumps(book())).encode(),
        json.dumps(book(), ensure_ascii=False).encode("utf-16-le"),
        json.dumps(book(), ensure_ascii=False).encode("utf-16-be"),
        of_format(3),
        json.dumps({"worksheets": [{"cells": book()["cells"]}], "nbformat": 4, "metadata": {}}).encode(),
        codecs.BOM_UTF8 * 2 + json.dumps(book()).encode(),
        codecs.BOM_UTF16_LE + json.dumps(book()).encode(),
    ],
    ids=[
        "5",
        "text",
        "4.0",
        "none",
        "cells of 4 in 3",
        "contents API",
        "texts in entries",
        "trailing text",
        "a text in JSON",
        "UTF-16 LE",
        "UTF-16 BE",
        "cells of 4 declared as 3",
        "worksheets declared as 4",
        "two marks",
        "mark of UTF-16 before UTF-8",
    ],
)
def test_notebook_in_an_unusual_form_is_read(content: bytes) -> None:
    assert sources(content) == SOURCES


@pytest.mark.parametrize("ancestor", ["", '||||||| base\n   "execution_count": null,\n'])
def test_git_conflict_outside_the_code_is_resolved(ancestor: str) -> None:
    text = json.dumps(book(), indent=1, sort_keys=True)
    ours, theirs = '   "execution_count": 3,\n', '   "execution_count": 5,\n'
    assert ours in text
    conflict = f"<<<<<<< HEAD\n{ours}{ancestor}=======\n{theirs}>>>>>>> feature\n"
    read = read_submission(text.replace(ours, conflict).encode())
    assert [cell.source for cell in read.notebook.cells] == SOURCES
    assert read.notes == ("a conflict that Git could not merge, with the same code on both sides",)
    other = '<<<<<<< HEAD\n    "x = 1\\n",\n=======\n    "x = 2\\n",\n>>>>>>> feature\n'
    with pytest.raises(UnusableNotebook, match="a conflict that Git could not merge, in line"):
        read_submission(text.replace('    "x = 1\\n",\n', other).encode())


INSIDE, BEHIND = "for i in x:\n    y = 1\n    z = 2", "for i in x:\n    y = 1\nz = 2"


@pytest.mark.parametrize(
    ("kind", "ours", "theirs"), [("code", INSIDE, BEHIND), ("markdown", "", "x = 3"), ("markdown", "x", "x = 3")]
)
def test_git_conflict_with_another_text_is_refused(kind: str, ours: str, theirs: str) -> None:
    """Only the words of code cells were compared: the wrong indentation was graded, an answer in a text cell lost."""
    versions = [book(), book()]
    for version, source in zip(versions, (ours, theirs), strict=True):
        version["cells"].append({"cell_type": kind, "id": "new", "metadata": {}, "source": source})
    first, second = (json.dumps(version, indent=1) for version in versions)
    with pytest.raises(UnusableNotebook, match="a conflict that Git could not merge, in line 1"):
        read_submission(f"<<<<<<< HEAD\n{first}\n=======\n{second}\n>>>>>>> feature\n".encode())


def test_whole_notebook_in_a_conflict_is_read_if_its_texts_are_the_same() -> None:
    ours, theirs = book(), book()
    theirs["cells"][1]["source"] = ["x = 1  \n", "y = 2\n"]
    theirs["cells"].append({"cell_type": "code", "id": "new", "metadata": {}, "source": ""})
    first, second = (json.dumps(each, indent=1) for each in (ours, theirs))
    assert sources(f"<<<<<<< HEAD\r\n{first}\r\n=======\r\n{second}\r\n>>>>>>> b\r\n".encode()) == SOURCES


def test_thousands_of_conflicts_without_an_end_are_refused() -> None:
    """Each mark was tried with each other one."""
    marks = "".join(f"{mark} x\n" * 5_000 for mark in ("<<<<<<<", "|||||||")) + "=======\n" * 5_000
    with pytest.raises(UnusableNotebook, match="a conflict that Git could not merge"):
        read_submission(f'{{"cells": [\n{marks}'.encode())


def test_file_over_the_size_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 100)
    with pytest.raises(UnusableNotebook, match="large"):
        read_submission(json.dumps(book()).encode())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(["metadata", "cells", "source", "id", "cell_type", "outputs", "attachments"]), json_values)
def test_any_value_in_any_field_gives_a_valid_notebook_or_an_error(place: str, value: object) -> None:
    changed = book()
    if place in ("metadata", "cells"):
        changed[place] = value
    else:
        changed["cells"][1][place] = value
    with contextlib.suppress(UnusableNotebook):
        read = read_submission(json.dumps(changed).encode())
        nbformat.validate(read.notebook)
        nbformat.writes(read.notebook).encode()


def test_deeply_nested_metadata_is_dropped_and_cells_are_kept() -> None:
    """json reads 500 levels, but copying them raised RecursionError, which ended the run of the whole class."""
    made = book()
    deep: dict[str, object] = {}
    for _level in range(500):
        deep = {"a": deep}
    about = {"grade_id": "x"}
    made["cells"][0]["metadata"] = {"deep": deep, "nbgrader": about}
    made["metadata"] = {"deep": deep}
    made["deep"] = deep
    read = read_submission(json.dumps(made).encode())
    assert read.notebook.cells[0].metadata == {"nbgrader": about}
    assert read.notebook.metadata == {}
    assert len(read.notes) == 1
    nbformat.validate(read.notebook)


def test_notebook_with_too_many_cells_is_refused() -> None:
    made = book()
    made["cells"] *= reading.MOST_CELLS + 1
    with pytest.raises(UnusableNotebook, match=str(reading.MOST_CELLS)):
        read_submission(json.dumps(made).encode())
