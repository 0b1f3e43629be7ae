"""Every call starts with the libraries' default state, whatever a cell or an earlier call changed."""

from __future__ import annotations

import ast
import hashlib
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from autograde.exercises.asking import ask
from autograde.judge.observation import Observation
from autograde.questions import question
from autograde.referee.local import LocalReferee
from autograde.runner.answers.calling import evidence
from autograde.runner.answers.process_copy import Limit, run_apart

CASES = [{"name": str(place), "arguments": [{"list": [1, 2]}, 2]} for place in range(2)]


def entered(block: Any) -> Any:
    """Enter a context manager without leaving it, and return it."""
    block.__enter__()
    return block


#: By name: a change to global state, and a function that reads this state.
LEAKS: dict[str, tuple[Callable[[], object], Callable[[], Any]]] = {
    "gradients": (lambda: torch.set_grad_enabled(False), torch.is_grad_enabled),
    "gradients, by a context that is never left": (lambda: entered(torch.no_grad()), torch.is_grad_enabled),
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
    "NumPy's random numbers": (lambda: np.random.seed(7), lambda: np.random.get_state()[1].tolist()),  # type: ignore[index]
    "NumPy's errors": (lambda: np.seterr(all="raise"), np.geterr),
}
every_leak = pytest.mark.parametrize("name", LEAKS)


def digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()


def seen_by(read: Callable[[], Any], spoil: Callable[[], object] = lambda: None) -> list[Observation]:
    """Return what two calls of one answer read; ``spoil`` runs after each reading."""
    kept: list[object] = []

    def answer(*_arguments: object) -> str:
        seen = digest(read())
        kept.append(spoil())
        return seen

    return [reply.value for reply in evidence(answer, CASES).replies]


def in_a_copy(work: Callable[[], object]) -> Any:
    """Call ``work`` in a copy of this process, so that its changes do not affect other tests."""
    (report,) = run_apart(lambda channel: channel.send(repr(work())), Limit(60)).reports
    return ast.literal_eval(report.text)


@every_leak
def test_change_by_one_call_is_not_seen_by_the_next(name: str) -> None:
    leak, read = LEAKS[name]
    before = digest(read())
    first, second = seen_by(read, leak)
    assert first == second
    assert digest(read()) == before


@every_leak
def test_change_by_a_cell_is_not_seen_by_calls(name: str) -> None:
    leak, read = LEAKS[name]

    def work() -> object:
        standard = seen_by(read)
        kept = leak()
        own = digest(read())
        return [own, *standard, *seen_by(read)], digest(read()) == own, str(kept)[:0]

    (own, *calls), state_kept, _kept = in_a_copy(work)
    assert len(set(calls)) == 1
    assert own not in calls
    assert state_kept


WITHOUT_NO_GRAD = """def run_model(model, tokens_tensor, segments_tensors):
    {line}
    return model(tokens_tensor, token_type_ids=segments_tensors)
"""


def run_model(line: str) -> Any:
    namespace: dict[str, Any] = {"torch": torch}
    exec(WITHOUT_NO_GRAD.format(line=line), namespace)
    return ask(LocalReferee(), "2.6", "run_model", namespace["run_model"], graded=True)


def test_disabling_gradients_in_one_answer_does_not_help_the_next() -> None:
    assert run_model("torch.set_grad_enabled(False)").misconception.id == "gradients-left-off"
    for line in ("pass", "torch.no_grad()"):
        verdict = run_model(line)
        assert verdict.misconception.id == "gradient-kept"
        assert verdict.points == verdict.possible - 2


def test_settings_of_an_earlier_cell_do_not_change_the_verdict() -> None:
    asked = question("2.6", "run_model")
    namespace: dict[str, Any] = {"torch": torch}
    exec(asked.teaching.solution, namespace)

    def work() -> list[str]:
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        np.seterr(all="raise")
        found = [
            ask(LocalReferee(), "2.6", "run_model", namespace["run_model"], graded=graded).outcome.value
            for graded in (False, True)
        ]
        return [*found, run_model("pass").misconception.id]

    assert in_a_copy(work) == ["correct", "correct", "gradient-kept"]


def test_random_numbers_are_the_same_in_every_call() -> None:
    def answer(*_arguments: object) -> list[float]:
        return [random.random(), float(np.random.rand()), torch.rand(1).item()]

    def values() -> list[Observation]:
        return [reply.value for reply in evidence(answer, CASES).replies]

    assert len({str(value) for value in (*values(), *values())}) == 1
