"""Every assignment except 2.6 under stock nbgrader: perfect, wrong and empty submissions.

One process runs nbgrader's steps for all of them, because each command takes seconds to start.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from autograde import notebooks
from autograde.exercises.asking import ask
from autograde.grading.samples import OTHERS, Sample, submission, three_of
from autograde.hub.environment import client_environment
from autograde.judge import Outcome, Verdict
from autograde.questions import assignments
from autograde.referee.local import LocalReferee
from autograde.session.lab import Lab, answering_server
from autograde.settings import KIT
from tests.grading.stock_class import verdicts_in

pytestmark = pytest.mark.timeout(600)

#: Not run, because each kernel takes two to five seconds: most empty submissions, and one of the two that load torch.
LEFT_OUT = {(section, "empty") for section in OTHERS if section not in ("2.2", "2.4")} | {("3", "wrong")}
SAMPLES = {
    (section, sample.name): sample
    for section in OTHERS
    for sample in three_of(section)
    if (section, sample.name) not in LEFT_OUT
}
every_sample = pytest.mark.parametrize(("section", "name"), SAMPLES, ids=lambda part: part)

#: Learners with a feedback page: of one assignment with every kind of answer but scripts, and of one with scripts.
FEEDBACK = {OTHERS["2.2"]: ["wrong", "empty"], OTHERS["2.4"]: ["wrong", "empty"]}

#: nbgrader's own steps, with nothing configured but the course's folder.
STEPS = """
import json, sys, warnings
warnings.simplefilter("ignore")
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

config = Config()
config.CourseDirectory.root = sys.argv[1]
api = NbGraderAPI(config=config)
scores, failures = {}, []

def done(step, answer):
    if not answer["success"]:
        failures.append([step, answer.get("error", ""), answer.get("log", "")[-2000:]])

for assignment, learners in json.loads(sys.argv[2]).items():
    done("generate_assignment " + assignment, api.generate_assignment(assignment))
    for learner in learners:
        done("autograde " + assignment + " " + learner, api.autograde(assignment, learner))
    for learner in set(learners) & set(json.loads(sys.argv[3]).get(assignment, [])):
        done("generate_feedback " + assignment + " " + learner, api.generate_feedback(assignment, learner))
with Gradebook("sqlite:///" + sys.argv[1] + "/gradebook.db") as gradebook:
    for assignment in json.loads(sys.argv[2]):
        scores[assignment] = {
            found.student.id: {grade.cell.name: grade.score for book in found.notebooks for grade in book.grades}
            for found in gradebook.assignment_submissions(assignment)
        }
print("RESULT " + json.dumps({"scores": scores, "failures": failures}))
"""


def make_course(folder: Path) -> None:
    for section, name in SAMPLES:
        sample = SAMPLES[section, name]
        file = f"{sample.assignment}/{sample.assignment}.ipynb"
        source = folder / "source" / file
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes((KIT / "source" / file).read_bytes())
        place = folder / "submitted" / name / file
        place.parent.mkdir(parents=True)
        submitted = submission(released(section, sample.language), sample)
        place.write_text(notebooks.canonical(submitted), encoding="utf-8")


def environment_in(folder: Path) -> dict[str, str]:
    """Return an instructor's environment without any configuration."""
    environment = client_environment("http://127.0.0.1:9", folder / "home")
    return environment | {
        "OMP_NUM_THREADS": "1",
        "HOME": str(folder / "home"),
        "PATH": f"{Path(sys.executable).parent}:{environment.get('PATH', '')}",
        "JUPYTER_CONFIG_DIR": str(folder / "home" / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(folder / "home" / "runtime"),
        "IPYTHONDIR": str(folder / "home" / "ipython"),
    }


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("course").resolve()
    make_course(folder)
    learners = {assignment: [name for of, name in SAMPLES if of == section] for section, assignment in OTHERS.items()}
    done = subprocess.run(
        [sys.executable, "-c", STEPS, str(folder), json.dumps(learners), json.dumps(FEEDBACK)],
        cwd=folder, env=environment_in(folder), capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"^RESULT (.*)$", done.stdout, re.MULTILINE)
    assert found, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(found[1])
    assert result["failures"] == []
    return folder, result["scores"]


def released(section: str, language: str) -> NotebookNode:
    return notebooks.read(KIT / "release" / language / OTHERS[section] / f"{OTHERS[section]}.ipynb")


def verdicts(folder: Path, sample: Sample) -> dict[str, Verdict]:
    return verdicts_in(folder / "autograded" / sample.name / sample.assignment / f"{sample.assignment}.ipynb")


@every_sample
def test_gradebook_has_the_expected_points(section: str, name: str, course: tuple[Path, dict[str, Any]]) -> None:
    sample = SAMPLES[section, name]
    scores = course[1][sample.assignment][name]
    assert {cell.removeprefix("grade-").replace("-", "_"): points for cell, points in scores.items()} == sample.points
    if name == "perfect":
        assert sum(scores.values()) == sum(question.points for question in assignments()[section])


@every_sample
def test_the_feedback_names_the_misconception_in_the_learners_language(
    section: str, name: str, course: tuple[Path, dict[str, Any]]
) -> None:
    sample = SAMPLES[section, name]
    found = verdicts(course[0], sample)
    assert set(found) == {question.function for question in assignments()[section]}
    named = {function: verdict.misconception.id for function, verdict in found.items() if verdict.misconception}
    assert named == sample.misconceptions
    if name == "empty":
        assert {verdict.outcome for verdict in found.values()} == {Outcome.NOT_ATTEMPTED}
    if name not in FEEDBACK.get(sample.assignment, ()):
        return
    page = course[0] / "feedback" / name / sample.assignment / f"{sample.assignment}.html"
    text = re.sub(r"<.*?>|&#\w+;|&\w+;|[`'\"<>&]", "", page.read_text(encoding="utf-8"))
    for verdict in found.values():
        summary = re.sub(r"[`'\"<>&]", "", verdict.summary.in_language(sample.language))
        assert summary in text
        assert verdict.difference is None or not (verdict.difference.rows or verdict.difference.findings)


@pytest.mark.parametrize("section", OTHERS)
def test_released_notebook_counts_as_not_attempted(section: str) -> None:
    cells, chinese = ({cell.id: cell.source for cell in released(section, of).cells} for of in ("en", "zh"))
    for question in assignments()[section]:
        namespace: dict[str, object] = {}
        assert cells[question.function.replace("_", "-")] == chinese[question.function.replace("_", "-")]
        exec(cells[question.function.replace("_", "-")], namespace)
        verdict = ask(LocalReferee(), section, question.function, namespace[question.function], graded=True)
        assert (verdict.outcome, verdict.points) == (Outcome.NOT_ATTEMPTED, 0)


def test_only_notebooks_that_need_a_model_import_torch() -> None:
    for section, assignment in OTHERS.items():
        text = (KIT / "release" / "en" / assignment / f"{assignment}.ipynb").read_text(encoding="utf-8")
        assert ("import torch" in text) == (section == "3")


def test_validate_reports_a_wrong_submission(course: tuple[Path, dict[str, Any]]) -> None:
    """The learner's Validate button runs ``nbgrader validate``."""
    program = (
        "import sys, warnings; warnings.simplefilter('ignore')\n"
        "from nbgrader.validator import Validator\n"
        "for path in sys.argv[1:]: print('RESULT', Validator().validate(path))\n"
    )
    folder = course[0]
    file = "2.3-create-a-model-repository/2.3-create-a-model-repository.ipynb"
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder / "submitted" / "wrong" / file)],
        cwd=folder, env=client_environment("http://127.0.0.1:9", folder / "home"), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    (found,) = re.findall(r"^RESULT (.*)$", done.stdout, re.MULTILINE)
    assert "failed" in found, done.stderr[-2000:]


@pytest.fixture
def formgrader(course: tuple[Path, dict[str, Any]]) -> Iterator[Callable[..., Any]]:
    """A function that requests a path from the formgrader in the course's folder, or posts ``data`` to it."""
    folder = course[0]
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--ServerApp.port=0"]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment_in(folder), stdout=output, stderr=output)
    server = Lab(process, "", log)
    try:
        address = answering_server(server, folder / "home" / "runtime" / f"jpserver-{process.pid}.json")

        def ask(path: str, data: bytes | None = None) -> Any:
            request = urllib.request.Request(f"{address['url']}formgrader{path}", data)
            request.add_header("Authorization", f"token {address['token']}")
            with urllib.request.urlopen(request, timeout=120) as answer:
                content = answer.read()
            return json.loads(content) if path.startswith("/api/") else content.decode()

        yield ask
    finally:
        server.stop()


def test_formgrader_shows_the_points_and_its_autograde_button_gives_them_again(
    course: tuple[Path, dict[str, Any]], formgrader: Callable[..., Any]
) -> None:
    assert "formgrader" in formgrader("/").lower()
    for assignment, scores in course[1].items():
        shown = {each["student"]: each["score"] for each in formgrader(f"/api/submissions/{assignment}")}
        assert shown == {name: sum(points.values()) for name, points in scores.items()}
    assignment = OTHERS["2.2"]
    button = f"/api/submission/{assignment}/wrong/autograde"
    assert formgrader(button, b"")["success"]
    after = formgrader(f"/api/submission/{assignment}/wrong")
    assert after["score"] == sum(course[1][assignment]["wrong"].values())
    assert not after["needs_manual_grade"]
