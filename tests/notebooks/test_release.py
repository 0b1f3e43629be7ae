"""The release: reproducible, up to date in git, without solutions, and runnable without changes."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from typer.testing import CliRunner

from autograde import notebooks
from autograde.cli.commands import app
from autograde.errors import FolderUnusable, UnusableNotebook
from autograde.exercises.exercise import VERDICT
from autograde.hub.environment import client_environment
from autograde.i18n import catalogues
from autograde.i18n.translation import LOCALE
from autograde.judge import AnswerKind, Outcome, Verdict
from autograde.notebooks import release
from autograde.notebooks.generating import CODE_STUB
from autograde.questions import assignments
from autograde.runner.answers.calling import untouched
from autograde.settings import KIT, LANGUAGES

NAME = "2.6-load-the-downloaded-model"
NOTEBOOK = f"{NAME}/{NAME}.ipynb"
#: Section → its notebook, below source/ and release/<language>/.
NOTEBOOKS = {name.split("-")[0]: f"{name}/{name}.ipynb" for name in release.assignments(KIT / "source")}
SOURCES = {section: notebooks.read(KIT / "source" / path) for section, path in NOTEBOOKS.items()}
SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"


@pytest.fixture(scope="module")
def built() -> dict[str, bytes]:
    return release.build(KIT / "source")


def solution_lines(source: str) -> list[str]:
    """Return the lines between the two marks in a cell of the instructor's version."""
    _before, mark, rest = source.partition(SOLUTION[0])
    return rest.partition(SOLUTION[1])[0].splitlines() if mark else []


def test_each_assignment_of_the_judge_has_a_notebook() -> None:
    assert set(NOTEBOOKS) == set(assignments())


def test_only_existing_lessons_are_named() -> None:
    """Exercise 1 referred to lessons 1 and 2, which did not exist."""
    existing = {path.name.split("-")[0] for path in (KIT / "course").glob("*.ipynb")}
    patterns = [r"\blessons? ((?:[\d.]*\d(?:,? and |, | to )?)+)", r"第 ([\d.]+)(?: 到 | 课和第 )?([\d.]*) 课"]
    texts = [cell.source for book in SOURCES.values() for cell in book.cells]
    messages = catalogues.catalogue(LOCALE / "zh" / "LC_MESSAGES" / "judge.po")
    texts += [str(text) for message in messages for text in (message.id, message.string)]
    named = {
        number
        for text in texts
        for pattern in patterns
        for found in re.findall(pattern, text)
        for number in re.findall(r"[\d.]*\d", " ".join(found) if isinstance(found, tuple) else found)
    }
    assert {"2.1", "2.6"} <= named
    assert named <= existing


def test_committed_release_is_up_to_date(built: dict[str, bytes]) -> None:
    """An earlier build on another machine had the same bytes."""
    assert release.stale(built, KIT / "release") == []
    assert {f"{language}/{path}" for language in LANGUAGES for path in NOTEBOOKS.values()} <= set(built)


def test_source_follows_the_rules_for_notebooks() -> None:
    paths = list(notebooks.files([KIT / "source"]))
    assert len(paths) == len(NOTEBOOKS)
    assert [problem for path in paths for problem in notebooks.check(path)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_release_follows_the_rules_for_notebooks(language: str) -> None:
    paths = list(notebooks.files([KIT / "release" / language]))
    assert len(paths) == len(NOTEBOOKS)
    assert [problem for path in paths for problem in notebooks.check(path)] == []


def test_release_contains_no_line_of_a_solution(built: dict[str, bytes]) -> None:
    lines = {
        line.strip() for source in SOURCES.values() for cell in source.cells for line in solution_lines(cell.source)
    }
    # Short lines may be in a release, too, except for entries of a dictionary, which name a right choice.
    revealing = {line for line in lines if len(line) >= 20 or re.fullmatch(r'"\w+": ".+",', line)}
    assert len(revealing) >= 10
    for name, content in built.items():
        text = content.decode()
        assert [line for line in revealing if json.dumps(line)[1:-1] in text] == [], name
        assert "BEGIN SOLUTION" not in text


def stubs(built: dict[str, bytes], section: str, language: str) -> dict[str, str]:
    """Return the cells of the release that the learner fills in, by grade id."""
    released = nbformat.reads(built[f"{language}/{NOTEBOOKS[section]}"].decode(), as_version=4)
    return {cell.id: cell.source for cell in released.cells if cell.metadata.get("nbgrader", {}).get("solution")}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", assignments())
def test_every_solution_cell_became_a_stub(section: str, language: str, built: dict[str, bytes]) -> None:
    found = stubs(built, section, language)
    assert set(found) == {question.function.replace("_", "-") for question in assignments()[section]}
    for question in assignments()[section]:
        source = found[question.function.replace("_", "-")]
        if question.kind is AnswerKind.FUNCTION:
            assert all(line in source for line in CODE_STUB.splitlines())
        else:
            assert "NotImplementedError" not in source
            namespace: dict[str, object] = {}
            exec(source, namespace)
            assert untouched(namespace[question.function])


@pytest.mark.parametrize("section", assignments())
def test_shown_solution_is_the_one_in_the_source(section: str) -> None:
    cells = {cell.id: cell for cell in SOURCES[section].cells}
    for question in assignments()[section]:
        source = cells[question.function.replace("_", "-")].source
        own, shown = ([line.strip() for line in text.splitlines()] for text in (source, question.teaching.solution))
        code = [line for line in own if line not in SOLUTION]
        # A dictionary's template is above its solution.
        assert code[-len(shown) :] == shown
        assert question.kind is AnswerKind.ENTRIES or len(code) == len(shown)


@pytest.mark.parametrize("section", assignments())
def test_points_and_names_agree_with_the_judge(section: str) -> None:
    graded = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in SOURCES[section].cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    for question in assignments()[section]:
        cell = graded.pop(f"grade-{question.function.replace('_', '-')}")
        assert cell.metadata.nbgrader.points == question.points
        assert f'grade("{section}", "{question.function}", globals())' in cell.source
        assert cell.metadata.nbgrader.locked
    assert graded == {}


def test_cells_of_nbgrader_have_their_grade_id_and_no_language() -> None:
    cells = [cell for source in SOURCES.values() for cell in source.cells if "nbgrader" in cell.metadata]
    assert len(cells) >= 2 * sum(map(len, assignments().values()))
    for cell in cells:
        assert cell.id == cell.metadata.nbgrader.grade_id
        assert notebooks.language_of(cell) is None
        assert cell.metadata.nbgrader.schema_version == 3


@pytest.mark.parametrize("section", assignments())
def test_code_is_the_same_in_both_languages_except_for_the_language(section: str, built: dict[str, bytes]) -> None:
    english, chinese = (
        [
            cell.source
            for cell in nbformat.reads(built[f"{language}/{NOTEBOOKS[section]}"].decode(), as_version=4).cells
            if cell.cell_type == "code"
        ]
        for language in ("en", "zh")
    )
    assert [source.replace('language="en"', 'language="zh"') for source in english] == chinese


#: Resets a kernel for the next notebook: no global names, and the kit not imported. The libraries that the kit imports
#: (torch, transformers) stay, because importing them takes most of the time and they keep nothing about a notebook.
RESET = """
get_ipython().reset(new_session=True)
for _name in [name for name in __import__("sys").modules if name.split(".")[0] == "autograde"]:
    del __import__("sys").modules[_name]
"""


@pytest.fixture(scope="module")
def run_all(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], nbformat.NotebookNode]:
    """Every released notebook after "Run all", by language and section, in one kernel that is reset in between and
    doesn't use the user's settings."""
    home = tmp_path_factory.mktemp("home")
    environment = client_environment("http://127.0.0.1:9", home) | {"IPYTHONDIR": str(home / "ipython")}
    done = {}
    client = NotebookClient(
        nbformat.v4.new_notebook(),
        timeout=120,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(home)}},
    )
    with client.setup_kernel(env=environment):
        for language, section in itertools.product(LANGUAGES, NOTEBOOKS):
            released = notebooks.read(KIT / "release" / language / NOTEBOOKS[section])
            for client.nb in (nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(RESET)]), released):
                for place, cell in enumerate(client.nb.cells):
                    client.execute_cell(cell, place)
            done[language, section] = released
    return done


every_release = pytest.mark.parametrize(("language", "section"), list(itertools.product(LANGUAGES, assignments())))


@every_release
def test_run_all_on_a_released_notebook_raises_nothing(
    language: str, section: str, run_all: dict[tuple[str, str], nbformat.NotebookNode]
) -> None:
    released = run_all[language, section]
    outputs = [output for cell in released.cells for output in cell.get("outputs", [])]
    assert outputs
    assert [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"] == []
    # The kernel was reset: the cells are numbered from 1.
    counts = [cell.execution_count for cell in released.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


@every_release
def test_run_all_on_a_released_notebook_reveals_nothing_and_gives_no_points(
    language: str, section: str, run_all: dict[tuple[str, str], nbformat.NotebookNode]
) -> None:
    outputs = [output for cell in run_all[language, section].cells for output in cell.get("outputs", [])]
    shown = "\n".join(map(str, outputs))
    questions = assignments()[section]
    for question in questions:
        for text in [
            *question.teaching.hints,
            *(misconception.explanation for misconception in question.misconceptions),
        ]:
            assert text.in_language("en") not in shown
            assert text.in_language("zh") not in shown
        assert question.teaching.solution.splitlines()[1].strip() not in shown
    verdicts = [Verdict.from_json(output.data[VERDICT]) for output in outputs if VERDICT in output.get("data", {})]
    assert [verdict.outcome for verdict in verdicts] == [Outcome.NOT_ATTEMPTED] * len(questions)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    shutil.copytree(KIT / "source", tmp_path / "source")
    shutil.copytree(KIT / "release", tmp_path / "release")
    return tmp_path


def test_changed_missing_and_extra_files_are_reported_and_fixed(course: Path, built: dict[str, bytes]) -> None:
    (course / "release" / "en" / NOTEBOOK).write_text("changed")
    (course / "release" / "zh" / NOTEBOOK).unlink()
    (course / "release" / "en" / "left-over.txt").write_text("from before")
    (course / "release" / "en" / ".ipynb_checkpoints").mkdir()
    (course / "release" / "en" / ".ipynb_checkpoints" / "a.ipynb").write_text("an editor's")
    wrong = [f"en/{NOTEBOOK}", "en/left-over.txt", f"zh/{NOTEBOOK}"]
    assert release.stale(built, course / "release") == sorted(wrong)
    assert release.write(built, course / "release") == sorted(wrong)
    assert release.stale(built, course / "release") == []


def test_widget_state_and_outputs_are_not_released(course: Path, built: dict[str, bytes]) -> None:
    path = course / "source" / NOTEBOOK
    dirty = notebooks.read(path)
    dirty.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"a": "a secret"}}}
    dirty.cells[2].outputs = [nbformat.v4.new_output("stream", text="a secret")]
    path.write_text(nbformat.writes(dirty), encoding="utf-8")
    assert release.build(course / "source") == built


def test_error_names_a_source_that_nbgrader_refuses(course: Path) -> None:
    path = course / "source" / NOTEBOOK
    path.write_text(path.read_text(encoding="utf-8").replace("### END SOLUTION", "###", 1), encoding="utf-8")
    with pytest.raises(UnusableNotebook, match=f"{NAME}.*solution"):
        release.build(course / "source")


def test_error_names_a_missing_source_folder(tmp_path: Path) -> None:
    with pytest.raises(FolderUnusable, match="source"):
        release.build(tmp_path / "source")


def test_command_reports_outdated_files(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograde.settings.KIT", course)
    monkeypatch.chdir(course)
    fine = CliRunner().invoke(app, ["release", "--check"])
    assert fine.exit_code == 0, fine.output
    (course / "release" / "zh" / NOTEBOOK).write_text("changed")
    stale = CliRunner().invoke(app, ["release", "--check"])
    assert stale.exit_code == 1
    assert f"zh/{NOTEBOOK}" in stale.output
    assert CliRunner().invoke(app, ["release"]).exit_code == 0
    assert CliRunner().invoke(app, ["release", "--check"]).exit_code == 0


def test_nbgraders_command_in_the_kits_folder_gives_the_same_release(course: Path, built: dict[str, bytes]) -> None:
    language = "zh"  # not the default
    shutil.copy(KIT / "nbgrader_config.py", course)
    # The committed release exists already: stock nbgrader would skip the assignment and leave the gradebook empty.
    assert (course / "release" / language / NOTEBOOK).exists()
    # A PATH without the virtual environment: nbgrader starts alembic by name.
    environment = client_environment("http://127.0.0.1:9", course / "home") | {
        "PATH": "/usr/bin:/bin",
        "LANGUAGE": language,
        "JUPYTER_CONFIG_DIR": str(course / "home"),
        "PYTHONPATH": os.pathsep.join([str(KIT)]),
    }
    environment.pop("AUTOGRADE_LANGUAGE", None)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", NAME],
        cwd=course, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as gradebook:
        assert gradebook.execute("select name from assignment").fetchall() == [(NAME,)]
    assert (course / "release" / language / NOTEBOOK).read_bytes() == built[f"{language}/{NOTEBOOK}"]
