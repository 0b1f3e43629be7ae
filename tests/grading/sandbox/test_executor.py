"""The executor that runs submissions in a sandbox, from the grader's side."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import py_compile
import resource
import select
import socket
from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

from autograde import notebooks
from autograde.errors import SandboxUnavailable
from autograde.exercises.exercise import VERDICT
from autograde.grading.execution import Job
from autograde.grading.graded_cells import checked, graded_question
from autograde.grading.nbgrader.sandboxed_autograde import SandboxedExecute, files_of
from autograde.grading.samples import samples, submission
from autograde.grading.sandbox import SandboxLimits, template_handle
from autograde.grading.sandbox.executor import SandboxExecutor, TemplateEnded
from autograde.grading.sandbox.learner_handle import LearnerHandle
from autograde.grading.sandbox.lines import Lines
from autograde.grading.sandbox.referees import Referees
from autograde.grading.sandbox.template_handle import TemplateProcess
from autograde.grading.sandbox.view import HIDDEN, View, package, system_view
from autograde.questions import assignments
from autograde.settings import KIT
from tests.grading.attacks.notebooks import RIGHT, WRONG, Attack

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def executor() -> Iterator[SandboxExecutor]:
    made = SandboxExecutor(SandboxLimits(cell_seconds=20))
    yield made
    made.close()


def test_same_seed_gives_the_same_verdict_and_another_seed_other_cases(executor: SandboxExecutor) -> None:
    attack = Attack("", "def segment_ids(index, mark):\n    return [0] * len(index)\n")
    first, again, other = (executor.run(attack.job(seed=seed)) for seed in ("one", "one", "two"))
    assert first.verdicts == again.verdicts
    assert first.verdicts["segment_ids"]["seed"] == "one"
    assert first.verdicts["segment_ids"]["difference"] != other.verdicts["segment_ids"]["difference"]


def test_changes_by_one_learner_are_removed_before_the_next(executor: SandboxExecutor) -> None:
    poison = "import torch, json, builtins, os\nfrom pathlib import Path\njson.dumps = None\nbuiltins.len = None\n"
    poison += (
        "Path.home().joinpath('left').write_text('x')\nPath('/tmp/left').write_text('x')\nos.environ['LEFT'] = 'x'"
    )
    executor.run(Attack("", WRONG, (poison,)).job("mallory"))
    seen = "import os\nfrom pathlib import Path\nprint(os.environ.get('LEFT'), list(Path('/tmp').iterdir()), "
    seen += "[p.name for p in Path.home().iterdir() if p.name[0] != '.'])"
    done = executor.run(Attack("", RIGHT, (seen,)).job("ada"))
    assert done.verdicts["segment_ids"]["points"] == 10
    assert "None [] ['work']" in done.notebook.decode()


def test_memory_of_an_array_is_used_again_for_the_next(executor: SandboxExecutor) -> None:
    """Each array was a mapping of its own, and the system cleared each of its 400 pages again."""
    cell = "import numpy, resource\n"
    cell += "def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
    cell += "numpy.ones(200_000)\nbefore = faults()\n"
    cell += "for _number in range(20): numpy.ones(200_000)\nprint('faults:', (faults() - before) // 100)"
    assert "faults: 0" in executor.run(Attack("", RIGHT, (cell,)).job()).notebook.decode()


@pytest.mark.parametrize("call", ["kill", "killpg"])
def test_signal_to_a_learners_process_group_reaches_no_other_process(executor: SandboxExecutor, call: str) -> None:
    """The template was in the same process group: it ended, and with it the learners of all workers."""
    before = executor.template()
    executor.run(Attack("", WRONG, (f"import os, signal\nos.{call}(0, signal.SIGKILL)",)).job("mallory"))
    assert executor.template() is before
    assert before.answers()


def test_answer_that_hangs_in_c_code_times_out_with_no_points(executor: SandboxExecutor) -> None:
    done = executor.run(Attack("", "def segment_ids(index, mark):\n    return sum(range(10**12))\n").job())
    verdict = done.verdicts["segment_ids"]
    assert (verdict["outcome"], verdict["points"]) == ("could-not-run", 0)
    assert "did not finish within 5 seconds" in json.dumps(verdict["difference"]).replace("{seconds}", "5")


def test_answer_that_ends_its_process_is_reported(executor: SandboxExecutor) -> None:
    done = executor.run(Attack("", "def segment_ids(index, mark):\n    import os; os._exit(7)\n").job())
    assert "ended the Python process" in json.dumps(done.verdicts["segment_ids"])


@pytest.mark.parametrize(
    "ending", ["torch.tensor = None", "os._exit(3)", "raise KeyboardInterrupt", "sum(range(10**12))"]
)
def test_broken_answer_costs_no_points_of_later_questions(ending: str, executor: SandboxExecutor) -> None:
    sample = samples()[0]
    breaking = f"def encode_pair(*_arguments):\n    import os\n    import torch\n    {ending}\n"
    answers = {**sample.answers, "encode_pair": breaking}
    released = notebooks.read(KIT / "release" / "en" / sample.assignment / f"{sample.assignment}.ipynb")
    book = submission(released, replace(sample, answers=answers))
    done = executor.run(Job("ada", sample.assignment, nbformat.writes(book).encode(), {}, "en", "a seed"))
    points = {name: verdict["points"] for name, verdict in done.verdicts.items()}
    possible = {asked.function: asked.points for asked in assignments()["2.6"]}
    assert points == {**possible, "encode_pair": 0}


def test_verdict_in_the_notebook_has_no_seed_and_no_printed_text(executor: SandboxExecutor) -> None:
    answer = "def segment_ids(index, mark):\n    print('looking at', index)\n    return [0] * len(index)\n"
    done = executor.run(Attack("", answer).job(seed="a secret seed"))
    assert "looking at" in str(done.verdicts["segment_ids"]["noise"])
    shown = [
        output.data[VERDICT]
        for cell in nbformat.reads(done.notebook.decode(), as_version=4).cells
        for output in cell.outputs
        if VERDICT in output.get("data", {})
    ]
    assert [(each["seed"], each["noise"]) for each in shown] == [("", "")] * 2
    assert "a secret seed" not in done.notebook.decode()


def test_killed_template_is_started_again(executor: SandboxExecutor) -> None:
    own = executor.template().own
    assert own is not None
    killed = own.process
    inside = psutil.Process(killed.pid).children(recursive=True)
    killed.kill()
    # Its child processes end a little later: until then, one of them could still start a learner's process.
    assert psutil.wait_procs(inside, timeout=30)[1] == []
    assert executor.run(Attack("", RIGHT).job()).verdicts["segment_ids"]["points"] == 10


def test_workers_share_one_template_and_leave_nothing_running_in_it() -> None:
    with SandboxExecutor.shared() as another, another() as make_one, another() as make_other:
        one, other = make_one(), make_other()
        for each in (one, other):
            assert each.template().own is None
            assert each.run(Attack("", RIGHT).job()).verdicts["segment_ids"]["points"] == 10
        # As when a worker is killed: nothing ends its sandbox but the template, when the connection closes.
        lines, init, listening = one.template().start(SandboxLimits())
        left = os.pidfd_open(init)
        one.close()
        # It is readable when the process has ended.
        assert select.select([left], [], [], 30)[0] == [left]
        os.close(left)
        lines.close()
        listening.close()
        assert other.run(Attack("", RIGHT).job()).verdicts["segment_ids"]["points"] == 10
        other.close()


def test_executor_starts_an_own_template_when_the_shared_one_has_ended() -> None:
    before = set(psutil.Process().children(recursive=True))
    with SandboxExecutor.shared() as another, another() as make:
        executor = make()
        assert executor.template().own is None
        killed = set(psutil.Process().children(recursive=True)) - before
        for each in killed:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        assert psutil.wait_procs(killed, timeout=30)[1] == []
        assert executor.run(Attack("", RIGHT).job()).verdicts["segment_ids"]["points"] == 10
        assert executor.template().own is not None
        executor.close()


def test_files_that_a_learner_sends_and_never_receives_stop_no_other_learner() -> None:
    """The kernel counts them per user, and the template, with the usual limit of 1,024, could send none any more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    waiting = "import os, socket\nnull, pairs = os.open('/dev/null', 0), []\nfor _ in range(60):\n"
    waiting += "    pairs.append(socket.socketpair())\n    socket.send_fds(pairs[-1][0], [b'x'], [null] * 250)"
    try:
        with SandboxExecutor.shared() as another, another() as make_one, another() as make_other:
            one, other = make_one(), make_other()
            with (
                Referees(Attack("").job(), one.remembered) as referees,
                LearnerHandle(one.template(), SandboxLimits(), {}, "en", referees) as learner,
            ):
                assert "Too many references" in str(learner.run(waiting, 60))
                assert other.run(Attack("", RIGHT).job()).verdicts["segment_ids"]["points"] == 10
            one.close()
            other.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("call", ["inotify_init()", "fanotify_init(0x200, 0)", "timer_create(0, None, pointer)"])
def test_learner_that_takes_all_of_a_kernel_resource_leaves_some_to_others(call: str) -> None:
    """The kernel counts them per user, and every learner's process is the same user."""
    begin = "import ctypes\nlibrary = ctypes.CDLL(None, use_errno=True)\npointer = ctypes.byref(ctypes.c_void_p())\n"
    take_all = f"{begin}while library.{call} >= 0: pass"
    take_one = f"{begin}library.{call}\nprint('error', ctypes.get_errno())"
    with SandboxExecutor.shared() as another, another() as make_one, another() as make_other:
        one, other = make_one(), make_other()
        with contextlib.ExitStack() as opened:
            greedy, modest = (
                opened.enter_context(
                    LearnerHandle(
                        each.template(), SandboxLimits(), {}, "en",
                        opened.enter_context(Referees(Attack("").job(), each.remembered)),
                    )
                )
                for each in (one, other)
            )  # fmt: skip
            greedy.run(take_all, 60)
            shown = str(modest.run(take_one, 60))
            assert "error" in shown
            assert not any(f"error {each}" in shown for each in (errno.EAGAIN, errno.EMFILE)), shown
        one.close()
        other.close()


@pytest.mark.parametrize("lost", ["while it connects", "while it loads"])
def test_worker_that_goes_away_leaves_the_shared_template_to_the_others(lost: str) -> None:
    """The template ended, and cells of the other workers' learners were blamed for it."""
    with TemplateProcess() as template, template.connection() as connected, template.connection() as other:
        executor = SandboxExecutor(connected=connected)
        worker = Lines(other)
        if lost == "while it connects":
            with template.connection():
                pass
        else:
            worker.receive(60)
            # From now on the template cannot send, whether or not it has begun to load.
            other.shutdown(socket.SHUT_RD)
            worker.send({"do": "load", "modules": ["colorsys"], "requests": {}})
        worker.close()
        assert executor.run(Attack("", RIGHT).job()).verdicts["segment_ids"]["points"] == 10
        assert executor.template().own is None
        assert template.alive()
        executor.close()


@pytest.mark.parametrize("whom", ["the first process of the template", "the last one"])
@pytest.mark.parametrize("moment", ["run", "answer_together", "end_main"])
def test_submission_is_run_again_if_the_shared_template_ends_meanwhile(
    moment: str, whom: str, executor: SandboxExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cell that ran was left out as if it had ended the process, and its learner lost the points."""
    # With this answer, the other one is tried in a copy of its own.
    job = Attack(
        "", "def segment_ids(index, mark):\n    import os; os.kill(os.getppid(), 9)\n", ("print('first')",)
    ).job()
    expected = executor.run(job)
    assert expected.verdicts["pad_pair"]["points"] == expected.verdicts["pad_pair"]["possible"]
    original = getattr(LearnerHandle, moment)
    killed: list[psutil.Process] = []
    with TemplateProcess() as template, template.connection() as connected:
        shared = SandboxExecutor(SandboxLimits(cell_seconds=20), connected)
        outer = psutil.Process(template.process.pid)
        inside = outer.children(recursive=True)

        def killing(*arguments: Any) -> Any:
            if not killed:
                killed.append(outer if "first" in whom else inside[-1])
                killed[0].kill()
                template.process.wait(30)
                assert psutil.wait_procs(inside, timeout=30)[1] == []
            return original(*arguments)

        monkeypatch.setattr(LearnerHandle, moment, killing)
        done = shared.run(job)
        assert killed
        assert (done.verdicts, done.notebook, done.notes) == (expected.verdicts, expected.notebook, expected.notes)
        own = shared.template().own
        assert own is not None
        assert own.alive()
        shared.close()


def test_submission_whose_templates_always_end_is_not_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    executor, original = SandboxExecutor(), LearnerHandle.run

    def killing(*arguments: Any) -> Any:
        own = executor.template().own
        assert own is not None
        processes = psutil.Process(own.process.pid).children(recursive=True)
        own.process.kill()
        assert psutil.wait_procs(processes, timeout=30)[1] == []
        return original(*arguments)

    monkeypatch.setattr(LearnerHandle, "run", killing)
    with contextlib.closing(executor), pytest.raises(TemplateEnded, match="ended 3 times"):
        executor.run(Attack("", RIGHT).job())


def test_system_without_namespaces_gives_an_error_in_both_languages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(template_handle, "supported", lambda: False)
    for language, words in (("en", "cannot be run in a sandbox here"), ("zh", "这里无法在沙箱中运行学习者的笔记本")):
        monkeypatch.setenv("AUTOGRADE_LANGUAGE", language)
        with pytest.raises(SandboxUnavailable) as refused:
            SandboxExecutor()
        assert words in refused.value.what
        assert "AUTOGRADE_SANDBOX=off" in refused.value.fix


def test_nbgrader_warns_and_uses_a_kernel_if_the_sandbox_is_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AUTOGRADE_SANDBOX", "off")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(6 * 7)")])
    resources: dict[str, Any] = {"metadata": {"path": str(tmp_path)}, "nbgrader": {}}
    done, _resources = SandboxedExecute(log=logging.getLogger("test")).preprocess(book, resources)
    assert done.cells[0].outputs[0].text == "42\n"
    assert "learners' code can change marks" in caplog.text


def test_files_next_to_a_notebook_are_read_and_links_are_not(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.txt").write_bytes(b"x")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "work.ipynb").write_text("{}")
    assert files_of(tmp_path) == {"data/x.txt": b"x"}


def test_the_view_hides_the_answers_and_shows_no_checkout() -> None:
    view = system_view()
    assert View.from_json(view.to_json()) == view
    assert {str(package() / name) for name in HIDDEN} >= set(view.hidden)
    # Hiding a folder hides its modules' byte code, too; hiding a module's file does not.
    assert all((package() / name).is_dir() for name in HIDDEN), "a name in HIDDEN is out of date"
    assert str(package().parent) not in view.shown


def test_the_view_hides_the_byte_code_of_an_instructors_own_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "own_question.py"
    module.write_text("SOLUTION = 42\n")
    compiled = py_compile.compile(str(module), doraise=True)
    monkeypatch.syspath_prepend(tmp_path)
    own = metadata.EntryPoint("own", "own_question:QUESTION", "autograde.questions")
    monkeypatch.setattr("autograde.grading.sandbox.view.metadata.entry_points", lambda group: [own])
    assert {str(module), compiled} <= set(system_view().hidden)


@pytest.mark.parametrize(
    "output",
    [
        "text", {"output_type": "stream"}, {"output_type": "stream", "name": "stdlog", "text": "x"},
        {"output_type": "display_data", "data": []},
        {"output_type": "error", "ename": 1, "evalue": "", "traceback": []},
        {"output_type": "execute_result", "data": {VERDICT: {"points": 10}, "x": "x", "text/plain": 7}, "metadata": 0},
    ],
)  # fmt: skip
def test_invalid_output_is_dropped(output: object) -> None:
    kept = checked([output])
    assert all(not each.get("data") for each in kept)
    nbformat.validate(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=kept)]))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('from autograde.exercises import grade\n\ngrade("2.6", "pad_pair", globals())', ("2.6", "pad_pair")),
        ("assert answer == 3", None), ("grade(", None), ("grade(section, 'x', globals())", None), ("", None),
    ],
)  # fmt: skip
def test_the_question_of_a_graded_cell_is_read_from_its_source(source: str, found: tuple[str, str] | None) -> None:
    cell = nbformat.v4.new_code_cell(source, metadata={"nbgrader": {"grade": True}})
    assert graded_question(cell) == found
    assert graded_question(nbformat.v4.new_code_cell(source)) is None


@pytest.mark.parametrize(("answer", "points", "score"), [(RIGHT, 4, "4.0"), (RIGHT, 20, "20.0"), (WRONG, 4, "0.0")])
def test_score_is_scaled_to_the_points_in_the_notebook(
    executor: SandboxExecutor, answer: str, points: int, score: str
) -> None:
    """An instructor who lowered a cell's points could grade none of the class: nbgrader refused every score."""
    job = Attack("", answer).job()
    book = nbformat.reads(job.notebook.decode(), as_version=4)
    graded = next(cell for cell in book.cells if cell.metadata.get("nbgrader", {}).get("grade"))
    graded.metadata.nbgrader.points = points
    done = executor.run(replace(job, notebook=nbformat.writes(book).encode()))
    outputs = next(cell for cell in nbformat.reads(done.notebook.decode(), as_version=4).cells if cell.id == graded.id)
    assert outputs.outputs[-1].data["text/plain"] == score
    assert done.verdicts["segment_ids"]["possible"] == 10
