"""``make jupyterhub``: test ``examples/jupyterhub`` with a real JupyterHub, its proxy and Chromium.

Two learners open lessons 2.1 and 2.2, one in each language, sign up on the class Hub through the proxy, then fetch and
submit an exercise; the instructor collects and grades. The file's name excludes it from ``make test``: it takes minutes
and needs configurable-http-proxy from npm.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Locator, Page

from autograde import settings
from autograde.pictures.browsing import chromium
from autograde.session.ports import free_port
from autograde.settings import KIT
from autograde.setup import tools

EXAMPLE = KIT / "examples" / "jupyterhub"
PROXY = KIT / ".tools" / "jupyterhub" / "node_modules" / ".bin" / "configurable-http-proxy"
ASSIGNMENT = "2.3-create-a-model-repository"
PEOPLE = {"ada": "en", "bao": "zh"}
PASSWORD = "correct horse battery"
SECONDS = 120
BUBBLEWRAP = tools.Tool("bubblewrap", "shows a process another list of users", ("bwrap",))


@dataclass(frozen=True)
class Class:
    """A running JupyterHub.

    Attributes:
        address: its URL in browsers.
        folder: homes, data and JupyterHub's own files.
        environment: the instructor's environment, for nbgrader.
    """

    address: str
    folder: Path
    environment: Mapping[str, str]

    def run(self, *command: str, folder: Path, **variables: str) -> str:
        """Run a command of the instructor and return its output."""
        done = subprocess.run(
            as_jovyan(self.folder, command),
            cwd=folder,
            env={**self.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


def as_jovyan(folder: Path, command: tuple[str, ...]) -> list[str]:
    """Return ``command``, run so that this user is called jovyan, as in every Jupyter container: nbgrader then asks
    JupyterHub for the learner's name. Without that, each learner would need an account on this machine."""
    names = folder / "passwd"
    names.write_text(f"jovyan:x:{os.getuid()}:{os.getgid()}::/home/jovyan:/bin/sh\n", encoding="ascii")
    return ["bwrap", "--dev-bind", "/", "/", "--ro-bind", str(names), "/etc/passwd", "--die-with-parent", *command]


@pytest.fixture(scope="module")
def klass(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    if not PROXY.exists():
        pytest.fail("configurable-http-proxy is not installed; type: make jupyterhub")
    tools.require((BUBBLEWRAP, tools.CHROMIUM))
    folder = tmp_path_factory.mktemp("class")
    address, hub_port = f"http://127.0.0.1:{free_port()}", free_port()
    own = {name: value for name, value in settings.environment().items() if not name.startswith(("HF_", "AUTOGRADE_"))}
    environment = own | {
        "PATH": f"{Path(sys.executable).parent}:{own['PATH']}",
        "AUTOGRADE_CACHE": str(settings.cache_folder()),
        "CLASS_ADDRESS": address,
        "CLASS_DATA": str(folder / "data"),
        "CLASS_CHINESE": "bao",
        "CLASS_HUB_PORT": str(hub_port),
    }
    command = (
        "jupyterhub",
        f"--config={EXAMPLE / 'jupyterhub_config.py'}",
        "--JupyterHub.authenticator_class=dummy",
        f"--DummyAuthenticator.password={PASSWORD}",
        "--JupyterHub.spawner_class=simple",
        f"--SimpleLocalProcessSpawner.home_dir_template={folder}/{{username}}",
        f"--JupyterHub.hub_port={free_port()}",
        f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{free_port()}",
        f"--ConfigurableHTTPProxy.command={PROXY}",
        "--Spawner.start_timeout=180",
        "--Spawner.http_timeout=180",
        *(["--Spawner.args=--allow-root"] if tools.is_root() else []),
    )
    log = (folder / "jupyterhub.log").open("w")
    with subprocess.Popen(
        as_jovyan(folder, command), cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
    ) as running:
        try:
            wait_for(f"{address}/hub/login", running)
            wait_for(f"http://127.0.0.1:{hub_port}/healthz", running)
            instructor = environment | {
                "CLASS_EXCHANGE": str(folder / "data" / "exchange"),
                "JUPYTER_CONFIG_PATH": str(EXAMPLE / "nbgrader"),
                "JUPYTERHUB_USER": "tina",
            }
            yield Class(address, folder, instructor)
        finally:
            # Terminate JupyterHub itself: bubblewrap would kill it, and its child processes would keep running.
            for process in psutil.Process(running.pid).children():
                process.terminate()
            running.wait(SECONDS)
            remaining = [each.pid for each in psutil.process_iter() if str(folder) in " ".join(command_of(each))]
            assert not remaining, "JupyterHub has stopped, but these processes are still running"
            log.close()
            print((folder / "jupyterhub.log").read_text(encoding="utf-8")[-6000:])  # noqa: T201 - shown on failure


def command_of(process: psutil.Process) -> list[str]:
    """Return the command line of a process; empty if it has ended."""
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def wait_for(url: str, running: subprocess.Popen[bytes]) -> None:
    """Return once ``url`` answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    last = time.monotonic() + SECONDS
    while True:
        assert running.poll() is None, "JupyterHub stopped"
        try:
            opener.open(url, timeout=5).close()
        except OSError:
            assert time.monotonic() < last, url
            time.sleep(0.2)
        else:
            return


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def pages(klass: Class, browser: Browser) -> dict[str, Page]:
    """Each learner's browser page, logged in to JupyterHub, with JupyterLab open."""
    found = {}
    for name in PEOPLE:
        page = browser.new_context(viewport={"width": 1280, "height": 12000}).new_page()
        page.set_default_timeout(SECONDS * 1000)
        page.goto(f"{klass.address}/hub/login")
        page.fill("#username_input", name)
        page.fill("#password_input", PASSWORD)
        page.click("#login_submit")
        page.wait_for_url(re.compile(rf"/user/{name}/lab"))
        found[name] = page
    return found


def open_lesson(klass: Class, page: Page, name: str, lesson: str) -> Locator:
    """Open a lesson in JupyterLab and return its panel when the kernel is ready."""
    page.goto(f"{klass.address}/user/{name}/lab/tree/lessons/{lesson}.ipynb?reset")
    panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    panel.locator(".jp-CodeCell").first.wait_for()
    page.get_by_text(re.compile(r"Python 3 \(ipykernel\) \| (Idle|空闲)")).wait_for()
    return panel


def run_all(page: Page, panel: Locator, tokens: Mapping[str, str]) -> None:
    """Run all cells, and paste a token at each prompt, until the last cell has its number."""
    page.locator(".lm-MenuBar-item").nth(3).click()
    page.locator(".lm-Menu-item[data-command='runmenu:run-all']").click()
    numbered = panel.locator(".jp-CodeCell").last.locator(".jp-InputPrompt", has_text=re.compile(r"\[\d+\]"))
    prompt = panel.locator(".jp-Stdin-input")
    while True:
        try:
            numbered.or_(prompt).first.wait_for()
        finally:
            # A failing cell stops the others, and its output has the reason.
            assert panel.locator("[data-mime-type='application/vnd.jupyter.stderr']").all_inner_texts() == []
        if numbered.count():
            return
        words = panel.locator(".jp-Stdin-prompt").first.inner_text()
        prompt.first.fill(tokens["read" if "read" in words else "write"])
        prompt.first.press("Enter")
        panel.locator(".jp-Stdin-prompt", has_text=words.strip()).wait_for(state="detached")


def sign_up(hub: Page, name: str) -> dict[str, str]:
    """Sign up on the page that a lesson's link opened, and create a token of each role."""
    hub.locator("#username").fill(name)
    hub.locator("#email").fill(f"{name}@example.org")
    hub.locator("#password").fill(PASSWORD)
    hub.locator("#password").press("Enter")
    hub.wait_for_url(re.compile(r"/services/hf/welcome"))
    address = hub.url.removesuffix("/welcome")
    tokens = {}
    for role in ("read", "write"):
        hub.goto(f"{address}/settings/tokens")
        hub.locator("#name").fill(role)
        hub.locator(f"input[type=radio][value={role}]").check()
        hub.locator("form.stack button").click()
        tokens[role] = hub.locator("[data-token]").get_attribute("data-token") or ""
    return tokens


@pytest.mark.parametrize("name", PEOPLE)
def test_a_learner_signs_up_through_the_proxy_and_runs_two_lessons(
    klass: Class, pages: dict[str, Page], name: str
) -> None:
    page = pages[name]
    panel = open_lesson(klass, page, name, "2.1-create-an-account")
    first = panel.locator(".jp-CodeCell", has_text="open_lesson(").first
    first.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    link = first.locator(".jp-OutputArea a[href$='/join']")
    assert link.get_attribute("href") == f"{klass.address}/services/hf/join"
    with page.expect_popup() as opened:
        link.click()
    tokens = sign_up(opened.value, name)
    opened.value.close()
    run_all(page, panel, tokens)
    run_all(page, open_lesson(klass, page, name, "2.2-log-in"), tokens)


def test_exercises_are_fetched_submitted_collected_and_graded(klass: Class, pages: dict[str, Page]) -> None:
    course = klass.folder / "course"
    klass.run("autograde", "course", str(course), folder=klass.folder)
    for language in ("en", "zh"):
        variables = {"LANGUAGE": language, "CLASS_COURSE": f"hub-{language}"}
        klass.run("nbgrader", "generate_assignment", ASSIGNMENT, folder=course, **variables)
        klass.run("nbgrader", "release_assignment", ASSIGNMENT, f"--course=hub-{language}", folder=course, **variables)

    for name, language in PEOPLE.items():
        about = {"course_id": f"hub-{language}", "assignment_id": ASSIGNMENT}
        ask(klass, pages[name], name, "fetch", about)
        notebook = klass.folder / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        if name == "ada":
            answer(notebook)
        ask(klass, pages[name], name, "submit", about)

    for language in ("en", "zh"):
        klass.run("nbgrader", "collect", ASSIGNMENT, f"--course=hub-{language}", folder=course)
    klass.run("nbgrader", "autograde", ASSIGNMENT, folder=course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        scores = {each.student.id: (each.score, each.max_score) for each in book.assignment_submissions(ASSIGNMENT)}
    assert scores == {"ada": (10.0, 10.0), "bao": (0.0, 10.0)}


def ask(klass: Class, page: Page, name: str, act: str, about: Mapping[str, str]) -> None:
    """Send the request of a button in nbgrader's assignment list: ``fetch`` or ``submit``."""
    page.goto(f"{klass.address}/user/{name}/lab?reset")
    reply = page.evaluate(
        """async ([address, about]) => {
            const token = document.cookie.match(/(?:^|; )_xsrf=([^;]+)/);
            const body = new URLSearchParams(about);
            const answer = await fetch(address, {
                method: "POST", body, headers: {"X-XSRFToken": token ? decodeURIComponent(token[1]) : ""}});
            return await answer.text();
        }""",
        [f"{klass.address}/user/{name}/assignments/{act}", dict(about)],
    )
    assert json.loads(reply)["success"], reply


def answer(path: Path) -> None:
    """Fill in the solutions in a fetched notebook."""
    solved = nbformat.read(KIT / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    solutions = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in solved.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = solutions.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    nbformat.write(notebook, path)
