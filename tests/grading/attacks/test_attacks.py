"""Every hostile or unusual submission, run in the real sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograde.grading.sandbox.executor import SandboxExecutor
from tests.grading.attacks.battery import LIMITS, cases, files_left, fingerprint, try_case
from tests.grading.attacks.notebooks import Attack
from tests.grading.attacks.structure import Damage

pytestmark = pytest.mark.timeout(120)

CASES = cases()


@pytest.fixture(scope="module")
def executor() -> Iterator[SandboxExecutor]:
    before = fingerprint()
    made = SandboxExecutor(LIMITS)
    yield made
    made.close()
    assert files_left() == []
    assert fingerprint() == before


@pytest.mark.parametrize(("kind", "case"), [pytest.param(kind, case, id=case.name) for _name, kind, case in CASES])
def test_attack_gets_no_points_and_honest_notebook_loses_none(
    kind: str, case: Attack | Damage, executor: SandboxExecutor
) -> None:
    assert try_case(case, kind, executor) == []


def test_names_of_battery_cases_are_unique() -> None:
    names = [case.name for _module, _kind, case in CASES]
    assert len(set(names)) == len(names) >= 100
