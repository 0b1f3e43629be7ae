"""NameErrors for names that a lesson defines name the cell to run; other errors are shown unchanged."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes

from autograde.session.explained_errors import STARTUP
from autograde.session.missing_names import defining_notebook, missing_in
from autograde.settings import KIT

#: The code cells of a lesson, which define names.
LESSON = (
    'from autograde.lesson import open_lesson\n\nlesson = open_lesson("2.4")',
    'clone = lesson.folder / "mymodel04"\nlisted = !ls\n!cp "{clone}" .',
    "def fingerprint(path):\n    inside = path\n    return inside",
    "for file in []:\n    pass",
)

#: A cell of lesson 2.4 whose blank is filled in without quotation marks.
FILL = 'fill = print\ncommand = fill("the-word-that-stages", add)'


def lesson(text: str = "Upload") -> str:
    return str(writes(new_notebook(cells=[new_markdown_cell(text), *map(new_code_cell, LESSON)])))


def run(folder: Path, *cells: str) -> list[list[NotebookNode]]:
    """Run cells in a kernel of ``autograde learn``, in a folder with a lesson."""
    (folder / "2.4-upload-a-local-model.ipynb").write_text(lesson())
    book = new_notebook(cells=[new_code_cell(STARTUP), *(new_code_cell(cell) for cell in cells)])
    resources = {"metadata": {"path": str(folder)}}
    environment = os.environ | {"AUTOGRADE_LANGUAGE": "en"}
    NotebookClient(book, timeout=60, allow_errors=True, resources=resources).execute(env=environment)
    return [cell.outputs for cell in book.cells[1:]]


def test_name_defined_by_an_earlier_cell_is_explained(tmp_path: Path) -> None:
    [[error]] = run(tmp_path, "print(lesson.folder)")
    assert error.ename == "NameError"
    assert "`lesson` is not defined yet" in "".join(error.traceback)
    assert "Traceback" not in "".join(error.traceback)


def test_a_misspelt_name_keeps_its_traceback(tmp_path: Path) -> None:
    """No cell defines the name, so running the cells above would not help."""
    [_first, [error]] = run(tmp_path, "lesson = 1", "print(leson)")
    assert "Traceback" in "".join(error.traceback)
    assert "is not defined yet" not in "".join(error.traceback)


@pytest.mark.parametrize(
    "code", ['answers = {\n    "hub": a,\n    "card": "b",\n}', "sign_up = {'username': ada}", FILL]
)
def test_a_text_without_quotation_marks_is_explained(code: str, tmp_path: Path) -> None:
    [[error]] = run(tmp_path, code)
    assert error.ename == "NameError"
    said = "".join(error.traceback)
    assert "Traceback" not in said
    assert re.search(r'put it in quotation marks: "(a|ada|add)"\.', said)


def test_a_misspelt_name_in_a_dictionary_that_is_no_value_keeps_its_traceback(tmp_path: Path) -> None:
    [[error]] = run(tmp_path, '{"x": len(leson)}')
    assert "Traceback" in "".join(error.traceback)


def test_an_error_inside_a_function_keeps_its_traceback(tmp_path: Path) -> None:
    [[error]] = run(tmp_path, "def f():\n    return clone\n\nf()")
    assert "Traceback" in "".join(error.traceback)
    assert "is not defined yet" not in "".join(error.traceback)


def test_cell_runs_after_the_name_is_defined(tmp_path: Path) -> None:
    [_first, [output], _last] = run(tmp_path, "clone", "clone = 1; print(clone)", "1")
    assert output.text == "1\n"


def test_a_shell_command_with_a_missing_name_is_not_run(tmp_path: Path) -> None:
    """IPython would run it with the braces, and `cp` would complain about a folder called {clone}."""
    [[error]] = run(tmp_path, '!echo "{clone}"')
    assert error.ename == "NameError"
    assert "`clone` is not defined yet" in "".join(error.traceback)


def test_shell_commands_expand_names_of_cells_and_functions(tmp_path: Path) -> None:
    [[top], [inside], [other]] = run(
        tmp_path,
        'clone = "here"\n!echo "{clone}"',
        'def show(place):\n    !echo "{place} ${{HOME}}"\n\nshow("there")',
        '!echo "{nothing}"',
    )
    assert top.text.strip() == "here"
    assert inside.text.startswith("there ")
    assert other.text.strip() == "{nothing}"


@pytest.mark.parametrize(
    "command",
    ["mkdir {a,b}", "echo ${HOME}", "git log HEAD@{u}", "awk '{print $1}'", "ls {a..z}", "xargs -I {} rm {}", "{x}"],
)
def test_shell_braces_are_not_missing_names(command: str) -> None:
    assert missing_in(command, {"x"}) is None


@pytest.mark.parametrize("name", ["lesson", "open_lesson", "clone", "listed", "fingerprint", "file"])
def test_notebook_that_defines_a_name_is_found(tmp_path: Path, name: str) -> None:
    path = tmp_path / "2.4.ipynb"
    path.write_text(lesson())
    assert defining_notebook(tmp_path, name) == path


def test_names_in_functions_and_other_notebooks_are_not_found(tmp_path: Path) -> None:
    (tmp_path / "lesson.ipynb").write_text(lesson())
    (tmp_path / "mine.ipynb").write_text(writes(new_notebook(cells=[new_code_cell("mine = 1")])))
    (tmp_path / "broken.ipynb").write_text("{")
    for name in ("inside", "mine", "path"):
        assert defining_notebook(tmp_path, name) is None


@pytest.mark.parametrize("path", sorted((KIT / "course").glob("[0-9]*.ipynb")), ids=lambda path: path.stem)
def test_names_defined_in_every_lesson_are_found(path: Path) -> None:
    assert defining_notebook(path.parent, "lesson")
    names = {"2.4": "clone", "2.6": "tokens_tensor", "2.6b": "vectors", "2.2": "grid"}
    if name := names.get(path.stem.split("-")[0]):
        assert defining_notebook(path.parent, name)


# Plain Jupyter: the kit is installed, and a notebook is opened without `autograde learn`.


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a virtual environment with this one's packages and the start-up file, as pip installs the kit."""
    venv = tmp_path_factory.mktemp("plain") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    places = [str(KIT), *(path for path in sys.path if path.endswith("site-packages"))]
    (site / "this-environment.pth").write_text("\n".join(places))
    startup = venv / "etc" / "ipython" / "startup"
    startup.mkdir(parents=True)
    (startup / "50-autograde.py").write_bytes((KIT / "autograde/session/kernel_startup.py").read_bytes())
    return venv / "bin" / "python"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def run_in_plain_jupyter(python: Path, folder: Path, home: Path, *cells: str) -> list[list[NotebookNode]]:
    """Run cells in a new kernel of ``python``, started as Jupyter and editors start it."""

    class Manager(AsyncKernelManager):
        def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
            return [str(python), *super().format_kernel_cmd(extra_arguments)[1:]]

    book = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AUTOGRADE_", "HF_", "LC_"))}
    environment = kept | {"HOME": str(home), "LANG": "C.UTF-8", "IPYTHONDIR": str(home / ".ipython")}
    environment.pop("LANGUAGE", None)
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(book, timeout=60, allow_errors=True, resources=resources, kernel_manager_class=Manager)
    client.execute(env=environment)
    return [cell.outputs for cell in book.cells]


@pytest.mark.parametrize(
    ("text", "words"), [("Upload", "is not defined yet: the cell above"), ("上传", "还没有定义：上面定义它的单元格")]
)
def test_cell_run_alone_in_plain_jupyter_says_which_cell_to_run_first(
    plain: Path, tmp_path: Path, home: Path, text: str, words: str
) -> None:
    (tmp_path / "2.4.ipynb").write_text(lesson(text))
    [[name], [command], [own], [after]] = run_in_plain_jupyter(
        plain, tmp_path, home, "print(lesson.folder)", '!cp "{clone}" .', "print(leson)", "print(sorted(globals())[-1])"
    )
    assert f"`lesson` {words}" in "".join(name.traceback)
    assert f"`clone` {words}" in "".join(command.traceback)
    assert "Traceback" in "".join(own.traceback)
    # The start-up file leaves no name behind.
    assert "install" not in after.text
    assert not any((home / ".ipython").rglob("*autograde*"))


def test_other_notebooks_in_plain_jupyter_are_not_affected(plain: Path, tmp_path: Path, home: Path) -> None:
    (tmp_path / "mine.ipynb").write_text(writes(new_notebook(cells=[new_code_cell("clone = 1")])))
    [[name], [command], [names]] = run_in_plain_jupyter(
        plain, tmp_path, home, "clone", '!echo "{clone}"', "import sys; print('ipywidgets' in sys.modules, dir())"
    )
    assert "Traceback" in "".join(name.traceback)
    assert command.text.strip() == "{clone}"
    # The start-up file runs in every kernel of the environment: it must not import ipywidgets.
    assert names.text.startswith("False ")
    assert "install" not in names.text
