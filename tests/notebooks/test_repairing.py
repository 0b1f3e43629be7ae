"""Repairing a submission: the release's structure is restored, and what the learner wrote is kept."""

from __future__ import annotations

import ast
import copy
import json
import textwrap
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode

from autograde import notebooks
from autograde.errors import UnusableNotebook
from autograde.notebooks.repairing import repair
from autograde.settings import KIT

ASSIGNMENT = "2.6-load-the-downloaded-model"
RELEASED = notebooks.read(KIT / "release" / "en" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
NAMES = [cell.metadata.nbgrader.grade_id for cell in RELEASED.cells if "nbgrader" in cell.metadata]
ANSWER = "def segment_ids(index, mark):\n    return ['mine']\n"


def submitted() -> NotebookNode:
    """Return the released notebook with one answer filled in."""
    book = copy.deepcopy(RELEASED)
    named(book, "segment-ids").source = ANSWER
    return book


def named(book: NotebookNode, name: str) -> NotebookNode:
    cell: NotebookNode
    [cell] = [cell for cell in book.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name]
    return cell


def repaired(book: NotebookNode) -> NotebookNode:
    found = repair(json.dumps(book).encode(), RELEASED).notebook
    nbformat.validate(found)
    return found


def assert_complete(book: NotebookNode) -> None:
    """Check that each of nbgrader's cells exists once, as released, and graded cells follow their answers."""
    names = [cell.metadata.nbgrader.grade_id for cell in book.cells if "nbgrader" in cell.metadata]
    assert sorted(names) == sorted(NAMES)
    for name in NAMES:
        assert named(book, name).metadata.nbgrader == named(RELEASED, name).metadata.nbgrader
        assert named(book, name).cell_type == "code"
        if name.startswith("grade-"):
            assert named(book, name).source == named(RELEASED, name).source
            assert names.index(name) > names.index(name.removeprefix("grade-"))


def answer(book: NotebookNode) -> str:
    """Return the source that defines ``segment_ids`` when the graded cell runs: the last definition before it."""
    position = next(place for place, cell in enumerate(book.cells) if cell is named(book, "grade-segment-ids"))
    defining = [
        cell.source for cell in book.cells[:position] if "def segment_ids" in cell.source and cell.cell_type == "code"
    ]
    return str(defining[-1])


def copy_of(book: NotebookNode, name: str, source: str | None = None, *, before: bool = False) -> None:
    original = named(book, name)
    twin = copy.deepcopy(original)
    twin.id = "copied"
    if source is not None:
        twin.source = source
    place = book.cells.index(original)
    book.cells.insert(place if before else place + 1, twin)


def strip_metadata(book: NotebookNode) -> None:
    for cell in book.cells:
        cell.metadata = {}


def strip_metadata_and_ids(book: NotebookNode) -> None:
    strip_metadata(book)
    for number, cell in enumerate(book.cells):
        cell.id = f"vscode-{number}"


def delete(*names: str) -> Callable[[NotebookNode], None]:
    def change(book: NotebookNode) -> None:
        book.cells = [cell for cell in book.cells if cell.metadata.get("nbgrader", {}).get("grade_id") not in names]

    return change


def move_to_the_top(name: str) -> Callable[[NotebookNode], None]:
    def change(book: NotebookNode) -> None:
        cell = named(book, name)
        book.cells.remove(cell)
        book.cells.insert(0, cell)

    return change


def retype(kind: str) -> Callable[[NotebookNode], None]:
    def change(book: NotebookNode) -> None:
        cell = named(book, "segment-ids")
        cell.cell_type = kind
        del cell["outputs"], cell["execution_count"]

    return change


def raise_points(book: NotebookNode) -> None:
    named(book, "grade-segment-ids").metadata.nbgrader.points = 1000
    named(book, "grade-segment-ids").source = "1000"


DAMAGE: dict[str, Callable[[NotebookNode], object]] = {
    "nothing": lambda book: None,
    "wrong copy above": lambda book: copy_of(book, "segment-ids", "def segment_ids(*_):\n    return 0", before=True),
    "graded cell copied": lambda book: copy_of(book, "grade-segment-ids"),
    "metadata stripped": strip_metadata,
    "metadata and ids stripped": strip_metadata_and_ids,
    "graded cells deleted": delete(*[name for name in NAMES if name.startswith("grade-")]),
    "another answer deleted": delete("pad-pair"),
    "graded cell moved up": move_to_the_top("grade-segment-ids"),
    "answer as markdown": retype("markdown"),
    "answer as raw text": retype("raw"),
    "points raised": raise_points,
    "a cell of another assignment": lambda book: book.cells.append(
        nbformat.v4.new_code_cell(
            "1", id="foreign", metadata={"nbgrader": {"grade_id": "grade-answers", "grade": True}}
        )
    ),
    "metadata of another kind": lambda book: named(book, "encode-pair").metadata.update(nbgrader="yes"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_submission_is_repaired_and_keeps_its_answer(damage: str) -> None:
    book = submitted()
    DAMAGE[damage](book)
    found = repaired(book)
    assert_complete(found)
    assert answer(found) == ANSWER


def test_answer_in_a_new_cell_is_kept() -> None:
    book = submitted()
    book.cells = [cell for cell in book.cells if cell.metadata.get("nbgrader", {}).get("grade_id") != "segment-ids"]
    book.cells.append(nbformat.v4.new_code_cell(ANSWER, id="at-the-end"))
    found = repaired(book)
    assert_complete(found)
    assert answer(found) == ANSWER


def test_last_of_two_copies_of_an_answer_counts() -> None:
    book = submitted()
    later = ANSWER.replace("mine", "my second attempt")
    copy_of(book, "segment-ids", later)
    assert answer(repaired(book)) == later


def test_undamaged_submission_is_unchanged_and_has_no_notes() -> None:
    found = repair(json.dumps(submitted()).encode(), RELEASED)
    assert found.notes == ()
    assert [cell.source for cell in found.notebook.cells] == [cell.source for cell in submitted().cells]


@pytest.mark.parametrize(
    "path", sorted(KIT.glob("release/*/*/*.ipynb")), ids=lambda path: f"{path.parts[-3]}-{path.stem}"
)
def test_released_notebook_is_unchanged(path: Path) -> None:
    released = notebooks.read(path)
    found = repair(path.read_bytes(), released)
    assert found.notes == ()
    assert [cell.source for cell in found.notebook.cells] == [cell.source for cell in released.cells]


KINDS = ["delete", "copy", "move", "strip", "retype"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 99), st.integers(0, 99))))
def test_any_sequence_of_damage_is_repaired(damages: list[tuple[str, int, int]]) -> None:
    book = submitted()
    for kind, where, to in damages:
        if not book.cells:
            break
        place = where % len(book.cells)
        cell = book.cells[place]
        if kind == "delete":
            del book.cells[place]
        elif kind == "copy":
            book.cells.insert(to % len(book.cells), copy.deepcopy(cell))
        elif kind == "move":
            book.cells.insert(to % len(book.cells), book.cells.pop(place))
        elif kind == "strip":
            cell.metadata = {}
        else:
            cell.cell_type = "raw"
    assert_complete(repaired(book))


def merge_into_graded_cell(book: NotebookNode) -> None:
    """Put the answer above the text of its graded cell, and delete the answer's cell."""
    graded = named(book, "grade-segment-ids")
    graded.source = ANSWER + "\n" + graded.source
    book.cells.remove(named(book, "segment-ids"))


def type_over_graded_cell(book: NotebookNode) -> None:
    named(book, "grade-segment-ids").source = ANSWER
    named(book, "segment-ids").source = named(RELEASED, "segment-ids").source


def empty_the_answer_at_the_end(book: NotebookNode) -> None:
    book.cells.append(nbformat.v4.new_code_cell(named(RELEASED, "segment-ids").source, id="stub-again"))


def fence(book: NotebookNode) -> None:
    retype("markdown")(book)
    named(book, "segment-ids").source = f"```python\n{ANSWER}```"


def join_with_the_first_answer(book: NotebookNode) -> None:
    named(book, "encode-pair").source += f"\n\n{ANSWER}"
    book.cells.remove(named(book, "segment-ids"))


def join_all_answers_in_a_new_cell(book: NotebookNode) -> None:
    answers = [named(book, name) for name in NAMES if not name.startswith("grade-")]
    own = nbformat.v4.new_code_cell("\n\n".join(cell.source for cell in answers), id="all")
    book.cells = [own, *(cell for cell in book.cells if cell not in answers)]


def write_above_the_stub(book: NotebookNode) -> None:
    copy_of(book, "segment-ids", ANSWER, before=True)
    above = next(cell for cell in book.cells if cell.id == "copied")
    above.metadata = {}
    named(book, "segment-ids").source = named(RELEASED, "segment-ids").source


def paste_the_stub_below(book: NotebookNode) -> None:
    copy_of(book, "segment-ids", named(RELEASED, "segment-ids").source)


def append_the_released_notebook(book: NotebookNode) -> None:
    book.cells += copy.deepcopy(RELEASED).cells


@pytest.mark.parametrize(
    "damage",
    [
        merge_into_graded_cell, type_over_graded_cell, empty_the_answer_at_the_end, fence, write_above_the_stub,
        paste_the_stub_below, append_the_released_notebook,
    ],
)  # fmt: skip
def test_answer_in_an_unusual_place_counts(damage: Callable[[NotebookNode], None]) -> None:
    book = submitted()
    damage(book)
    found = repaired(book)
    assert_complete(found)
    assert answer(found).strip() == ANSWER.strip()


@pytest.mark.parametrize(
    "source",
    [
        f"if True:\n{textwrap.indent(ANSWER, '    ')}",
        f"%%time\n{ANSWER}",
        ANSWER.replace("index, mark", "index: list, mark"),
    ],
    ids=["indented", "magic", "annotated"],
)  # fmt: skip
def test_answer_without_metadata_is_found_by_the_function_it_defines(source: str) -> None:
    book = submitted()
    cell = named(book, "segment-ids")
    cell.metadata, cell.id, cell.source = {}, "other", source
    assert named(repaired(book), "segment-ids").source == source


def join_in_a_text_cell(book: NotebookNode) -> None:
    join_with_the_first_answer(book)
    cell = named(book, "encode-pair")
    cell.cell_type, cell.source = "markdown", f"```python\n{cell.source}\n```"
    del cell["outputs"], cell["execution_count"]


def raw_cells_without_metadata(book: NotebookNode) -> None:
    retype("raw")(book)
    strip_metadata_and_ids(book)


@pytest.mark.parametrize(
    "damage",
    [
        join_with_the_first_answer,
        join_all_answers_in_a_new_cell,
        join_in_a_text_cell,
        raw_cells_without_metadata,
    ],
)
def test_answers_joined_in_one_cell_count(damage: Callable[[NotebookNode], None]) -> None:
    """The released stubs were restored below them and overwrote every answer."""
    book = submitted()
    damage(book)
    found = repaired(book)
    assert_complete(found)
    assert ANSWER.rstrip() in answer(found)


def join_with_the_text_above(book: NotebookNode) -> None:
    text, cell = next(each for each in book.cells if each.id == "about-segment-ids"), named(book, "segment-ids")
    text.source += f"\n\n{cell.source}"
    book.cells.remove(cell)


def write_above(stub: str) -> Callable[[NotebookNode], None]:
    def change(book: NotebookNode) -> None:
        write_above_the_stub(book)
        named(book, "segment-ids").source = stub

    return change


def store_the_result_under_the_functions_name(book: NotebookNode) -> None:
    """The graded cell was moved below it, and the verdict was that the answer is a list."""
    book.cells.append(nbformat.v4.new_code_cell("segment_ids = segment_ids([1, 2], 2)", id="tried"))


@pytest.mark.parametrize(
    "damage",
    [
        join_with_the_text_above,
        write_above("def segment_ids(index, mark):\n    pass"),
        write_above("def segment_ids(index, mark):\n\n    raise NotImplementedError"),
        write_above("def segment_ids(index, mark):\n    # later\n    ...\n    return None"),
        store_the_result_under_the_functions_name,
    ],
)
def test_answer_counts_beside_a_stub_that_was_edited_or_in_joined_cells(
    damage: Callable[[NotebookNode], None],
) -> None:
    book = submitted()
    damage(book)
    found = repaired(book)
    assert_complete(found)
    assert ANSWER.rstrip() in answer(found)
    position = found.cells.index(named(found, "grade-segment-ids"))
    assert all("segment_ids = segment_ids" not in cell.source for cell in found.cells[:position])


def test_graded_cells_joined_with_the_answers_are_removed() -> None:
    """A call of ``grade()`` in the joined cell ended it with an error after the first answer."""
    book = submitted()
    code = "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "code")
    book.cells = [nbformat.v4.new_code_cell(code, id="joined")]
    found = repaired(book)
    assert ANSWER.rstrip() in answer(found)
    graded = [cell.source for cell in found.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert len(graded) == 6
    assert all("grade(" not in cell.source for cell in found.cells if cell.source not in graded)


@pytest.mark.parametrize(
    "source",
    [
        ANSWER.replace("    ", "\u00a0\u00a0\u3000 "),
        f"\ufeff{ANSWER}".replace(":", "\u200b:"),
        ANSWER.replace("\n", "\u2028"),
        f"```python\n{ANSWER}```",
        ANSWER.replace("'mine'", "‘mine’"),
        f"# {ANSWER}",
        f"<<<<<<< local\n{ANSWER}=======\ndef segment_ids(index, mark):\n    return 0\n>>>>>>> remote",
        f"<<<<<<< local\n{ANSWER}||||||| base\n1 +\n=======\n2 +\n>>>>>>> remote\n",
    ],
    ids=["spaces", "invisible", "line ends", "fence", "quotes", "heading", "conflict", "conflict with ancestor"],
)
def test_answer_is_mended_that_an_editor_or_a_merge_made_invalid(source: str) -> None:
    book = submitted()
    named(book, "segment-ids").source = source
    found = repair(json.dumps(book).encode(), RELEASED)
    assert "\n".join(named(found.notebook, "segment-ids").source.split()) == "\n".join(ANSWER.split())
    assert found.notes == ("the code of segment-ids had marks or characters that are not Python",)


def test_code_that_the_learner_got_wrong_is_not_mended() -> None:
    book = submitted()
    wrong = "def segment_ids(index, mark)：\n    return []\n"
    named(book, "segment-ids").source = wrong
    found = repair(json.dumps(book).encode(), RELEASED)
    assert named(found.notebook, "segment-ids").source == wrong
    assert found.notes == ()


@pytest.mark.parametrize(
    ("asking", "note"),
    [
        ("name = input('Your name: ')", True),
        ("from google.colab import drive", True),
        ("name = input('Your name; ');\nprint(name.upper())", True),
        ("from google.colab import drive\ndrive.mount('/content/drive')\ndel drive", True),
        ("import google.colab.auth as auth\nwho = auth.login()\nif who:\n    who += '!'\n    greeted = who", True),
        ("print('input')", False),
        ("x = 1", False),
    ],
)
def test_question_in_an_answer_cell_does_not_prevent_the_answer(asking: str, note: bool) -> None:
    """``input()`` ended the cell with an EOFError before the function was defined."""
    book = submitted()
    named(book, "segment-ids").source = f"{asking}\n{ANSWER}"
    found = repair(json.dumps(book).encode(), RELEASED)
    assert ("the cell of segment-ids asked for input, or used a module of Colab or Kaggle" in found.notes) is note
    assert (named(found.notebook, "segment-ids").source == ANSWER) is note
    assert asking in "".join(cell.source for cell in found.notebook.cells)


def test_only_what_uses_an_answer_to_a_question_is_separated() -> None:
    book = submitted()
    rest = (
        "!pip install torch\n%matplotlib inline\nfiles = !ls\n"
        f"{ANSWER}name = 'Ada'\nprint(name, files)\n\ndef mine():\n    return again\n"
    )
    asking = "name = input('Your name: ')\nagain = [name for each in name]\nagain += [name]"
    named(book, "segment-ids").source = f"%%time\n{asking}\n{rest}print(again)\n[again for again in files]"
    found = repair(json.dumps(book).encode(), RELEASED).notebook
    place = found.cells.index(named(found, "segment-ids"))
    assert found.cells[place].source == f"%%time\n{rest}[again for again in files]"
    assert found.cells[place - 1].source == f"{asking}\nprint(again)"


def test_statements_in_the_line_of_a_question_stay_with_it() -> None:
    book = submitted()
    named(book, "segment-ids").source = source = f"name = input('Your name: '); X = 1\n{ANSWER}"
    assert named(repaired(book), "segment-ids").source == source


@pytest.mark.parametrize(
    ("asking", "prepared"),
    [
        ("from google.colab import userdata", "try:\n    known = userdata.get('K')\nexcept Exception:\n    known = 1"),
        (
            "from google.colab import drive",
            "import os\nif os.path.exists('/content'):\n    drive.mount('/d')\n    known = 2\nelse:\n    known = 1",
        ),
        ("from google.colab import drive", "known = 1\nif known > 1:\n    drive.mount('/d')\n    known = 2"),
        (
            "from google.colab import userdata",
            "from contextlib import suppress\nknown = 1\nwith suppress(Exception):\n    known = userdata.get('K')",
        ),
        ("from google.colab import userdata", "known = userdata.get('K') if 'x' in '' else 1"),
        ("from google.colab import drive", "later = lambda: drive.mount('/d')\nknown = 1"),
        ("", "try:\n    from google.colab import userdata\nexcept ImportError:\n    known = 1"),
        ("", "known = input('A number: ') if False else 1"),
    ],
)
def test_code_that_is_prepared_for_another_place_than_colab_stays_above_the_answer(asking: str, prepared: str) -> None:
    """It was separated as a whole with the import, so that what it sets was not defined for the answer below it."""
    book = submitted()
    rest = f"{prepared}\n\ndef segment_ids(index, mark):\n    return [known]\n"
    named(book, "segment-ids").source = f"{asking}\n{rest}" if asking else rest
    found = repaired(book)
    place = found.cells.index(named(found, "segment-ids"))
    assert found.cells[place].source == rest
    assert not asking or found.cells[place - 1].source == asking
    names: dict[str, object] = {}
    exec(rest, names)
    assert names["segment_ids"]([], 2) == [1]  # type: ignore[operator]


@pytest.mark.parametrize(
    "more",
    [
        "if not name:\n    name = 'Ada'",
        "if name:\n    print(name)\nelse:\n    print('none')",
        "for letter in name:\n    print(letter)",
        "if 1 > 0:\n    print(name)",
    ],
)
def test_branches_and_loops_that_need_an_answer_to_a_question_are_separated(more: str) -> None:
    book = submitted()
    named(book, "segment-ids").source = f"name = input('Your name: ')\n{more}\n{ANSWER}print(ANSWER)"
    found = repaired(book)
    assert named(found, "segment-ids").source == f"{ANSWER}print(ANSWER)"


def test_statement_that_defines_the_answer_stays_in_its_cell() -> None:
    book = submitted()
    value = "mark = who + 'x'\nsegment_ids = lambda index, mark, who=who: [who]"
    named(book, "segment-ids").source = f"who = input('Your name: ')\n{value}"
    assert named(repaired(book), "segment-ids").source == value.partition("\n")[2]


def uses(below: str, body: str, *above: str) -> tuple[tuple[str, ...], NotebookNode]:
    """Return the notes for an answer with this body, cells below it and cells above it, and the repaired notebook."""
    book = submitted()
    named(book, "segment-ids").source = f"def segment_ids(index, mark):\n    {body}\n"
    place = book.cells.index(named(book, "segment-ids"))
    book.cells[place:place] = [nbformat.v4.new_code_cell(source) for source in above]
    book.cells.append(nbformat.v4.new_code_cell(below))
    found = repair(json.dumps(book).encode(), RELEASED)
    return found.notes, found.notebook


@pytest.mark.parametrize(
    ("below", "body"),
    [
        ("ZERO = 0", "return [ZERO for each in index]"),
        ("import numpy as np\nprint('seen')", "return np.zeros(3)"),
        ("%matplotlib inline\ndef half(n):\n    return len(n) // TWO\nTWO = 2", "return half(index)"),
        ("%%time\nhalf = lambda n: n", "return half(index)"),
        ("E = 'é'; print('seen'); ZERO = [\n    0\n]; TWO = 2", "return [E, ZERO, TWO]"),
    ],
)
def test_definition_that_the_learner_ran_earlier_is_brought_up(below: str, body: str) -> None:
    notes, book = uses(below, body)
    assert notes == ("segment-ids uses what is defined further down",)
    position = book.cells.index(named(book, "segment-ids"))
    brought = book.cells[position - 1].source
    assert "print" not in brought
    names: dict[str, object] = {}
    exec(f"{brought}\n{named(book, 'segment-ids').source}", names)
    names["segment_ids"]([1, 2], 2)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("below", "body", "above"),
    [
        ("ZERO = 1", "return [ZERO]", ["ZERO = 0"]),
        ("ZERO = 1", "return [ZERO]", ["from numbers import *"]),
        ("ZERO = 1", "return [ZERO]", ["a cell that is not Python"]),
        ("ZERO = print(1)", "return [ZERO]", []),
        ("index = 1", "return index", []),
        ("len = 1", "return len(index)", []),
        ("1 +", "return [ZERO]", []),
    ],
)
def test_nothing_is_brought_up_that_is_known_or_has_an_effect(below: str, body: str, above: list[str]) -> None:
    notes, _book = uses(below, body, *above)
    assert notes == ()


def test_an_old_attempt_in_a_text_cell_stays_text() -> None:
    book = submitted()
    book.cells.append(nbformat.v4.new_markdown_cell("```\ndef segment_ids(index, mark):\n    return 0\n```", id="old"))
    found = repair(json.dumps(book).encode(), RELEASED)
    assert found.notes == ()
    assert found.notebook.cells[-1].cell_type == "markdown"


@pytest.mark.parametrize("kind", ["deleted", "moved", "text"])
def test_released_imports_are_restored_at_the_top(kind: str) -> None:
    """Without them every answer raises NameError; a learner who deletes the cell after running it doesn't notice."""
    book = submitted()
    [cell] = [cell for cell in book.cells if cell.source.startswith("import torch")]
    if kind == "text":
        cell.cell_type = "markdown"
        del cell["outputs"], cell["execution_count"]
    else:
        book.cells.remove(cell)
    if kind == "moved":
        book.cells.append(cell)
    found = repair(json.dumps(book).encode(), RELEASED)
    assert found.notebook.cells[0].source.startswith("import torch")
    assert found.notes == ("the released imports were missing at the top",)


def test_long_line_of_hashes_is_parsed_quickly() -> None:
    """A regular expression tried every way to split the line: each hash doubled the time, and the class waited."""
    book = submitted()
    named(book, "segment-ids").source = source = f"{'#' * 60}\n{ANSWER}"
    assert named(repaired(book), "segment-ids").source == source


def test_thousands_of_conflict_marks_in_a_cell_are_left() -> None:
    book = submitted()
    marks = "".join(f"{mark} x\n" * 1_000 for mark in ("<<<<<<<", "|||||||")) + "=======\n" * 1_000
    named(book, "segment-ids").source = source = f"(\n{marks}{ANSWER}"
    assert named(repaired(book), "segment-ids").source == source


def test_a_helper_with_a_long_sum_is_brought_up_as_it_is_written() -> None:
    """To write it from its syntax tree ended in a RecursionError, and nothing of the submission was graded."""
    helper = f"def half(n):\n    # a long sum\n    return {' + '.join(['n'] * 900)}"
    notes, book = uses(f"print(1)\n{helper}\n", "return half(1)")
    assert notes == ("segment-ids uses what is defined further down",)
    assert helper in [cell.source for cell in book.cells]


def test_thousands_of_unknown_names_are_looked_up_at_once() -> None:
    """Each name was compared with each statement below."""
    book = submitted()
    unknown = ", ".join(f"u{number}" for number in range(6_000))
    source = f"def segment_ids(index, mark):\n    return [{unknown}]\n"
    named(book, "segment-ids").source = source
    for number in range(9):
        book.cells.append(nbformat.v4.new_code_cell("v=1\n" * 11_000 + f"w={number}"))
    assert named(repaired(book), "segment-ids").source == source


def test_only_as_much_code_is_parsed_as_an_exercise_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every graded cell parsed the whole notebook again, and a cell of a megabyte took seconds each time."""
    book = submitted()
    small, large, many = "x = 1\n" * 100, "y = 1\n" * 100_000, "z = 1\n" * 8_000
    book.cells += [nbformat.v4.new_code_cell(source) for source in (small, large, *[many] * 30)]
    times: Counter[str] = Counter()
    parse = ast.parse

    def count(source: str) -> ast.Module:
        times[source] += 1
        return parse(source)

    with monkeypatch.context() as patch:
        patch.setattr(ast, "parse", count)
        found = repair(json.dumps(book).encode(), RELEASED)
    assert 0 < times[small] <= 2
    assert times[large] == times[many] == 0
    assert found.notes == ()
    assert [cell.source for cell in found.notebook.cells] == [cell.source for cell in book.cells]


@pytest.mark.parametrize(
    ("more", "terms"),
    [
        ([nbformat.v4.new_markdown_cell(f"![](data:image/png;base64,{'A' * 60_000})")], 150),
        ([nbformat.v4.new_code_cell("x = 1\n" * 40) for _each in range(2_100)], 45),
    ],
    ids=["a picture in a text", "many short cells"],
)
def test_helpers_are_brought_up_for_every_answer_beside_what_is_too_long(more: list[NotebookNode], terms: int) -> None:
    """The limit fell to the longest other cell, and what had been brought up for the first answer was longer."""
    book = submitted()
    named(book, "encode-pair").source = "def encode_pair(tokenizer, first, second):\n    return one() + two()"
    named(book, "segment-ids").source = "def segment_ids(index, mark):\n    return three()"
    helpers = [f"def {name}():\n    return {'+ 1 ' * terms}" for name in ("one", "two", "three")]
    book.cells += [*map(nbformat.v4.new_code_cell, helpers), *more]
    found = repair(json.dumps(book).encode(), RELEASED)
    assert found.notes == tuple(f"{name} uses what is defined further down" for name in ("encode-pair", "segment-ids"))


@pytest.mark.parametrize("damage", [paste_the_stub_below, strip_metadata_and_ids, delete("grade-segment-ids")])
def test_an_answer_in_a_very_long_cell_counts(damage: Callable[[NotebookNode], None]) -> None:
    book = submitted()
    named(book, "segment-ids").source = source = ANSWER + "DATA = [\n" + "    0,\n" * 20_000 + "]\n"
    damage(book)
    found = repaired(book)
    assert_complete(found)
    assert answer(found) == source


def test_an_answer_inside_a_class_is_noted() -> None:
    book = submitted()
    named(book, "segment-ids").source = f"class Answer:\n{textwrap.indent(ANSWER, '    ')}"
    assert repair(json.dumps(book).encode(), RELEASED).notes == (
        "the answer of segment-ids is inside a class or a function",
    )


def test_a_notebook_of_another_assignment_is_refused() -> None:
    other = notebooks.read(KIT / "release" / "en" / "1-introduction" / "1-introduction.ipynb")
    empty = nbformat.v4.new_notebook()
    for book in (other, empty):
        with pytest.raises(UnusableNotebook, match="not of this assignment"):
            repair(json.dumps(book).encode(), RELEASED)
    bare = submitted()
    strip_metadata_and_ids(bare)
    assert_complete(repair(json.dumps(bare).encode(), RELEASED).notebook)


@pytest.mark.parametrize(
    "source",
    [
        "segment_ids = None",
        "for segment_ids in [1, 2]:\n    pass",
        "segment_ids = segment_ids([101, 102], 102)",
        "def segment_ids(index, mark):\n    raise NotImplementedError",
        "%time 1\ndel segment_ids",
        "size = 1; segment_ids = 2",
    ],
)
def test_answer_that_a_later_cell_overwrites_before_its_check_is_graded(source: str) -> None:
    """The answer had no points, and no note said why."""
    book = submitted()
    place = book.cells.index(named(book, "segment-ids"))
    book.cells[place + 1 : place + 1] = [nbformat.v4.new_code_cell("print(1)"), nbformat.v4.new_code_cell(source)]
    found = repair(json.dumps(book).encode(), RELEASED)
    assert_complete(found.notebook)
    sources = [cell.source for cell in found.notebook.cells]
    assert sources.index(ANSWER) < sources.index(named(RELEASED, "grade-segment-ids").source) < sources.index(source)
    assert found.notes == ("the answer of segment-ids was overwritten before its check",)


@pytest.mark.parametrize(
    "source",
    [
        "def other():\n    segment_ids = 1",
        "from mine import segment_ids",
        "[segment_ids for segment_ids in [1]]",
        "size = 1; segment_ids = lambda index, mark: []",
        "size = 1; segment_ids = remember(segment_ids)",
    ],
)
def test_cell_that_does_not_overwrite_an_answer_stays_above_its_check(source: str) -> None:
    book = submitted()
    book.cells.insert(book.cells.index(named(book, "segment-ids")) + 1, nbformat.v4.new_code_cell(source))
    found = repair(json.dumps(book).encode(), RELEASED)
    assert found.notes == ()
    assert [cell.source for cell in found.notebook.cells] == [cell.source for cell in book.cells]


@pytest.mark.parametrize(
    ("counts", "kept"),
    [
        ((3, 4, 5), "mine"),  # "Run All": the learner's check saw the answer above it
        ((3, 9, 5), "second"),
        ((3, None, 5), "second"),
        ((3, 4, None), "second"),
        (("3", [4], {}), "second"),
    ],
)
def test_of_answers_above_and_below_a_check_the_one_counts_that_it_saw_last(
    counts: tuple[object, ...], kept: str
) -> None:
    """An experiment below the check, which the learner ran after it, replaced the answer."""
    book = submitted()
    book.cells.append(nbformat.v4.new_code_cell(ANSWER.replace("mine", "second")))
    cells = (named(book, "segment-ids"), named(book, "grade-segment-ids"), book.cells[-1])
    for cell, count in zip(cells, counts, strict=True):
        cell.execution_count = count
    found = repair(json.dumps(book).encode(), RELEASED)
    assert_complete(found.notebook)
    sources = [cell.source for cell in found.notebook.cells]
    check = sources.index(named(RELEASED, "grade-segment-ids").source)
    *_others, last = (source for source in sources[:check] if "def segment_ids" in source)
    assert kept in last
    assert len(found.notes) == 1
    assert {cell.get("execution_count") for cell in found.notebook.cells} == {None}


def test_second_answer_below_the_check_is_noted() -> None:
    """The note said that the check was above its answer, although another answer was above it."""
    book = submitted()
    book.cells.append(nbformat.v4.new_code_cell(ANSWER.replace("mine", "second")))
    found = repair(json.dumps(book).encode(), RELEASED)
    assert found.notes == ("grade-segment-ids has an answer above it and another one below, which counts",)
