"""The mutation test's command: what counts as a failure, and that its exceptions are still needed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from autograde.settings import KIT


@pytest.fixture(scope="module")
def command() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutation_run", Path(__file__).with_name("run.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look up their module
    spec.loader.exec_module(module)
    return module


def test_survivor_in_a_module_that_gives_points_is_a_failure(
    command: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    def result(module: str, alive: bool) -> int:
        dead = command.Mutant(module, "x_a__mutmut_1", False)
        other = command.Mutant(module, "x_a__mutmut_2", alive, "-    return 1\n+    return 2")
        return int(command.report({module: [dead, other]}))

    for module in command.STRICT:
        assert result(module, alive=False) == 0
        assert "2 of 2" in capsys.readouterr().out
        assert result(module, alive=True) == 1
        assert "return 2" in capsys.readouterr().out
    assert [result(module, alive=True) for module in command.MEASURED] == [0] * len(command.MEASURED)
    assert "1 of 2 mutants killed (50.0 %)" in capsys.readouterr().out


def test_equivalent_mutants_do_not_count(command: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    for (module, line), reason in command.EQUIVALENT.items():
        assert reason
        assert module not in command.STRICT
        mutants = [command.Mutant(module, "a", False), command.Mutant(module, "b", True, f"-old\n+    {line}")]
        assert command.report({module: mutants}) == 0
        assert "1 of 1 mutants killed (100.0 %), 1 are equivalent" in capsys.readouterr().out
        # The line that the mutant changes still exists.
        original = line.partition("strict")[0].rstrip(", ").rstrip(")")
        assert original.rstrip(": ").rstrip(") ,") in (KIT / command.JUDGE / f"{module}.py").read_text(encoding="utf-8")


def test_error_names_an_unknown_module(command: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["no-such-module"]) == 2
    assert "no-such-module" in capsys.readouterr().err


def test_prepared_copy_has_the_tests_and_mutmuts_settings(command: ModuleType, tmp_path: Path) -> None:
    command.prepare(tmp_path, ("scoring",))
    text = (tmp_path / "pyproject.toml").read_text(encoding="utf-8")
    assert 'source_paths = ["autograde/judge/scoring.py"]' in text
    for name in command.TESTS:
        assert (tmp_path / "tests" / "judge" / f"test_{name}.py").is_file()
