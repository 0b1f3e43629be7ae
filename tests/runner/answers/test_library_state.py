"""Every call begins in the state of a process that has just started, and leaves no state to anybody."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from autograde.exercises.asking import ask
from autograde.judge import Outcome
from autograde.judge.observation import Observation
from autograde.questions import question
from autograde.referee.local import LocalReferee
from autograde.runner.answers.calling import evidence
from autograde.runner.answers.library_state import standard_state

CASES = [{"name": str(place), "arguments": [{"list": [1, 2]}, 2]} for place in range(2)]


def entered(block: Any) -> Any:
    """A block that is never left, for as long as somebody keeps it."""
    block.__enter__()
    return block


#: What is left changed, and what shows it.
LEAKS: dict[str, tuple[Callable[[], object], Callable[[], Any]]] = {
    "gradients": (lambda: torch.set_grad_enabled(False), torch.is_grad_enabled),
    "gradients, by a block that is never left": (lambda: entered(torch.no_grad()), torch.is_grad_enabled),
    "inference mode": (lambda: entered(torch.inference_mode()), torch.is_inference_mode_enabled),
    "default dtype": (lambda: torch.set_default_dtype(torch.float64), torch.get_default_dtype),
    "default device": (lambda: torch.set_default_device("meta"), torch.get_default_device),
    "autocast": (lambda: entered(torch.autocast("cpu", torch.bfloat16)), lambda: torch.is_autocast_enabled("cpu")),
    "precision": (lambda: torch.set_float32_matmul_precision("medium"), torch.get_float32_matmul_precision),
    "determinism": (lambda: torch.use_deterministic_algorithms(True), torch.get_deterministic_debug_mode),
    "anomalies": (lambda: torch.autograd.set_detect_anomaly(True), torch.is_anomaly_enabled),
    "threads": (lambda: torch.set_num_threads(3), torch.get_num_threads),
    "torch's random numbers": (lambda: torch.manual_seed(7), lambda: torch.default_generator.get_state().tolist()),
    "Python's random numbers": (lambda: random.seed(7), random.getstate),
    "NumPy's random numbers": (lambda: np.random.seed(7), lambda: np.random.get_state()[1].tolist()),  # type: ignore[index,union-attr]
    "NumPy's errors": (lambda: np.seterr(all="raise"), np.geterr),
}
every_leak = pytest.mark.parametrize("name", LEAKS)


@pytest.fixture
def put_back() -> Iterator[Callable[[Callable[[], object]], None]]:
    """Changes a state as a person's own cell would, for one test."""
    with contextlib.ExitStack() as stack:

        def change(leak: Callable[[], object]) -> None:
            stack.enter_context(standard_state())
            kept.append(leak())

        kept: list[object] = []
        yield change


def seen_by(read: Callable[[], Any], spoil: Callable[[], object] | None = None) -> list[Any]:
    """What two calls of one answer see; the first one may spoil it."""
    seen: list[Any] = []

    def answer(*_arguments: object) -> None:
        seen.append(read())
        if spoil is not None:
            spoil()

    evidence(answer, CASES)
    return seen


@every_leak
def test_what_one_call_leaves_changed_neither_the_next_one_nor_the_person_sees(name: str) -> None:
    leak, read = LEAKS[name]
    kept: list[object] = []
    before = read()
    first, second = seen_by(read, lambda: kept.append(leak()))
    assert first == second
    assert read() == before


@every_leak
def test_what_a_persons_own_cell_changed_no_call_sees_and_the_person_keeps(
    name: str, put_back: Callable[[Callable[[], object]], None]
) -> None:
    leak, read = LEAKS[name]
    standard = seen_by(read)
    put_back(leak)
    own = read()
    assert seen_by(read) == standard
    assert read() == own
    assert own != standard[0]


WITHOUT_NO_GRAD = """def run_model(model, tokens_tensor, segments_tensors):
    {line}
    return model(tokens_tensor, token_type_ids=segments_tensors)
"""


def run_model(line: str) -> Any:
    namespace: dict[str, Any] = {"torch": torch}
    exec(WITHOUT_NO_GRAD.format(line=line), namespace)
    return ask(LocalReferee(), "2.6", "run_model", namespace["run_model"], graded=True)


def test_gradients_switched_off_in_one_answer_give_no_points_to_the_next() -> None:
    assert run_model("torch.set_grad_enabled(False)").outcome is Outcome.CORRECT
    for line in ("pass", "torch.no_grad()"):
        verdict = run_model(line)
        assert verdict.misconception.id == "gradient-kept"
        assert verdict.points == verdict.possible - 2


def test_a_cell_far_above_decides_about_no_verdict(put_back: Callable[[Callable[[], object]], None]) -> None:
    asked = question("2.6", "run_model")
    namespace: dict[str, Any] = {"torch": torch}
    exec(asked.teaching.solution, namespace)
    put_back(lambda: torch.set_default_dtype(torch.float64))
    put_back(lambda: torch.set_grad_enabled(False))
    put_back(lambda: np.seterr(all="raise"))
    for graded in (False, True):
        found = ask(LocalReferee(), "2.6", "run_model", namespace["run_model"], graded=graded)
        assert found.outcome is Outcome.CORRECT
    assert run_model("pass").misconception.id == "gradient-kept"


def test_chance_gives_the_same_answer_each_time() -> None:
    def answer(*_arguments: object) -> list[float]:
        return [random.random(), float(np.random.rand()), torch.rand(1).item()]

    def values() -> list[Observation]:
        return [reply.value for reply in evidence(answer, CASES).replies]

    assert len({str(value) for value in (*values(), *values())}) == 1


def test_a_library_that_the_answer_imports_is_left_in_its_standard_state() -> None:
    program = """if True:
        import sys
        from autograde.runner.answers.calling import evidence

        def answer(index, mark):
            import torch
            before = torch.is_grad_enabled()
            torch.set_grad_enabled(False)
            return before

        assert "torch" not in sys.modules
        cases = [{"name": str(place), "arguments": [{"list": [1, 2]}, 2]} for place in range(2)]
        print([reply.value for reply in evidence(answer, cases, 60).replies])
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[True, True]"
