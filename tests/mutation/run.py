"""``make mutation``: mutmut makes hundreds of small changes to the judge, and each must fail a test.

It works in a temporary copy, with tests/judge only, and prints a score for each module and the surviving mutants.
Surviving mutants in the modules that compare and give points are a failure (exit code 1).

    make mutation                     the modules that decide about points, and the judge around them
    make mutation ARGS=smaller_cases  another module of autograde/judge
"""

# ruff: noqa: T201 - a command that prints its results

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

KIT = Path(__file__).parent.parent.parent
JUDGE = Path("autograde/judge")

#: Modules that compare and give points: no mutant may survive.
STRICT = ("comparison", "scoring")
#: Modules that are only measured. Surviving mutants change a message, or what only a replay on a Hub can show.
MEASURED = ("judging", "reasons", "smaller_cases")

_EQUAL_LENGTHS = "the lengths are always equal (replies and cases, verdicts and items), so strict has no effect"
_ONE_FOR_EACH = "strict=False is intended, and is the default of zip"

#: Mutants that are equivalent to the original: module and changed line, with the reason.
EQUIVALENT: dict[tuple[str, str], str] = {
    **{
        (module, f"for {names} in zip({values}, {strict})"): _EQUAL_LENGTHS
        for module, names, values in (
            ("judging", "case, right, reply", "cases, expected, replies"),
            ("judging", "case, right, reply", "tried.cases, expected, tried.replies"),
            ("judging", "case, reply", "cases, replies"),
            ("reasons", "case, right, reply", "cases, expected, replies"),
            ("reasons", "item, found", "question.rubric, items"),
        )
        for strict in ("strict=None", "strict=False", "")
    },
    **{
        ("judging", line.format(strict)): _EQUAL_LENGTHS
        for line in (
            "replace(reply, value=question.normal(case, reply.value)) for case, reply in zip(cases, results, {})",
            "for case, reply, difference in zip(cases, replies, differences, {})",
            "for place, (case, reply) in enumerate(zip(cases, replies, {}))",
        )
        for strict in ("strict=None", "strict=False", "")
    },
    **{
        ("smaller_cases", f"for case, reply in zip(question.smaller, evidence.replies, {strict}):"): _ONE_FOR_EACH
        for strict in ("strict=None", "")
    },
}

#: The tests run against each mutant: pure ones, without a model, a kernel or another process.
TESTS = ("comparison", "scoring", "judging", "reasons", "smaller_cases")

_SURVIVED, _NOT_COVERED = 0, 33


@dataclass(frozen=True)
class Mutant:
    """One small change.

    Attributes:
        module: the judge's module that it changes.
        name: mutmut's name for it.
        alive: whether every test passed with it, or no test reached it.
        change: the lines that it removes and adds.
    """

    module: str
    name: str
    alive: bool
    change: str = ""

    @property
    def equivalent(self) -> bool:
        """Whether it is known to be equivalent to the original."""
        made = [line.lstrip("+ ") for line in self.change.splitlines() if line.startswith("+")]
        return any((self.module, line) in EQUIVALENT for line in made)


def main(modules: list[str]) -> int:
    """Measure the modules, print the results, and return the exit code."""
    chosen = tuple(modules) or (*STRICT, *MEASURED)
    unknown = [name for name in chosen if not (KIT / JUDGE / f"{name}.py").is_file()]
    if unknown:
        print(f"There is no module {', '.join(unknown)} in {JUDGE}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="autograde-mutation-") as folder:
        place = Path(folder)
        prepare(place, chosen)
        done = subprocess.run(
            [sys.executable, "-m", "mutmut", "run"], cwd=place, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        found = {name: mutants(place, name) for name in chosen}
        if not all(found.values()):
            print(done.stdout[-4000:], done.stderr[-2000:], file=sys.stderr)
            return 2
    return report(found)


def prepare(place: Path, modules: tuple[str, ...]) -> None:
    """Copy the files that the judge's tests need to ``place``, and write mutmut's settings."""
    for name in ("autograde", "source", "tests"):
        shutil.copytree(KIT / name, place / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    settings = {
        "source_paths": [f"{JUDGE}/{name}.py" for name in modules],
        "pytest_add_cli_args_test_selection": [f"tests/judge/test_{name}.py" for name in TESTS],
        "also_copy": ["autograde", "source", "tests"],
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    own = (KIT / "pyproject.toml").read_text(encoding="utf-8")
    (place / "pyproject.toml").write_text("\n".join([own, "[tool.mutmut]", *lines, ""]), encoding="utf-8")


def mutants(place: Path, module: str) -> list[Mutant]:
    """Return the result of each mutant of the module; an empty list if mutmut did not finish it."""
    meta = place / "mutants" / JUDGE / f"{module}.py.meta"
    if not meta.is_file():
        return []
    codes: dict[str, int | None] = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    if None in codes.values():
        return []
    alive = {name for name, code in codes.items() if code in (_SURVIVED, _NOT_COVERED)}
    changes = differences(place, module, sorted(alive))
    return [Mutant(module, name, name in alive, changes.get(name, "")) for name in codes]


def differences(place: Path, module: str, names: list[str]) -> dict[str, str]:
    """Return the changed lines of each mutant."""
    program = (
        "import json, sys\n"
        "from mutmut.mutation.diff_apply import get_diff_for_mutant\n"
        "path, names = sys.argv[1], json.load(sys.stdin)\n"
        "print(json.dumps({name: get_diff_for_mutant(name, path=path) for name in names}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, f"{JUDGE}/{module}.py"],
        cwd=place, input=json.dumps(names), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, str] = json.loads(done.stdout)
    return {
        name: "\n".join(line for line in text.splitlines() if line[:1] in ("+", "-") and line[:3] not in ("+++", "---"))
        for name, text in found.items()
    }


def report(found: dict[str, list[Mutant]]) -> int:
    """Print a line for each module and each survivor; return exit code 1 if a strict module has one."""
    failed = False
    for module, all_mutants in found.items():
        real = [mutant for mutant in all_mutants if not mutant.equivalent]
        alive = [mutant for mutant in real if mutant.alive]
        print(
            f"{module}: {len(real) - len(alive)} of {len(real)} mutants killed"
            f" ({100 * (len(real) - len(alive)) / len(real):.1f} %)"
            + (f", {len(all_mutants) - len(real)} are equivalent" if len(real) < len(all_mutants) else "")
        )
        for mutant in alive:
            print(f"  alive: {mutant.name.rpartition('.')[2]}")
            print("\n".join(f"    {line}" for line in mutant.change.splitlines()))
        failed = failed or (module in STRICT and bool(alive))
    print(
        "A module that compares or gives points has survivors."
        if failed
        else "No module that gives points has survivors."
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
