"""Run every command of every page as a reader types it, in the page's order, in one clone of the kit.

Commands that cannot be run here are in a table, with the reason or with what runs them instead.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autograde import notebooks, settings
from autograde.grading.executors import sandbox_problem
from autograde.hub import LocalHub
from autograde.session.ports import free_port
from autograde.settings import KIT
from autograde.setup import bootstrap
from tests.docs.reading import PAGES, Block, blocks, commands, name_of
from tests.grading.class_of_quizzes import ASSIGNMENT, notebook, to_bytes
from tests.local_requests import OPENER

#: Pages whose commands a separate test runs. Chinese pages have the commands of their English page.
TESTED_PAGES = {
    "docs/grading.md": "tests/grading/test_docs_page.py",
    "docs/grading.zh.md": "tests/grading/test_docs_page.py",
    "docs/write-an-exercise.md": "tests/authoring/test_write_an_exercise.py",
}

#: Commands, and what runs them instead.
RUN_ELSEWHERE = {
    "make test": ".ci/run",
    "make check": ".ci/run",
    "make demo": "tests/demo/test_demo.py",
    "make grade-demo": "autograde/setup/try_wheel.py",
    "make slides": "tests/instructors/test_slides.py",
    "make answers": "tests/instructors/test_answers.py",
    "make release": "tests/notebooks/test_release.py",
    "autograde release": "tests/notebooks/test_release.py",
    "autograde release --check": "tests/notebooks/test_release.py",
    # The same commands in English are run here.
    "LANGUAGE=zh nbgrader generate_assignment 2.3-create-a-model-repository": "tests/jupyterhub/try_jupyterhub.py",
    "LANGUAGE=zh nbgrader release_assignment 2.3-create-a-model-repository --course=hub-zh": (
        "tests/jupyterhub/try_jupyterhub.py"
    ),
    "nbgrader collect 2.3-create-a-model-repository --course=hub-zh": "tests/jupyterhub/try_jupyterhub.py",
    "make messages": "tests/i18n/test_catalogues.py",
    "make pictures": "tests/pictures/test_screenshots.py",
    "make docs": "tests/docs/test_site.py",
    "make wheel": "tests/setup/test_wheel.py",
    "make mutation": "tests/mutation/test_run.py",
    "make attack": "tests/grading/attacks/test_attacks.py",
}

#: Commands that only the reader's machine can run, and why.
SKIPPED = {
    'pip install "autograde-hub[course]"': "a package index; make wheel installs the same file",
    'pip install "autograde-hub[course]" jupyterhub': "a package index",
    "npm install configurable-http-proxy": "a package index; make jupyterhub does it",
    "cd examples/jupyterhub": "make jupyterhub starts the example",
    "jupyterhub --JupyterHub.authenticator_class=dummy --DummyAuthenticator.password=class "
    "--JupyterHub.spawner_class=simple": "needs a proxy from npm; make jupyterhub starts the example",
    "conda env create -f environment.yml": "conda",
    "conda activate autograde": "conda",
    "docker build -t autograde .": "docker",
    "docker run --rm -p 127.0.0.1:8888:8888 -v autograde:/home/jovyan autograde": "docker",
    "make test-quick": "a part of make test",
    "make stick": "downloads half a gigabyte",
    "mkdir -p ~/.local/bin": "the USB stick",
    "cp /media/stick/bin/git-lfs ~/.local/bin/": "the USB stick",
    'export PATH="$HOME/.local/bin:$PATH"': "the USB stick",
    "cp -r /media/stick/kit kit": "the USB stick",
    "cd kit": "the USB stick",
    "PIP_NO_INDEX=1 PIP_FIND_LINKS=/media/stick/wheels make learn": "the USB stick",
    "make conformance": "fetches huggingface_hub's tests and takes minutes",
    "make clients": "fetches clients with pip and npm",
    "make attack-hub": "takes minutes; its parts are tests in tests/hub/security",
    "make load": "300 learners: measures an otherwise idle machine",
    "make bench-hub": "measures an otherwise idle machine",
    "make bench": "measures an otherwise idle machine",
}

#: Other kinds of blocks, and why no test runs them.
OTHER_BLOCKS = {
    ("docs/grading.md", "bash"): "a job of SLURM",
    ("docs/grading.md", "yaml"): "a cluster of Kubernetes",
    ("docs/jupyterhub.md", "yaml"): "a cluster of Kubernetes",
}

#: Directives of the site, which are not programs.
DIRECTIVE = re.compile(r"\{[\w-]+\}")

SERVERS = re.compile(r"(?:^|\s)(?:make learn|autograde learn(?! --reset)|autograde hub serve)\b")
RUN = [page for page in PAGES if name_of(page) not in TESTED_PAGES and commands(page)]

pytestmark = pytest.mark.timeout(300)


@dataclass
class Reader:
    """A reader who types the pages' commands in a clone of the kit.

    Attributes:
        clone: their clone, with a class list, a download and other files that the pages expect.
        environment: the environment of their terminal.
        added: options to add to a command, by a part of the command.
        done: commands that were run already, with their folder.
    """

    clone: Path
    environment: dict[str, str]
    added: dict[str, str]
    done: set[tuple[Path, str]] = field(default_factory=set)

    def follow(self, page: Path) -> None:
        """Run the commands of a page, except those that were run for an earlier page."""
        folder = self.clone if name_of(page) != "CONTRIBUTING.md" else self.clone.parent
        for line in commands(page):
            if line in SKIPPED or line in RUN_ELSEWHERE:
                continue
            if line.startswith("cd "):
                folder = folder / line.removeprefix("cd ")
                continue
            if (folder, line) not in self.done:
                self.done.add((folder, line))
                self.prepare(folder, line)
                self.type(folder, line)

    def prepare(self, folder: Path, line: str) -> None:
        """Do what other people do before this command."""
        if line == "autograde submit 2.6":
            for path in folder.glob("workspace/exercises/2.6-*/*.ipynb"):
                book = notebooks.read(path)
                for cell in book.cells:
                    if cell.metadata.get("nbgrader", {}).get("solution"):
                        cell.source = cell.source.replace("raise NotImplementedError()", "return given")
                path.write_text(notebooks.canonical(book), encoding="utf-8")
        if line.startswith("nbgrader collect"):
            assignment, course = line.split()[2], line.rpartition("=")[2]
            submitted = (
                self.clone.parent / "exchange" / course / "inbound" / f"ada+{assignment}+2026-11-27 10:00:00 UTC+x"
            )
            submitted.mkdir(parents=True, exist_ok=True)
            shutil.copy(KIT / "release" / course[-2:] / assignment / f"{assignment}.ipynb", submitted)
            (submitted / "timestamp.txt").write_text("2026-11-27 10:00:00 UTC")

    def type(self, folder: Path, line: str) -> None:
        """Run a command; stop a server with Ctrl-C after its addresses answered."""
        command = line.replace("URL", str(KIT)) + next(
            (more for words, more in self.added.items() if words in line), ""
        )
        with (self.clone / "yes").open() as yes, subprocess.Popen(
            ["bash", "-c", command], cwd=folder, env=self.environment, start_new_session=True,
            stdin=yes, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) as process:  # fmt: skip
            assert process.stdout
            output = ""
            try:
                if SERVERS.search(line):
                    for new_line in process.stdout:
                        output += new_line
                        if "Ctrl-C" in new_line:
                            break
                    for address in re.findall(r"http://[\d.]+:\d+\S*", output):
                        OPENER.open(address, timeout=60).close()
                    interrupt(process)
                output += process.stdout.read()
                # make is interrupted, too.
                right = (0,) if "make learn" not in line else (0, -signal.SIGINT)
                assert process.wait(60) in right, f"{command}\n{output}"
            finally:
                process.kill()


def interrupt(process: subprocess.Popen[str]) -> None:
    """Press Ctrl-C, which interrupts all processes in the foreground."""
    os.killpg(process.pid, signal.SIGINT)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("reader").resolve()
    clone = folder / "clone"
    clone.mkdir()
    for path in KIT.iterdir():
        if path.name in ("Makefile", "course", "source", "release", "nbgrader_config.py", "examples", "docs"):
            (clone / path.name).symlink_to(path)
        elif path.suffix in (".toml", ".txt"):
            shutil.copy(path, clone)
    # A copy, because the package looks for the environment next to itself.
    shutil.copytree(KIT / "autograde", clone / "autograde", ignore=shutil.ignore_patterns("__pycache__"))
    environment_of(clone, "developer")
    (clone / "yes").write_text("y\n")
    (clone / "class.csv").write_text("username,full name,email\nadda,Ada Li,ada@example.org\nbo,Bo Li,bo@example.org\n")
    with zipfile.ZipFile(clone / "download.zip", "w") as archive:
        archive.writestr(f"liada_101_5001_{ASSIGNMENT}.ipynb", to_bytes(notebook()))
        archive.writestr(f"libo_102_5002_{ASSIGNMENT}-1.ipynb", to_bytes(notebook('answers = {"q1": "A"}', "zh")))
    own = {
        name: value
        for name, value in settings.environment().items()
        # MAKEFLAGS and ARGS of `make test ARGS=…` would affect every make below.
        if not name.startswith(("HF_", "AUTOGRADE_", "JUPYTER", "LANG", "LC_", "GIT_", "MAKE", "ARGS"))
    }
    environment = own | {
        "HOME": str(folder / "home"),
        "PATH": f"{Path(sys.executable).parent}:{own['PATH']}",
        "PYTHON": sys.executable,
        "BROWSER": "true",
        "AUTOGRADE_CACHE": str(settings.cache_folder()),
        "AUTOGRADE_HUB_PORT": str(free_port()),
        "AUTOGRADE_LAB_PORT": str(free_port()),
        # examples/jupyterhub sets these for everyone in its class.
        "CLASS_EXCHANGE": str(folder / "exchange"),
        "JUPYTER_CONFIG_PATH": str(KIT / "examples" / "jupyterhub" / "nbgrader"),
    }
    (folder / "home").mkdir()
    (folder / "exchange").mkdir()
    (folder / "exchange").chmod(0o777)
    with LocalHub() as other:
        other.create_user("school")
        other.create_repository("school/mini", files={"config.json": b"{}"})
        (clone / "models.txt").write_text("school/mini\n")
        added = {"autograde hub mirror": f" --from {other.endpoint}"}
        if sandbox_problem():
            added["autograde grade "] = " --no-sandbox"
        yield Reader(clone, environment, added)


def environment_of(clone: Path, extra: str) -> None:
    """Link the tests' environment into the clone, as if ``make`` had created it."""
    venv = clone / ".venv"
    venv.mkdir()
    (venv / "bin").symlink_to(Path(sys.prefix, "bin"))
    (venv / "autograde-stamp").write_text(bootstrap.wanted_stamp(clone, extra))


@pytest.mark.parametrize("page", RUN, ids=name_of)
def test_every_command_of_a_page_works(reader: Reader, page: Path) -> None:
    reader.follow(page)


# The tables


def all_commands() -> set[str]:
    return {line for page in PAGES for line in commands(page)}


def test_tables_have_no_outdated_entries() -> None:
    existing = all_commands()
    assert [line for line in (*SKIPPED, *RUN_ELSEWHERE) if line not in existing] == []
    assert set(TESTED_PAGES) <= {name_of(page) for page in PAGES}
    kinds = {(block.page, block.kind) for page in PAGES for block in blocks(page)}
    assert set(OTHER_BLOCKS) <= kinds


@pytest.mark.parametrize("path", sorted({*RUN_ELSEWHERE.values(), *TESTED_PAGES.values()}))
def test_file_that_runs_a_command_elsewhere_exists(path: str) -> None:
    assert (KIT / path).is_file()


def test_every_other_block_is_tested_or_has_a_reason() -> None:
    """test_pages.py runs the Python programs."""
    unexplained: list[Block] = [
        block
        for page in PAGES
        for block in blocks(page)
        if block.kind not in ("console", "python")
        and not DIRECTIVE.match(block.kind)
        and block.page not in TESTED_PAGES
        and (block.page, block.kind) not in OTHER_BLOCKS
    ]
    assert unexplained == []
