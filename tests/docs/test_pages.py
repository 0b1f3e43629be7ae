"""The README and the pages are correct: commands exist, programs run, links lead to files, translations match."""

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

from autograde import settings
from autograde.cli.commands import app
from autograde.grading.sandbox import SandboxLimits
from autograde.hub import LocalHub
from autograde.settings import KIT
from tests.docs.reading import PAGES, commands, name_of, programs
from tests.local_requests import OPENER

MAKEFILE = (KIT / "Makefile").read_text(encoding="utf-8")
SECURITY = (KIT / "SECURITY.md").read_text(encoding="utf-8")

#: Other projects' programs that pages use, with the subcommands that are known to exist.
OTHERS = {
    ".": (),
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
    """Return each command of each page, with the page's path."""
    return [(name_of(page), part) for page in PAGES for line in commands(page) for part in re.split(r"\s+&&\s+", line)]


@pytest.mark.parametrize(("page", "line"), console_lines())
def test_every_command_on_a_page_exists(page: str, line: str) -> None:
    words = [word for word in shlex.split(line) if not re.match(r"[A-Z_]+=", word)]
    name = words[0].rsplit("/", 1)[-1] if words else ""
    if name == "make":
        assert re.search(rf"^{words[1]}:", MAKEFILE, re.MULTILINE), f"make {words[1]}"
    elif name == "autograde":
        command = get_command(app)
        arguments = words[1:]
        while hasattr(command, "commands"):
            command = command.commands[arguments.pop(0)]
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert {word for word in arguments if word.startswith("-")} <= known
    elif words:
        assert name in OTHERS, f"{page}: {name} is not in OTHERS"
        assert not OTHERS[name] or words[1] in OTHERS[name]
        for word in words:
            if word.endswith((".yml", ".txt", ".py")) and "/" not in word:
                assert list(KIT.glob(word)) + list((KIT / page).parent.glob(word)), word


def hub_programs() -> list[tuple[str, str]]:
    """Return each program of each page that uses the Hub, with the page's path."""
    return [(name_of(page), each) for page in PAGES for each in programs(page) if "from autograde.hub" in each]


@pytest.mark.parametrize(("page", "program"), hub_programs())
def test_every_program_on_a_page_runs(page: str, program: str, tmp_path: Path) -> None:
    if 'environment["HF_TOKEN"]' in program:
        program += "    import subprocess\n    subprocess.run(['hf', 'auth', 'whoami'], env=environment, check=True)\n"
    bins = f"{Path(sys.executable).parent}:{settings.environment()['PATH']}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=settings.environment() | {"PATH": bins},
        input="\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert ("ada" in done.stdout) == ("whoami" in program)


def linked_files(page: Path) -> list[str]:
    """Return the files that a page links to, without anchors and other sites."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"\]\(([^):#]+)(?:#[^)]*)?\)", text)


def test_commands_and_links_are_found() -> None:
    """The tests of each page depend on these functions."""
    assert {page for page, _line in console_lines()} >= {"README.md", "CONTRIBUTING.md"}
    assert sum(len(linked_files(page)) for page in PAGES) > len(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_that_a_page_links_to_exists(page: Path) -> None:
    # The site's lessons are generated when it is built.
    for target in linked_files(page):
        if not (page.parent.name == "docs" and target.startswith("lessons/")):
            assert (page.parent / target).exists(), target
    for target in re.findall(r"```\{include\} (\S+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).is_file(), target


def test_every_module_that_the_developers_page_names_exists() -> None:
    page = (KIT / "docs" / "developers.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`", page))
    assert len(named) >= 10
    assert [name for name in sorted(named) if not any((at / name).is_file() for at in (KIT, KIT / "autograde"))] == []


def test_every_folder_in_the_developers_table_exists() -> None:
    page = (KIT / "docs" / "developers.md").read_text(encoding="utf-8")
    names = re.findall(r"`([^`]+)/`", "".join(re.findall(r"^\| `[^`]+/`.*?\|", page, re.MULTILINE)))
    assert "autograde" in names
    for name in names:
        assert (KIT / name).is_dir(), name


# Two languages


def english_page(chinese: Path) -> Path:
    """Return the English page whose translation is ``chinese``: ``name.md``, or ``name.en.md``."""
    plain = chinese.with_name(chinese.name.replace(".zh", ""))
    return plain if plain.exists() else chinese.with_name(chinese.name.replace(".zh", ".en"))


CHINESE = {page: english_page(page) for page in PAGES if page.name.endswith(".zh.md")}


def links(page: Path) -> list[str]:
    """Return the targets of a page's links and images, without its first line, which links to the other language."""
    text = page.read_text(encoding="utf-8").split("\n", 1)[1]
    return re.findall(r"\]\(([^)]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def test_both_readmes_have_the_same_commands_programs_and_links() -> None:
    english, chinese = KIT / "README.md", KIT / "README.zh.md"
    assert commands(english) == commands(chinese)
    code = [re.sub(r"  # .*", "", program) for page, program in hub_programs() if page.startswith("README")]
    assert len(code) == 2
    assert code[0] == code[1]
    assert "docs/learners.en.md" in links(english)
    # The Chinese README links to Chinese pages where they exist.
    expected = []
    for link in links(english):
        other = re.sub(r"(\.en)?(\.\w+)$", r".zh\2", link)
        expected.append(other if (KIT / other).exists() else link)
    assert links(chinese) == expected


@pytest.mark.parametrize("chinese", CHINESE, ids=name_of)
def test_chinese_page_has_commands_of_the_english_page_in_the_same_order(chinese: Path) -> None:
    remaining = iter(commands(CHINESE[chinese]))
    for command in commands(chinese):
        assert command in remaining, command


@pytest.mark.parametrize(
    "chinese",
    [page for page in CHINESE if page.parent.name in (KIT.name, "docs") and page.name != "index.zh.md"],
    ids=lambda page: page.name,
)
def test_a_page_and_its_translation_link_to_each_other_at_the_top(chinese: Path) -> None:
    for page, other in ((chinese, CHINESE[chinese]), (CHINESE[chinese], chinese)):
        top = page.read_text(encoding="utf-8").splitlines()[:3]
        assert any(f"]({other.name})" in line for line in top), page.name


@pytest.mark.parametrize("page", CHINESE, ids=name_of)
def test_chinese_paragraph_is_on_one_line(page: Path) -> None:
    """A browser shows a space where a line of the source ends."""
    text = re.sub(r"(?ms)^ *```.*?^ *```", "", page.read_text(encoding="utf-8"))
    assert re.findall(r"[\u3000-\u9fff\uff00-\uffef]\n *[\u4e00-\u9fff`\[A-Za-z]", text) == []


# docs/security.md


def test_security_page_has_the_limits_of_the_sandbox() -> None:
    page = (KIT / "docs" / "security.md").read_text(encoding="utf-8")
    limits = SandboxLimits()
    for text in (
        f"{limits.cell_seconds:g} seconds for a cell and {limits.notebook_seconds:g} for the notebook",
        f"{limits.memory / 2**30:g} GiB of memory, {limits.processes} processes and {limits.sockets:,} sockets",
        f"{limits.file_bytes // 2**20} MB for a file, {limits.output_bytes / 1e6:g} MB of output",
        f"at most {limits.disk_bytes // 2**20} MB, and {limits.disk_bytes // 2**21} MB in `/tmp`",
    ):
        assert text in page


# docs/protocol.md


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the tables below a heading of docs/protocol.md, without the header rows."""
    text = (KIT / "docs" / "protocol.md").read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    tables = re.findall(r"(?m)^\|.*\n\|[-|]+\n((?:\|.*\n)+)", section)
    return [[cell.strip() for cell in line.strip("|").split("|")] for table in tables for line in table.splitlines()]


def hub_routes() -> set[str]:
    """Return every route of the Hub, written like the addresses in docs/protocol.md.

    They are read from SECURITY.md, whose list is compared with the code by a test of the permissions.
    """
    found = set()
    for path in re.findall(r"^\| [A-Z]+ \| `([^`]+)`", SECURITY, re.MULTILINE):
        for pattern, plain in {
            r"/{types:kinds}/": "/",  # the same for every type
            r"{owner:seg}/{name:seg}": "{id}",
            r"{owner:seg}/{name:git}": "{id}",
            r"{types:types}": "{type}",
            r"{types:buckets}": "buckets",
        }.items():
            path = path.replace(pattern, plain)
        found.add(re.sub(r"\{(\w+):\w+\}", r"{\1}", path))
    return found


def is_covered(route: str, address: str) -> bool:
    """Return whether an address of the table is this route; one that ends with ``/…`` covers everything below it."""
    return route.startswith(address.removesuffix("…")) if address.endswith("/…") else route == address


def test_protocol_page_has_exactly_the_routes_of_the_hub() -> None:
    routes = hub_routes()
    addresses = [address for _what, cell, _remarks in rows("Supported") for address in re.findall(r"`(/[^`]*)`", cell)]
    assert len(addresses) == len(set(addresses))
    assert {route for route in routes if not any(is_covered(route, address) for address in addresses)} == set()
    assert [address for address in addresses if not any(is_covered(route, address) for route in routes)] == []


def test_routes_that_the_protocol_page_calls_missing_are_refused() -> None:
    paths = [
        address.replace("{id}", "ada/first").replace("{owner}", "ada")
        for _what, cell, _remarks in rows("Not supported")
        for address in re.findall(r"`(/[^`]+)`", cell)
    ]
    assert len(paths) > 3
    with LocalHub() as hub:
        hub.create_user("ada")
        for kind in ("model", "dataset", "space"):
            hub.create_repository("ada/first", type=kind)
        for path in paths:
            with pytest.raises(urllib.error.HTTPError) as refused:
                OPENER.open(hub.endpoint + path)
            with refused.value as answer:
                assert answer.code in (404, 501), path
