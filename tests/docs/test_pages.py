"""What the README and the pages say is true: their commands exist, their programs run, their files are there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from typer.main import get_command

from autograde import cli, settings
from autograde.hub import LocalHub
from autograde.settings import KIT

PAGES = [
    KIT / "README.md",
    KIT / "CONTRIBUTING.md",
    *sorted(KIT.glob("docs/*.md")),
    *sorted(KIT.glob("course/for-instructors/*.md")),
    *sorted(KIT.glob("examples/**/*.md")),
]
MAKEFILE = (KIT / "Makefile").read_text(encoding="utf-8")
SECURITY = (KIT / "SECURITY.md").read_text(encoding="utf-8")

#: Programs of others that pages name, each with the words after it that are known to exist.
OTHERS = {
    "cd": (),
    "conda": ("env", "activate", "install"),
    "configurable-http-proxy": (),
    "cp": (),
    "export": (),
    "hf": (),
    "ls": (),
    "mkdir": (),
    "pytest": (),
    "python": (),
    "docker": ("build", "run"),
    "git": ("clone",),
    "helm": ("upgrade",),
    "jupyterhub": (),
    "nbgrader": ("autograde", "collect", "list", "fetch_assignment", "submit", "generate_assignment",
                 "release_assignment", "generate_feedback", "release_feedback", "export"),
    "mv": (),
    "npm": ("install",),
    "pip": ("install", "download", "uninstall"),
    "sqlite3": (),
}  # fmt: skip


def console_lines() -> list[tuple[str, str]]:
    """Each command of each page, with the page's path."""
    found = []
    for page in PAGES:
        for block in re.findall(
            r"^ *```console\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        ):
            # Other lines are what a command prints.
            for line in (line.strip() for line in block.splitlines() if line.strip().startswith("$ ")):
                command = re.split(r"\s+#\s", line.removeprefix("$ "))[0].strip()
                found += [(page.relative_to(KIT).as_posix(), part) for part in re.split(r"\s+&&\s+", command)]
    return found


@pytest.mark.parametrize(("page", "line"), console_lines())
def test_every_command_on_a_page_exists(page: str, line: str) -> None:
    words = [word for word in shlex.split(line) if not re.match(r"[A-Z_]+=", word)]
    name = words[0].rsplit("/", 1)[-1] if words else ""
    if name == "make":
        assert re.search(rf"^{words[1]}:", MAKEFILE, re.MULTILINE), f"make {words[1]}"
    elif name == "autograde":
        command = get_command(cli.app)
        arguments = words[1:]
        while hasattr(command, "commands"):
            command = command.commands[arguments.pop(0)]
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert {word for word in arguments if word.startswith("-")} <= known
    elif words:
        assert name in OTHERS, f"{page}: what is {name}?"
        assert not OTHERS[name] or words[1] in OTHERS[name]
        for word in words:
            if word.endswith((".yml", ".txt", ".py")) and "/" not in word:
                assert list(KIT.glob(word)) + list((KIT / page).parent.glob(word)), word


def programs() -> list[tuple[str, str]]:
    """Each Python program of each page."""
    return [
        (page.relative_to(KIT).as_posix(), program)
        for page in PAGES
        for program in re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
        if "\ndef test_" not in f"\n{program}" and "get_config" not in program and "from autograde.hub" in program
    ]


@pytest.mark.parametrize(("page", "program"), programs())
def test_every_program_on_a_page_runs(page: str, program: str, tmp_path: Path) -> None:
    if 'environment["HF_TOKEN"]' in program:
        program += "    import subprocess\n    subprocess.run(['hf', 'auth', 'whoami'], env=environment, check=True)\n"
    bins = f"{Path(sys.executable).parent}:{settings.environment()['PATH']}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=settings.environment() | {"PATH": bins},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert ("ada" in done.stdout) == ("whoami" in program)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(KIT).as_posix())
def test_every_file_that_a_page_links_to_is_there(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    # The lessons on the site are made when it is built.
    for target in re.findall(r"\]\(([^):#]+)(?:#[^)]*)?\)", text):
        if not (page.parent.name == "docs" and target.startswith("lessons/")):
            assert (page.parent / target).exists(), target
    for target in re.findall(r"```\{include\} (\S+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).is_file(), target


def test_every_folder_in_the_readmes_table_is_there() -> None:
    for name in re.findall(r"^\| `([^`]+)/`", (KIT / "README.md").read_text(encoding="utf-8"), re.MULTILINE):
        assert (KIT / name).is_dir(), name


# docs/protocol.md


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading of docs/protocol.md, without its head."""
    text = (KIT / "docs" / "protocol.md").read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_protocol_page_lists_addresses_that_the_hub_has() -> None:
    """SECURITY.md lists every route of the Hub, which a test of the permissions compares with the code."""
    parameters = {r"{owner:seg}/{name:seg}": "{id}", r"{owner:seg}/{name:git}": "{id}", "{types:types}": "{type}"}
    known = set()
    for path in re.findall(r"^\| [A-Z]+ \| `([^`]+)`", SECURITY, re.MULTILINE):
        for pattern, plain in parameters.items():
            path = path.replace(pattern, plain)
        known.add(re.sub(r"\{(\w+):buckets\}", "buckets", path))
    known = {re.sub(r"\{(\w+):\w+\}", r"{\1}", path) for path in known}
    for _what, addresses, _remarks in rows("What is there"):
        for address in re.findall(r"`([^`]+)`", addresses):
            assert address in known, address


def test_what_the_protocol_page_says_is_missing_is_refused() -> None:
    paths = [
        address.replace("{id}", "ada/first")
        for _what, there, _here in rows("What is not there")
        for address in re.findall(r"`(/[^`]+)`", there)
    ]
    assert len(paths) > 3
    with LocalHub() as hub:
        hub.create_user("ada")
        for kind in ("model", "dataset", "space"):
            hub.create_repository("ada/first", type=kind)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for path in paths:
            with pytest.raises(urllib.error.HTTPError) as refused:
                opener.open(hub.endpoint + path)
            with refused.value as answer:
                assert answer.code in (404, 501), path
