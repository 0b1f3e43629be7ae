"""The command of the mutation test: what it calls a failure, and that its exceptions are still needed."""

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
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_a_survivor_in_a_module_that_gives_points_is_a_failure(
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
    assert "1 of 2 mutants noticed (50.0 %)" in capsys.readouterr().out


def test_what_is_the_same_program_does_not_count(command: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    for (module, line), reason in command.EQUIVALENT.items():
        assert reason
        assert module not in command.STRICT
        mutants = [command.Mutant(module, "a", False), command.Mutant(module, "b", True, f"-old\n+    {line}")]
        assert command.report({module: mutants}) == 0
        assert "1 of 1 mutants noticed (100.0 %), 1 are the same program" in capsys.readouterr().out
        # The line that it would change is still there.
        original = line.partition("strict")[0].rstrip(", ").rstrip(")")
        assert original.rstrip(": ").rstrip(") ,") in (KIT / command.JUDGE / f"{module}.py").read_text(encoding="utf-8")


def test_an_unknown_module_is_named(command: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["no-such-module"]) == 2
    assert "no-such-module" in capsys.readouterr().err


def test_the_copy_has_what_the_tests_need_and_mutmuts_settings(command: ModuleType, tmp_path: Path) -> None:
    command.prepare(tmp_path, ("scoring",))
    text = (tmp_path / "pyproject.toml").read_text(encoding="utf-8")
    assert 'source_paths = ["autograde/judge/scoring.py"]' in text
    for name in command.TESTS:
        assert (tmp_path / "tests" / "judge" / f"test_{name}.py").is_file()
