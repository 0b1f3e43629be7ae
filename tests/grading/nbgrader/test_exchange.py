"""Both languages of an assignment go through nbgrader's exchange: released, fetched, submitted, collected, returned."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path
from typing import Any

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeFetchAssignment, ExchangeSubmit
from traitlets.config import Config

from autograde import notebooks
from autograde.grading.nbgrader.configuration import configure
from autograde.grading.nbgrader.exchange import (
    CollectEveryLanguage,
    FetchOneLanguage,
    ReleaseEveryLanguage,
    ReleaseFeedbackOfTheExchange,
)
from autograde.grading.submissions.language import language_of
from autograde.grading.submissions.notebook_names import name_notebooks
from tests.grading.class_of_quizzes import ASSIGNMENT, grade, make_course, notebook, to_bytes

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    # nbgrader uses datetime.utcnow, and leaves files open.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


class Class:
    """A course and its exchange."""

    def __init__(self, root: Path, gradebook: Path) -> None:
        self.course = make_course(root / "course")
        shutil.copy(gradebook, self.course / "gradebook.db")
        shutil.rmtree(self.course / "submitted")
        self.root = root
        for name in ("exchange", "cache"):
            (root / name).mkdir()

    def run(
        self, kind: Any, language: str = "en", student: str = "*", name: str = ASSIGNMENT, folder: str = ""
    ) -> None:
        """Run one of the exchange's steps."""
        config = Config()
        configure(config, self.course, language)
        config.Exchange.root, config.Exchange.cache = str(self.root / "exchange"), str(self.root / "cache" / student)
        config.CourseDirectory.assignment_id = name
        config.CourseDirectory.student_id = student
        directory = CourseDirectory(config=config)
        step = kind(coursedir=directory, authenticator=Authenticator(config=config), config=config)
        if folder:
            (self.root / folder).mkdir(exist_ok=True)
            step.assignment_dir = str(self.root / folder)
        step.start()


@pytest.fixture
def class_(graded: Path, tmp_path: Path) -> Class:
    """A course whose quiz was released in English, then in Chinese."""
    made = Class(tmp_path.resolve(), graded / "empty.db")
    for language in ("en", "zh"):
        made.run(ReleaseEveryLanguage, language)
    return made


def language_in(folder: Path) -> str:
    return language_of(notebooks.read(folder / f"{ASSIGNMENT}.ipynb"))


def test_second_language_is_released_next_to_the_first(class_: Class) -> None:
    outbound = class_.root / "exchange" / "huggingface-hub" / "outbound"
    assert {path.name: language_in(path) for path in outbound.iterdir()} == {ASSIGNMENT: "en", f"{ASSIGNMENT}-zh": "zh"}


def test_learner_fetches_the_language_of_their_settings(class_: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    for language in ("en", "zh"):
        monkeypatch.setenv("AUTOGRADE_LANGUAGE", language)
        class_.run(FetchOneLanguage, student=language, folder=f"home-{language}")
        assert language_in(class_.root / f"home-{language}" / ASSIGNMENT) == language


def test_submissions_in_both_languages_are_collected_and_get_feedback(
    class_: Class, caplog: pytest.LogCaptureFixture
) -> None:
    """The Chinese learner doesn't have the kit's configuration: the assignment's name with the language is enough.

    Two more come from a learning platform; feedback cannot be released to them.
    """
    for student, name in (("ada", ASSIGNMENT), ("bo", f"{ASSIGNMENT}-zh")):
        class_.run(ExchangeFetchAssignment, student=student, name=name, folder=student)
        place = class_.root / student / name / f"{ASSIGNMENT}.ipynb"
        place.chmod(0o644)
        place.write_bytes(to_bytes(notebook(language="zh" if student == "bo" else "en")))
        class_.run(ExchangeSubmit, student=student, name=name, folder=student)
    class_.run(CollectEveryLanguage)
    submitted = class_.course / "submitted"
    assert {path.name: language_in(path / ASSIGNMENT) for path in submitted.iterdir()} == {"ada": "en", "bo": "zh"}
    # nbgrader reads this name as those of two learners.
    for name in ("Okafor, Bea", "cy"):
        downloaded = submitted / name / ASSIGNMENT
        downloaded.mkdir(parents=True)
        (downloaded / f"{ASSIGNMENT}.ipynb").write_bytes(to_bytes(notebook()))
    assert sorted(grade(class_.course).graded) == ["Okafor, Bea", "ada", "bo", "cy"]
    caplog.clear()
    class_.run(ReleaseFeedbackOfTheExchange)
    released = list((class_.root / "exchange" / "huggingface-hub" / "feedback").glob("*.html"))
    assert len(released) == 2
    assert "did not submit through the exchange: Okafor, Bea, cy." in caplog.text, (
        "nbgrader stopped with FileNotFoundError"
    )


def test_links_pipes_and_strange_folders_in_the_exchange_neither_leak_files_nor_stop_collecting(
    class_: Class, caplog: pytest.LogCaptureFixture
) -> None:
    """Stock nbgrader gave mallory ada's answers, the course's secret to bo, and stopped at a pipe or a wrong name."""
    inbound = class_.root / "exchange" / "huggingface-hub" / "inbound"
    secret = class_.course / "grading-seed"
    secret.write_text("secret", encoding="ascii")

    def hand_in(student: str) -> Path:
        folder = inbound / f"{student}+{ASSIGNMENT}+2026-11-02 08:00:00.000000 UTC+{student}"
        folder.mkdir()
        (folder / f"{ASSIGNMENT}.ipynb").write_bytes(to_bytes(notebook()))
        return folder

    ada = hand_in("ada")
    (hand_in("bo") / "data.txt").symlink_to(secret)
    os.mkfifo(hand_in("cy") / "pipe")
    mallory = hand_in("mallory") / f"{ASSIGNMENT}.ipynb"
    mallory.unlink()
    mallory.symlink_to(ada / f"{ASSIGNMENT}.ipynb")
    (inbound / f"nat+{ASSIGNMENT}+2026-11-02 08:00:00.000000 UTC+x").symlink_to(ada)
    (inbound / f"oz+{ASSIGNMENT}+never+x").mkdir()
    (hand_in("pia") / "gone").symlink_to("/nothing")
    class_.run(CollectEveryLanguage)
    submitted = class_.course / "submitted"
    found = {path.name: sorted(each.name for each in (path / ASSIGNMENT).iterdir()) for path in submitted.iterdir()}
    assert found == {name: [f"{ASSIGNMENT}.ipynb"] for name in ("ada", "bo", "cy", "pia")} | {"mallory": [], "nat": []}
    assert "data.txt" in caplog.text
    result = grade(class_.course)
    assert result.quarantined.keys() == {"mallory", "nat"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of another user")
@pytest.mark.parametrize("name", [ASSIGNMENT, f"{ASSIGNMENT}-zh"])
@pytest.mark.parametrize(("owner", "collected"), [("another user", "2026"), ("instructor", "2027")])
def test_later_folder_that_another_user_made_does_not_replace_a_submission(
    class_: Class, name: str, owner: str, collected: str
) -> None:
    inbound = class_.root / "exchange" / "huggingface-hub" / "inbound"
    learner = next(each for each in pwd.getpwall() if each.pw_uid != os.geteuid())
    makers = (learner.pw_uid, os.geteuid() if owner == "instructor" else 4321)
    for assignment, year, maker in zip((ASSIGNMENT, name), ("2026", "2027"), makers, strict=True):
        folder = inbound / f"{learner.pw_name}+{assignment}+{year}-11-02 08:00:00.000000 UTC+x"
        folder.mkdir()
        (folder / f"{ASSIGNMENT}.ipynb").write_text(year, encoding="ascii")
        os.chown(folder, maker, -1)
    class_.run(CollectEveryLanguage)
    submitted = class_.course / "submitted" / learner.pw_name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    assert submitted.read_text() == collected


def test_uppercase_suffix_is_renamed_for_stock_commands(tmp_path: Path) -> None:
    folder = tmp_path / "submitted" / "ada" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / f"{ASSIGNMENT} (2).IPYNB").write_bytes(to_bytes(notebook()))
    name_notebooks(tmp_path)
    assert (folder / f"{ASSIGNMENT}.ipynb").read_bytes() == to_bytes(notebook())
    link = tmp_path / "submitted" / "bo" / ASSIGNMENT
    link.mkdir(parents=True)
    (link / "x.IPYNB").symlink_to(folder / f"{ASSIGNMENT}.ipynb")
    name_notebooks(tmp_path)
    assert [path.name for path in link.iterdir()] == ["x.IPYNB"]
