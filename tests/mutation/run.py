"""``make mutation``: mutmut changes the judge in hundreds of small ways, and each change must fail a test.

It works in a copy that is thrown away, on tests/judge alone, and prints a score for each module and the mutants that no
test noticed. In the modules that compare and give points there must be none: the exit code says so.

    make mutation                     the modules that decide about points, and the judge around them
    make mutation ARGS=smaller_cases  another module of autograde/judge
"""

# ruff: noqa: T201 - a command: its lines are for a person

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

#: No mutant of these may survive: they compare, and they give points.
STRICT = ("comparison", "scoring")
#: These are measured besides. What survives in them changes a sentence, or what only a replay on a Hub can show.
MEASURED = ("judging", "reasons", "smaller_cases")

_EQUAL_LENGTHS = "there are as many replies as cases, and as many verdicts as items: nothing is left for zip to notice"
_ONE_FOR_EACH = "not being strict is what is meant, and what zip does when it is told nothing"

#: Mutants that are the same program as the original: module and made line, with the reason.
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
            "misconception.form(case, reply.value) for case, reply in zip(cases, replies, {})",
            "replace(reply, value=question.normal(case, reply.value)) for case, reply in zip(cases, sent, {})",
            "for place, (case, reply) in enumerate(zip(cases, replies, {}))",
        )
        for strict in ("strict=None", "strict=False", "")
    },
    **{
        ("smaller_cases", f"for case, reply in zip(question.smaller, evidence.replies, {strict}):"): _ONE_FOR_EACH
        for strict in ("strict=None", "")
    },
}

#: The tests that are run against each mutant: pure ones, without a model, a notebook's kernel or another process.
TESTS = ("comparison", "scoring", "judging", "reasons", "smaller_cases")

_SURVIVED, _NOT_COVERED = 0, 33


@dataclass(frozen=True)
class Mutant:
    """One small change.

    Attributes:
        module: the judge's module that it changes.
        name: mutmut's name for it.
        alive: whether every test passed in spite of it, or none reached it.
        change: the lines that it takes out and puts in.
    """

    module: str
    name: str
    alive: bool
    change: str = ""

    @property
    def equivalent(self) -> bool:
        """Whether it is known to be the same program."""
        made = [line.lstrip("+ ") for line in self.change.splitlines() if line.startswith("+")]
        return any((self.module, line) in EQUIVALENT for line in made)


def main(modules: list[str]) -> int:
    """Measure the modules, print what was found, and return the exit code."""
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
    """Put what the judge's tests need into ``place``, and mutmut's settings."""
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
    """What became of each mutant of the module; none when mutmut did not come so far."""
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
    """The changed lines of each mutant."""
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
    """Print a line for each module and each survivor; the exit code is 1 when a strict module has one."""
    failed = False
    for module, all_of_it in found.items():
        real = [mutant for mutant in all_of_it if not mutant.equivalent]
        alive = [mutant for mutant in real if mutant.alive]
        print(
            f"{module}: {len(real) - len(alive)} of {len(real)} mutants noticed"
            f" ({100 * (len(real) - len(alive)) / len(real):.1f} %)"
            + (f", {len(all_of_it) - len(real)} are the same program" if len(real) < len(all_of_it) else "")
        )
        for mutant in alive:
            print(f"  alive: {mutant.name.rpartition('.')[2]}")
            print("\n".join(f"    {line}" for line in mutant.change.splitlines()))
        failed = failed or (module in STRICT and bool(alive))
    print(
        "A module that compares or gives points has survivors." if failed else "No point depends on an untested line."
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
