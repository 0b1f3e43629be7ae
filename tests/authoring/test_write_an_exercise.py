"""Follow ``docs/write-an-exercise.md`` outside of the kit: run its commands, write its files, fill in its cells."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograde.authoring import as_path, create, problems
from autograde.errors import FolderUnusable
from autograde.settings import KIT

PAGE = (KIT / "docs" / "write-an-exercise.md").read_text(encoding="utf-8")
NOTEBOOK = "7.1-word-count"

#: Runs the code cells of a learner's notebook with an answer in place of the released cell.
LEARNER = """
import json, sys
notebook, answer = json.load(open(sys.argv[1], encoding="utf-8")), sys.argv[2]
names = {}
for cell in notebook["cells"]:
    source = answer if cell["id"] == "count-words" else "".join(cell["source"])
    if cell["cell_type"] == "code" and cell["id"] != "grade-count-words":
        exec(source, names)
from autograde.exercises import grade
print("points:", grade("7.1", "count_words", names))
"""


@dataclass
class Author:
    """An author who follows the page in their own folder."""

    folder: Path
    environment: dict[str, str]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )

    def run_line(self, line: str) -> None:
        done = self.run(*shlex.split(line))
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"

    def write(self, path: str, text: str) -> None:
        assert (self.folder / path).is_file(), f"autograde new-exercise did not create {path}"
        (self.folder / path).write_text(text, encoding="utf-8")

    def change(self, cell: str, *, source: str | None = None, points: int | None = None) -> None:
        path = self.folder / "word-count" / "source" / NOTEBOOK / f"{NOTEBOOK}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        (found,) = (each for each in notebook["cells"] if each["id"] == cell)
        if source is not None:
            found["source"] = source.splitlines(keepends=True)
        if points is not None:
            found["metadata"]["nbgrader"]["points"] = points
        path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


@pytest.fixture(scope="module")
def author(tmp_path_factory: pytest.TempPathFactory) -> Author:
    """An author who has followed the whole page."""
    folder = tmp_path_factory.mktemp("author")
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    installed = folder / "installed" / "lib" / python / "site-packages"
    author = Author(
        folder,
        os.environ
        | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            # The page's command installs into this folder, without a network and without touching this environment.
            "PIP_PREFIX": str(folder / "installed"),
            "PIP_NO_DEPS": "1",
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PYTHONPATH": str(installed),
        },
    )
    steps = re.compile(
        r"```console\n(?P<commands>.*?)```"
        r"|Write into `(?P<file>[^`]+)`:\n\n```\w+\n(?P<text>.*?)```"
        r"|In the cell `(?P<cell>[^`]+)`:\n\n```\w+\n(?P<source>.*?)\n```"
        r"|In the cell `(?P<graded>[^`]+)`, set the points to (?P<points>\d+)",
        re.DOTALL,
    )
    for step in steps.finditer(PAGE):
        if step["commands"]:
            for line in step["commands"].splitlines():
                author.run_line(line.removeprefix("$ "))
        elif step["file"]:
            author.write(step["file"], step["text"])
        elif step["cell"]:
            author.change(step["cell"], source=step["source"])
        else:
            author.change(step["graded"], points=int(step["points"]))
    return author


def test_page_lists_three_files_that_the_author_writes(author: Author) -> None:
    assert len(re.findall(r"\*\*you write it\*\*", PAGE)) == 3
    for path in re.findall(r"^\| `([^`]+)` \| .*you write it", PAGE, re.MULTILINE):
        assert (author.folder / "word-count" / path).is_file()


@pytest.mark.parametrize(
    ("answer", "points", "sentences"),
    [
        ("return len(sentence.split())", 3, ("count_words: correct", "count_words：正确")),
        ('return sentence.count(" ")', 0, ("The blanks were counted and not the words", "你数的是空格，不是单词")),
        ("return len(sentence)", 0, ("The length of a text is the number of its characters", "文本的长度是字符数")),
    ],
    ids=["right", "counts-blanks", "counts-letters"],
)
def test_an_answer_is_graded_and_its_misconception_is_named_in_both_languages(
    author: Author, answer: str, points: int, sentences: tuple[str, str]
) -> None:
    for language, sentence in zip(("en", "zh"), sentences, strict=True):
        notebook = f"word-count/release/{language}/{NOTEBOOK}/{NOTEBOOK}.ipynb"
        assert "len(sentence.split())" not in (author.folder / notebook).read_text(encoding="utf-8")
        code = f"def count_words(sentence):\n    {answer}\n"
        done = author.run(sys.executable, "-c", LEARNER, notebook, code)
        assert done.returncode == 0, done.stderr
        assert sentence in done.stdout
        assert done.stdout.splitlines()[-1] == f"points: {float(points)}"


def test_check_finds_a_wrong_example_a_missing_translation_and_wrong_points(author: Author) -> None:
    question = author.folder / "installed"
    (module,) = question.rglob("count_words.py")
    text = module.read_text(encoding="utf-8")
    module.write_text(
        text.replace('wrong("spaced"', 'wrong("plain"').replace('_("Count the words")', '_("Count all words")'),
        encoding="utf-8",
    )
    author.change("grade-count-words", points=5)
    done = author.run("autograde", "check-exercise", "word-count")
    module.write_text(text, encoding="utf-8")
    assert done.returncode == 1, done.stderr
    assert "an example of counts-blanks loses spaced; it says that it loses plain" in done.stdout
    assert "zh.po has no translation of 'Count all words'" in done.stdout
    assert "the cell grade-count-words must have 3 points" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("Word Count", "7.1", "count_words"), "cannot be the name of an exercise"),
        (("words", "seven", "count_words"), "is not the number of a section"),
        (("words", "7.1", "class"), "cannot be the name of a function"),
        (("word-count", "7.1", "count_words"), "exists already"),
        (("words", "2.6", "count_words"), "has an exercise for section 2.6 already"),
    ],
)
def test_new_exercise_refuses_names_that_cannot_be_used(
    author: Author, arguments: tuple[str, str, str], sentence: str
) -> None:
    folder, section, function = arguments
    done = author.run("autograde", "new-exercise", folder, "--section", section, "--function", function)
    assert done.returncode == 1
    assert sentence in done.stdout + done.stderr


def test_advice_for_an_uninstalled_exercise_names_its_folder_and_no_foreign_package(
    author: Author, tmp_path: Path
) -> None:
    """The advice was `pip install word-count`, which is a stranger's package."""
    (tmp_path / "my-words").mkdir()
    with pytest.raises(FolderUnusable, match="no exercise in the folder"):
        list(problems(tmp_path / "my-words"))
    create(tmp_path / "my-words" / "word-sum", "7.3", "word_sum")
    with pytest.raises(FolderUnusable, match=f"pip install {tmp_path}"):
        list(problems(tmp_path / "my-words" / "word-sum"))
    assert as_path(Path("word-sum")) == "./word-sum"
    assert as_path(Path("my words")) == "'./my words'", "the shell would read two words"


def test_new_exercise_creates_a_question_that_passes_its_check(tmp_path: Path) -> None:
    create(tmp_path / "double-it", "7.2", "double_it")
    info = tmp_path / "double-it" / "double_it-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: double-it\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[autograde.questions]\ndouble = double_it\n")
    done = subprocess.run(
        [sys.executable, "-m", "autograde", "check-exercise", "double-it"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "double-it")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "Everything is right: the examples, the translation and the notebook.\n", done.stderr
