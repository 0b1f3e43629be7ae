"""Properties of the notebook transforms, for any notebook that an editor could save."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograde import notebooks
from autograde.errors import UnusableNotebook
from autograde.i18n.line_breaks import joined

#: Few examples, because nbformat's validation of a notebook takes milliseconds; thirty found every bug so far.
few_examples = settings(max_examples=30, deadline=None)

text = st.text(alphabet='aZ0-_#` \t\n\x0b\u2028é汉字。🙂\\"', max_size=30)
ids = st.one_of(
    st.from_regex(r"[a-z]{1,4}(-[a-z]{1,4}){0,2}(-zh)?", fullmatch=True),
    st.from_regex(r"[0-9a-f]{8}", fullmatch=True),
    st.uuids().map(str),
    st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
)
tag_lists = st.lists(st.sampled_from(["en", "zh", "hide-input", "raises-exception"]), unique=True, max_size=3)


@st.composite
def cells(draw: st.DrawFn) -> NotebookNode:
    """Generate a cell as an editor may save it, with any id, tags, outputs, counts and metadata."""
    metadata: dict[str, object] = {}
    if draw(st.booleans()):
        metadata["tags"] = draw(tag_lists)
    if draw(st.booleans()):
        metadata["scrolled"] = True
    if draw(st.booleans()):
        metadata["nbgrader"] = {"grade": False, "locked": True, "schema_version": 3, "solution": False}
    if draw(st.booleans()):
        cell: NotebookNode = new_markdown_cell(draw(text), id=draw(ids), metadata=metadata)
        return cell
    outputs = [new_output("stream", name="stdout", text=draw(text))] if draw(st.booleans()) else []
    count = draw(st.one_of(st.none(), st.integers(1, 99)))
    cell = new_code_cell(draw(text), id=draw(ids), metadata=metadata, outputs=outputs, execution_count=count)
    return cell


@st.composite
def books(draw: st.DrawFn) -> NotebookNode:
    """Generate a notebook, perhaps with widget state or the machine's Python version in its metadata."""
    metadata = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "widgets": st.just({"application/vnd.jupyter.widget-state+json": {"state": {}}}),
                "language_info": st.just({"name": "python", "version": "3.11.2"}),
                "autograde": st.just({"lesson": "2.2"}),
                "vscode": st.just({"interpreter": {"hash": "0"}}),
            },
        )
    )
    book: NotebookNode = new_notebook(metadata=metadata)
    book.cells = draw(st.lists(cells(), max_size=8))
    return book


def reread(canonical_text: str) -> NotebookNode:
    """Return the notebook of a canonical text, validated by nbformat (warnings are errors)."""
    book: NotebookNode = nbformat.reads(canonical_text, as_version=4)
    nbformat.validate(book)
    return book


def sources(book: NotebookNode) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source) for cell in book.cells]


@few_examples
@given(books())
def test_canonical_is_idempotent(book: NotebookNode) -> None:
    once = notebooks.canonical(book)
    assert notebooks.canonical(reread(once)) == once


@few_examples
@given(books())
def test_canonical_keeps_sources_tags_and_metadata(book: NotebookNode) -> None:
    clean = reread(notebooks.canonical(book))
    kept = [
        (cell.cell_type, joined(cell.source))
        if cell.cell_type == "markdown" and "zh" in notebooks.tags(cell)
        else (cell.cell_type, cell.source)
        for cell in book.cells
    ]
    assert sources(clean) == kept
    assert [notebooks.tags(cell) for cell in clean.cells] == [notebooks.tags(cell) for cell in book.cells]
    for before, after in zip(book.cells, clean.cells, strict=True):
        assert after.metadata.get("nbgrader") == before.metadata.get("nbgrader")
    assert clean.metadata.get("autograde") == book.metadata.get("autograde")


@few_examples
@given(books())
def test_canonical_notebook_breaks_only_rules_about_translations(book: NotebookNode) -> None:
    """The canonical form fixes everything that it can; only missing translations remain for the author."""
    clean = reread(notebooks.canonical(book))
    names = [cell.id for cell in clean.cells]
    assert len(set(names)) == len(names)
    for problem in notebooks.problems(clean):
        assert "English" in problem or "Chinese" in problem or "both languages" in problem


@few_examples
@given(books())
def test_canonical_text_has_fixed_key_order_and_no_outputs(book: NotebookNode) -> None:
    written = notebooks.canonical(book)
    assert written.endswith("}\n")
    parsed = json.loads(written)
    assert json.dumps(parsed, indent=1, sort_keys=True, ensure_ascii=False) + "\n" == written
    assert "widgets" not in parsed["metadata"]
    assert parsed["metadata"]["language_info"] == notebooks.LANGUAGE_INFO
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in parsed["cells"])


@few_examples
@given(books())
def test_readable_unique_id_is_kept(book: NotebookNode) -> None:
    names = [cell.id for cell in book.cells]
    clean = reread(notebooks.canonical(book))
    for position, (before, after) in enumerate(zip(book.cells, clean.cells, strict=True)):
        beside_english = position > 0 and notebooks.language_of(book.cells[position - 1]) == "en"
        alone = not any(name in {before.id, f"{before.id}-zh"} for name in names[:position] + names[position + 1 :])
        wanted = notebooks.is_readable(before.id) and not before.id.endswith("-zh") and len(before.id) < 60
        if wanted and alone and not (notebooks.language_of(before) == "zh" and beside_english):
            assert after.id == before.id


@few_examples
@given(books(), st.sampled_from(["en", "zh"]))
def test_one_language_keeps_shared_and_its_own_cells_in_order(book: NotebookNode, language: str) -> None:
    chosen = notebooks.one_language(book, language)
    expected = [(cell.cell_type, cell.source) for cell in book.cells if notebooks.language_of(cell) in (None, language)]
    assert sources(chosen) == expected
    for cell in chosen.cells:
        assert not {"en", "zh"} & set(notebooks.tags(cell))
        assert cell.metadata.get("tags") != []


@few_examples
@given(books(), st.sampled_from(["en", "zh"]))
def test_transforms_do_not_change_their_argument(book: NotebookNode, language: str) -> None:
    before = deepcopy(book)
    notebooks.one_language(book, language)
    notebooks.canonical(book)
    notebooks.problems(book)
    assert book == before


@few_examples
@given(books(), st.sampled_from(["en", "zh"]))
def test_one_language_is_idempotent(book: NotebookNode, language: str) -> None:
    once = notebooks.one_language(book, language)
    assert notebooks.one_language(once, language) == once


pairs = st.lists(st.tuples(st.sampled_from(["both", "pair"]), text, text), min_size=1, max_size=5)


@few_examples
@given(pairs)
def test_valid_bilingual_notebook_has_no_problems_and_keeps_its_code(
    written: list[tuple[str, str, str]],
) -> None:
    book = new_notebook()
    for kind, first, second in written:
        if kind == "both":
            book.cells.append(new_code_cell(first, id="00000000"))
        else:
            book.cells.append(new_markdown_cell(first, id="00000000", metadata={"tags": ["en"]}))
            book.cells.append(new_markdown_cell(second, id="00000000", metadata={"tags": ["zh"]}))
    clean = reread(notebooks.canonical(book))
    assert notebooks.problems(clean) == []
    code = [cell.source for cell in book.cells if cell.cell_type == "code"]
    for language in ("en", "zh"):
        chosen = notebooks.one_language(clean, language)
        assert [cell.source for cell in chosen.cells if cell.cell_type == "code"] == code
        assert len(chosen.cells) == len(written)


def bilingual() -> NotebookNode:
    """Return a correct notebook with one bilingual pair and one code cell."""
    book: NotebookNode = new_notebook(
        metadata={"kernelspec": notebooks.KERNELSPEC, "language_info": notebooks.LANGUAGE_INFO}
    )
    book.cells = [
        new_markdown_cell("# Load", id="load", metadata={"tags": ["en"]}),
        new_markdown_cell("# 加载", id="load-zh", metadata={"tags": ["zh"]}),
        new_code_cell("1 + 1", id="add"),
    ]
    return book


def broken(rule: str) -> NotebookNode:
    """Return a notebook that breaks only this rule."""
    book = bilingual()
    _, chinese, code = book.cells
    match rule:
        case "outputs":
            code.outputs = [new_output("stream", text="2")]
        case "execution count":
            code.execution_count = 3
        case "state of widgets":
            book.metadata["widgets"] = {"state": {}}
        case "'vscode'":
            book.metadata["vscode"] = {}
        case "'scrolled'":
            code.metadata["scrolled"] = True
        case "Two cells":
            code.id = "load"
        case "does not read":
            code.id = "8f3a0b1c"
        case "both languages":
            code.metadata["tags"] = ["en", "zh"]
            book.cells.append(new_code_cell("1 + 1", id="add-zh", metadata={"tags": ["zh"]}))
        case "no Chinese cell":
            del book.cells[1]
        case "does not follow an English":
            del book.cells[0]
        case "'load-zh'":
            chinese.id = "laden"
        case "English neighbour is markdown":
            book.cells[1] = new_code_cell("# 加载", id="load-zh", metadata={"tags": ["zh"]})
        case _:
            raise AssertionError(rule)
    return book


@pytest.mark.parametrize(
    "rule",
    [
        "outputs",
        "execution count",
        "state of widgets",
        "'vscode'",
        "'scrolled'",
        "Two cells",
        "does not read",
        "both languages",
        "no Chinese cell",
        "does not follow an English",
        "'load-zh'",
        "English neighbour is markdown",
    ],
)
def test_each_broken_rule_is_reported_in_one_sentence(rule: str) -> None:
    assert notebooks.problems(bilingual()) == []
    found = notebooks.problems(broken(rule))
    assert len(found) == 1, found
    assert rule in found[0]
    assert found[0].endswith(".")


@pytest.mark.parametrize("name", ["load-the-model", "load-the-model-zh", "step-2"])
def test_ids_chosen_by_people_are_readable(name: str) -> None:
    assert notebooks.is_readable(name)


@pytest.mark.parametrize(
    "name", ["8f3a0b1c", "deadbeef", "0f8fad5b-d9cb-469f-a165-70867728950e", "cell-3", "Load", "load_it", "-a", ""]
)
def test_ids_generated_by_programs_are_not_readable(name: str) -> None:
    assert not notebooks.is_readable(name)


def test_id_is_made_from_the_first_words() -> None:
    book = new_notebook()
    book.cells = [
        new_markdown_cell("## Load the *model*", id="0f8fad5b", metadata={"tags": ["en"]}),
        new_markdown_cell("## 加载模型", id="1f8fad5b", metadata={"tags": ["zh"]}),
    ]
    assert [cell.id for cell in reread(notebooks.canonical(book)).cells] == ["load-the-model", "load-the-model-zh"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read"),
        ("", "does not hold JSON"),
        ("[]", "is not a notebook"),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "not a valid notebook"),
        (
            '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "spell"}]}',
            "not a valid notebook",
        ),
        ('{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []}', "not a valid notebook"),
    ],
)
def test_error_for_an_unreadable_notebook_names_file_and_reason(
    tmp_path: Path, content: str | None, reason: str
) -> None:
    path = tmp_path / "broken.ipynb"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(UnusableNotebook, match=reason) as raised:
        notebooks.read(path)
    assert str(path) in str(raised.value)


def test_old_notebook_without_cell_ids_is_read(tmp_path: Path) -> None:
    path = tmp_path / "old.ipynb"
    path.write_text(
        json.dumps(
            {
                "cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# Old\n", "text"]}],
                "metadata": {},
                "nbformat": 4,
                "nbformat_minor": 2,
            }
        ),
        encoding="utf-8",
    )
    book = notebooks.read(path)
    assert [(cell.id, cell.source) for cell in book.cells] == [("cell-0", "# Old\ntext")]
    assert notebooks.rewrite(path)
    assert notebooks.check(path) == []
    assert [cell.id for cell in notebooks.read(path).cells] == ["old"]


@few_examples
@given(books())
def test_canonical_file_is_not_rewritten_and_passes_the_format_check(
    tmp_path_factory: pytest.TempPathFactory, book: NotebookNode
) -> None:
    path = tmp_path_factory.mktemp("books") / "lesson.ipynb"
    path.write_text(notebooks.canonical(book), encoding="utf-8")
    assert not notebooks.rewrite(path)
    assert "Its text is not in the canonical form." not in notebooks.check(path)


def test_check_reports_another_key_order(tmp_path: Path) -> None:
    path = tmp_path / "lesson.ipynb"
    book = bilingual()
    path.write_text(json.dumps({"nbformat": 4, **book}, indent=2), encoding="utf-8")
    assert notebooks.check(path) == ["Its text is not in the canonical form."]
    assert notebooks.rewrite(path)
    assert notebooks.check(path) == []


def test_files_finds_notebooks_in_folders_and_skips_checkpoints(tmp_path: Path) -> None:
    (tmp_path / "b" / ".ipynb_checkpoints").mkdir(parents=True)
    for name in ("b/two.ipynb", "a.ipynb", "b/.ipynb_checkpoints/two-checkpoint.ipynb", "notes.md"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    assert [path.name for path in notebooks.files([tmp_path])] == ["a.ipynb", "two.ipynb"]
    assert list(notebooks.files([tmp_path / "a.ipynb"])) == [tmp_path / "a.ipynb"]
    with pytest.raises(UnusableNotebook, match="no file or folder"):
        list(notebooks.files([tmp_path / "missing"]))


def test_command_fixes_what_it_can_and_reports_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")
    outputs, untranslated = tmp_path / "outputs.ipynb", tmp_path / "untranslated.ipynb"
    outputs.write_text(json.dumps(broken("outputs")), encoding="utf-8")
    assert command("notebooks", "--check", str(tmp_path)) == 1
    assert "holds outputs" in capsys.readouterr().out
    assert command("notebooks", str(tmp_path)) == 0
    assert "rewritten" in capsys.readouterr().out
    assert command("notebooks", "--check", str(tmp_path)) == 0
    untranslated.write_text(json.dumps(broken("no Chinese cell")), encoding="utf-8")
    assert command("notebooks", str(tmp_path)) == 1
    assert "1 of 2 notebooks" in capsys.readouterr().out


def command(*words: str) -> int:
    """Run ``autograde`` with these words in this process and return the exit code."""
    from typer.main import get_command

    from autograde.cli.commands import app

    code = get_command(app).main([*words], standalone_mode=False)
    return int(code or 0)
