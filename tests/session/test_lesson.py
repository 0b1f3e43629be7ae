"""The first cell of a lesson, run in new processes: it finds or starts a Hub, however the kernel was started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

from autograde.hub import LocalHub, client_environment
from autograde.session.ports import free_port

#: Start of every script below; ``say`` sends a result to the test.
OPENING = """
import json, os, sys
from pathlib import Path
from autograde.errors import KitError
from autograde.lesson import open_lesson

def say(**found):
    print(json.dumps(found, default=str), flush=True)
"""


def plain_environment(tmp_path: Path, **more: str) -> dict[str, str]:
    """Return the environment of a user who never ran ``make learn``: with their own token, cache and git settings."""
    person = tmp_path / "person"
    (person / ".cache" / "huggingface").mkdir(parents=True, exist_ok=True)
    (person / ".cache" / "huggingface" / "token").write_text("the person's own token")
    (person / ".gitconfig").write_text("[user]\n\tname = The Person\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "GIT_", "AUTOGRADE_"))}
    return kept | {"HOME": str(person), "HF_TOKEN": "another token", "AUTOGRADE_HUB_PORT": str(free_port()), **more}


def run(script: str, folder: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Run ``script`` in ``folder`` and return its result."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", OPENING + script],
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


SIGN_IN = """
lesson = open_lesson("2.2")
me = lesson.sign_in()
import subprocess, huggingface_hub
again = open_lesson("2.2")
git = subprocess.run(["git", "config", "--get", "user.name"], capture_output=True, text=True).stdout.strip()
token = lesson.practice_token("read")
say(
    endpoint=lesson.endpoint, workspace=lesson.workspace, home=lesson.home, name=me.name, practice=me.practice,
    shown=repr(me), again=again.endpoint, hf_home=os.environ["HF_HOME"], hf_token=os.environ.get("HF_TOKEN"), git=git,
    masked=repr(token), role=huggingface_hub.whoami(token)["auth"]["accessToken"]["role"], secret=str(token),
    hf=subprocess.run(["hf", "auth", "whoami"], capture_output=True, text=True).stdout,
)
"""


def test_lesson_under_autograde_learn_uses_its_hub_and_home(hub: LocalHub, tmp_path: Path) -> None:
    home = tmp_path / ".autograde"
    found = run(SIGN_IN, tmp_path, client_environment(hub.endpoint, home))
    assert found["endpoint"] == found["again"] == hub.endpoint
    assert found["home"] == str(home)
    assert found["hf_home"] == str(home / "huggingface")
    assert found["practice"] is True
    assert found["name"] in found["shown"]
    assert found["name"] in found["hf"]
    assert found["role"] == "read"
    assert found["secret"] not in found["masked"]


def test_lesson_without_autograde_learn_starts_a_hub_and_keeps_the_users_files(tmp_path: Path) -> None:
    folder, environment = tmp_path / "lessons", plain_environment(tmp_path)
    before = {path: path.read_bytes() for path in (tmp_path / "person").rglob("*") if path.is_file()}
    first = run(SIGN_IN, folder, environment)
    assert first["endpoint"].startswith("http://127.0.0.1:")
    assert first["hf_home"] == str(folder / ".autograde" / "huggingface")
    assert first["hf_token"] is None
    assert first["git"] == "learner"
    assert first["practice"] is True
    after = {path: path.read_bytes() for path in (tmp_path / "person").rglob("*") if path.is_file()}
    assert {path: after.get(path) for path in before} == before
    # The next kernel finds the same accounts and files at the same address.
    second = run(SIGN_IN, folder, environment)
    assert (second["name"], second["endpoint"]) == (first["name"], first["endpoint"])


def test_two_notebooks_without_autograde_learn_share_one_hub(tmp_path: Path) -> None:
    folder, environment = tmp_path / "lessons", plain_environment(tmp_path)
    folder.mkdir()
    holding = OPENING + "say(endpoint=open_lesson('0').endpoint)\nsys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holding], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        endpoint = json.loads(other.stdout.readline())["endpoint"]
        try:
            assert run("say(endpoint=open_lesson('0').endpoint)", folder, environment)["endpoint"] == endpoint
        finally:
            other.communicate()


def test_huggingface_co_is_never_used(tmp_path: Path) -> None:
    environment = plain_environment(tmp_path, HF_ENDPOINT="https://huggingface.co")
    found = run("say(endpoint=open_lesson('0').endpoint)", tmp_path / "lessons", environment)
    assert found["endpoint"].startswith("http://127.0.0.1:")


def test_class_hub_is_used_with_the_workspaces_own_home(hub: LocalHub, tmp_path: Path) -> None:
    """The learner set HF_ENDPOINT themselves; nothing else in their environment is from the kit."""
    environment = plain_environment(tmp_path, HF_ENDPOINT=f"{hub.endpoint}/")
    found = run(SIGN_IN, tmp_path / "lessons", environment)
    assert found["endpoint"] == hub.endpoint
    assert found["hf_home"] == str(tmp_path / "lessons" / ".autograde" / "huggingface")


def test_in_jupyterhub_links_use_the_proxy_and_programs_do_not(tmp_path: Path) -> None:
    environment = plain_environment(tmp_path, JUPYTERHUB_PUBLIC_URL="https://jupyter.example.org/user/ada/")
    found = run(
        """
import urllib.request
lesson = open_lesson("2.2")
request = urllib.request.Request(f"{lesson.endpoint}/login", headers={"Host": "jupyter.example.org"})
page = urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).read().decode()
say(endpoint=lesson.endpoint, join=lesson.url("/join"), shown=lesson._repr_html_(), page=page)
""",
        tmp_path / "lessons",
        environment,
    )
    port = found["endpoint"].removeprefix("http://127.0.0.1:")
    behind = f"https://jupyter.example.org/user/ada/proxy/{port}"
    assert found["join"] == f"{behind}/join"
    assert f'href="{behind}/settings/tokens"' in found["shown"]
    assert f'href="/user/ada/proxy/{port}/join"' in found["page"]


def test_links_and_pages_work_in_a_jupyterhub_without_a_public_address(tmp_path: Path) -> None:
    """As on Binder: links have no host, and the Hub accepts the headers that jupyter-server-proxy sends."""
    environment = plain_environment(tmp_path, JUPYTERHUB_SERVICE_PREFIX="/user/ada/", AUTOGRADE_LANGUAGE="en")
    found = run(
        """
import urllib.error, urllib.request
lesson = open_lesson("2.2")
path = lesson.url("").rstrip("/")
def answer(**headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"{lesson.endpoint}/login", headers=headers)
    try:
        return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).read().decode()
    except urllib.error.HTTPError as error:
        return error.code
name = "hub.binder.example.org"
say(endpoint=lesson.endpoint, shown=lesson._repr_html_(), page=answer(Host=name, X_Forwarded_Prefix=path),
    bare=answer(Host=name), other=answer(Host=name, X_Forwarded_Prefix="/user/bob/proxy/1"))
""",
        tmp_path / "lessons",
        environment,
    )
    path = f"/user/ada/proxy/{found['endpoint'].removeprefix('http://127.0.0.1:')}"
    assert f'href="{path}/join"' in found["shown"]
    assert f'href="{path}/join"' in found["page"]
    assert (found["bare"], found["other"]) == (421, 421)


def test_pages_of_a_class_hub_behind_jupyterhub_use_the_public_url(hub: LocalHub, tmp_path: Path) -> None:
    pages = "https://jupyter.example.org/services/hf"
    environment = plain_environment(
        tmp_path, HF_ENDPOINT=hub.endpoint, AUTOGRADE_PUBLIC_URL=pages, JUPYTERHUB_SERVICE_PREFIX="/user/ada/"
    )
    found = run("lesson = open_lesson('2.2'); say(url=lesson.url('/join'))", tmp_path / "lessons", environment)
    assert found["url"] == f"{pages}/join"


def test_learners_own_login_takes_precedence_over_the_practice_account(hub: LocalHub, tmp_path: Path) -> None:
    reading = hub.create_token(hub.create_user("wins").name, role="read", name="reading")
    environment = client_environment(hub.endpoint, tmp_path / ".autograde") | {"TYPED": reading}
    found = run(
        """
lesson = open_lesson("2.3")
from autograde.widgets.login import log_in
log_in(os.environ["TYPED"])
me = lesson.sign_in()
say(name=me.name, practice=me.practice, shown=repr(me))
""",
        tmp_path,
        environment | {"AUTOGRADE_LANGUAGE": "en"},
    )
    assert (found["name"], found["practice"]) == ("wins", False)
    assert "can only read" in found["shown"]


def test_token_of_another_hub_is_removed_and_reported(hub: LocalHub, tmp_path: Path) -> None:
    home = tmp_path / ".autograde"
    (home / "huggingface").mkdir(parents=True)
    (home / "huggingface" / "token").write_text("hf_" + "q" * 34)
    script = """
lesson = open_lesson("0")
import huggingface_hub
say(shown=repr(lesson), models=len(list(huggingface_hub.list_models())), progress=lesson.progress().done)
"""
    found = run(script, tmp_path, client_environment(hub.endpoint, home) | {"AUTOGRADE_LANGUAGE": "en"})
    assert "logged out" in found["shown"]
    assert found["progress"] == [False] * 6


def test_missing_models_of_lesson_1_are_reported_by_its_first_cell(hub: LocalHub, tmp_path: Path) -> None:
    script = "say(shown=[repr(open_lesson(section)) for section in ('1', '2.1')])"
    environment = client_environment(hub.endpoint, tmp_path / ".autograde") | {"AUTOGRADE_LANGUAGE": "en"}
    first, other = run(script, tmp_path, environment)["shown"]
    assert "autograde hub serve --models" in first
    assert "models" not in other
    hub.create_organization("gallery")
    hub.create_repository("gallery/tiny-bert")
    assert "--models" not in run(script, tmp_path, environment)["shown"][0]


FAILING = """
try:
    open_lesson("0")
except KitError as error:
    say(kind=type(error).__name__, what=error.what, fix=error.fix)
else:
    say(kind="none")
"""


def test_opening_a_lesson_after_importing_huggingface_hub_asks_for_a_restart(hub: LocalHub, tmp_path: Path) -> None:
    environment = plain_environment(tmp_path, HF_ENDPOINT=hub.endpoint, AUTOGRADE_LANGUAGE="en")
    found = run("from huggingface_hub import HfApi\n" + FAILING, tmp_path / "lessons", environment)
    assert found["kind"] == "RestartNeeded"
    assert "Restart" in found["fix"]


def test_stopped_hub_gives_an_error_with_a_fix(tmp_path: Path) -> None:
    with LocalHub() as hub:
        endpoint = hub.endpoint
    environment = client_environment(endpoint, tmp_path / ".autograde") | {"AUTOGRADE_LANGUAGE": "en"}
    found = run(FAILING, tmp_path, environment)
    assert found["kind"] == "HubUnreachable"
    assert endpoint in found["what"]
    assert "make learn" in found["fix"]


def test_hub_that_stops_during_the_lesson_gives_a_clear_error(tmp_path: Path) -> None:
    """huggingface_hub 2 raises httpx2's errors instead of httpx's, which were not caught."""
    script = """
lesson = open_lesson("0")
print(flush=True)
sys.stdin.readline()
try:
    lesson.sign_in()
except KitError as error:
    say(kind=type(error).__name__)
"""
    ada_home = tmp_path / ".autograde"
    with LocalHub() as hub:
        (ada_home / "huggingface").mkdir(parents=True)
        (ada_home / "huggingface" / "token").write_text(hub.create_user("ada").token)
        child = subprocess.Popen(
            [sys.executable, "-c", OPENING + script],
            cwd=tmp_path,
            env=client_environment(hub.endpoint, ada_home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        child.stdout.readline()
    output, _errors = child.communicate("\n", timeout=60)
    assert json.loads(output.splitlines()[-1])["kind"] == "HubUnreachable"


def test_temporary_folder_is_used_if_the_folder_cannot_be_written_to(hub: LocalHub, tmp_path: Path) -> None:
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / ".autograde").write_text("a file where the folder should be; even root cannot write into it")
    environment = plain_environment(tmp_path, HF_ENDPOINT=hub.endpoint, TMPDIR=str(tmp_path), AUTOGRADE_LANGUAGE="en")
    found = run("lesson = open_lesson('0')\nsay(shown=repr(lesson), place=lesson.folder)", folder, environment)
    assert "cannot be written to" in found["shown"]
    assert Path(found["place"]).is_dir()
    assert folder not in Path(found["place"]).parents


def test_make_room_for_keeps_one_older_clone(hub: LocalHub, tmp_path: Path) -> None:
    script = """
lesson = open_lesson("2.4")
for number in range(3):
    lesson.make_room_for("model")
    (lesson.folder / "model").mkdir()
    (lesson.folder / "model" / "number").write_text(str(number))
say(found={path.name: (path / "number").read_text() for path in lesson.folder.iterdir()})
"""
    found = run(script, tmp_path, client_environment(hub.endpoint, tmp_path / ".autograde"))
    assert found["found"] == {"model": "2", "model-before": "1"}


def test_notebook_shows_the_error_without_a_traceback(hub: LocalHub, tmp_path: Path) -> None:
    book = new_notebook()
    book.cells = [
        new_code_cell("from huggingface_hub import HfApi\nfrom autograde.lesson import open_lesson\nopen_lesson('0')")
    ]
    environment = plain_environment(tmp_path, HF_ENDPOINT=hub.endpoint, AUTOGRADE_LANGUAGE="en")
    with pytest.raises(CellExecutionError):
        NotebookClient(book, timeout=60).execute(env=environment, cwd=str(tmp_path))
    [output] = book.cells[0].outputs
    assert output.output_type == "error"
    assert len(output.traceback) == 2
    assert "already been imported" in output.traceback[0]


def test_opening_a_lesson_imports_neither_torch_nor_the_hub_client(hub: LocalHub, tmp_path: Path) -> None:
    found = run(
        "open_lesson('0')\nsay(heavy=[m for m in ('torch', 'transformers', 'huggingface_hub') if m in sys.modules])",
        tmp_path,
        client_environment(hub.endpoint, tmp_path / ".autograde"),
    )
    assert found["heavy"] == []
