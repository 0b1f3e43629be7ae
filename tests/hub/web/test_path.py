"""A Hub under a path (``http://school/hub``) behind nginx: pages, git, LFS, ``hf`` and Xet use the public address."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from autograde.hub import Account, LocalHub, Visitor, client_environment
from autograde.session.ports import free_port
from tests.hub.clients import Connect
from tests.plain_browser import Answer

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")

#: As documented in SECURITY.md.
CONFIGURATION = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{port};
        location /hub/ {{
            proxy_pass http://127.0.0.1:{hub};
            proxy_set_header Host $http_host;
            proxy_http_version 1.1;
            proxy_request_buffering off;
            client_max_body_size 0;
        }}
    }}
}}
"""


class School:
    """A Hub behind nginx at ``/hub``, and a user with a token."""

    def __init__(self, hub: LocalHub, port: int, account: Account) -> None:
        self.hub, self.port, self.account = hub, port, account
        self.endpoint = f"http://127.0.0.1:{port}/hub"

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        found = Answer(answer.status, answer.headers, answer.read().decode("utf-8", "replace"))
        connection.close()
        return found


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    with LocalHub(public_url=f"http://127.0.0.1:{port}/hub", programs_use_proxy=True) as hub:
        account = hub.create_user("ada", password="correct horse")
        (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, port=port, hub=hub.port))
        assert NGINX
        process = subprocess.Popen(
            [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL
        )
        behind_nginx = School(hub, port, account)
        for _ in range(500):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.01)
        yield behind_nginx
        process.terminate()
        process.wait(10)


def test_python_client_uploads_downloads_and_renames_under_the_path(
    school: School, connect: Connect, tmp_path: Path
) -> None:
    found = connect(school).run(
        """
        import os
        api = huggingface_hub.HfApi(token=token)
        url = str(api.create_repo("ada/py"))
        api.upload_file(path_or_fileobj=path, path_in_repo="w.safetensors", repo_id="ada/py")
        api.upload_file(path_or_fileobj=b"streamed" * 9000, path_in_repo="s.bin", repo_id="ada/py")
        pull = api.create_pull_request("ada/py", title="t")
        api.upload_file(path_or_fileobj=b"x", path_in_repo="x.txt", repo_id="ada/py", revision=pull.git_reference)
        folder = api.snapshot_download("ada/py")
        commits = len(api.list_repo_commits("ada/py"))
        api.move_repo("ada/py", "ada/moved")
        old = api.hf_hub_download("ada/py", "w.safetensors", local_dir=target)
        result = {"url": url, "pull": pull.url, "commits": commits,
                  "same": open(old, "rb").read() == open(path, "rb").read()
                          == open(os.path.join(folder, "w.safetensors"), "rb").read()}
        """,
        token=school.account.token,
        path=str(write(tmp_path / "w", 3_000_000)),
        target=str(tmp_path / "old"),
    )
    assert found == {
        "url": f"{school.endpoint}/ada/py",
        "pull": f"{school.endpoint}/ada/py/discussions/1",
        "commits": 3,
        "same": True,
    }


@pytest.mark.parametrize("version", ["0.23.5", "0.36.2", "1.0.1", "2.4.0"])
def test_older_python_clients_get_an_address_that_names_the_type(version: str, school: School, tmp_path: Path) -> None:
    """Before 1.10, create_repo ended with: Unknown `repo_type`: 'hub'."""
    name = f"old-{version.replace('.', '-')}"
    authorization = {"Authorization": f"Bearer {school.account.token}", "User-Agent": f"hf_hub/{version}; python/3.11"}
    body = json.dumps({"name": name}).encode()
    answer = school.send("POST", "/hub/api/repos/create", body, **authorization, Content_Type="application/json")
    url = json.loads(answer.text)["url"]
    assert url == f"{school.endpoint}/{'' if version == '2.4.0' else 'models/'}ada/{name}"
    environment = client_environment(school.endpoint, tmp_path / "home")
    found = subprocess.run(["git", "ls-remote", url], env=environment, capture_output=True, text=True, check=True)
    assert "refs/heads/main" in found.stdout
    with urllib.request.urlopen(f"{url}/tree/main?x=%2F", timeout=20) as page:
        assert page.url == f"{school.endpoint}/ada/{name}/tree/main?x=%2F"
    # A push of weights ended with: Not Implemented.
    batch = json.dumps({"operation": "upload", "objects": []}).encode()
    path = f"{url.removeprefix(school.endpoint)}.git/info/lfs/objects/batch"
    answer = school.send("POST", f"/hub{path}", batch, **authorization, Content_Type="application/json")
    assert answer.status == 200


def write(path: Path, size: int) -> Path:
    path.write_bytes(hashlib.shake_128(b"path").digest(size))
    return path


def test_git_pushes_and_clones_with_lfs_under_the_path(school: School, tmp_path: Path) -> None:
    school.hub.create_repository("ada/git")
    environment = client_environment(school.endpoint, tmp_path / "home")

    def git(*words: str, cwd: Path = tmp_path) -> None:
        done = subprocess.run(["git", *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    address = school.endpoint.replace("//", f"//ada:{school.account.token}@")
    git("clone", f"{address}/ada/git", "made")
    write(tmp_path / "made/w.safetensors", 300_000)
    git("add", ".", cwd=tmp_path / "made")
    git("commit", "-m", "w", cwd=tmp_path / "made")
    git("push", cwd=tmp_path / "made")
    git("clone", f"{school.endpoint}/ada/git", "copy")
    assert (tmp_path / "copy/w.safetensors").read_bytes() == (tmp_path / "made/w.safetensors").read_bytes()
    assert school.hub.repository("ada/git").lfs_paths() == ["w.safetensors"]


def test_visitor_signs_up_and_makes_a_token_under_the_path(school: School) -> None:
    """Lessons 2.1 and 2.2 do this; the Hub once rejected the form as coming from another site."""
    visitor = Visitor(school.endpoint)
    visitor.join("vera", "vera@example.org", "correct horse")
    token = visitor.create_token("lessons", role="read")
    answer = school.send("GET", "/hub/api/whoami-v2", Authorization=f"Bearer {token}")
    assert json.loads(answer.text)["name"] == "vera"


def test_addresses_in_answers_and_links_on_pages_include_the_path(school: School) -> None:
    school.hub.create_repository("ada/page", files={"README.md": b"[a](a.txt)", "a.txt": b"a", "w.bin": b"w"})
    school.hub.create_repository("ada/next-page")
    answer = school.send("HEAD", "/hub/ada/page/resolve/main/w.bin")
    assert answer.headers["x-xet-refresh-route"].startswith(f"{school.endpoint}/api/models/ada/page/xet-read-token/")
    answer = school.send("GET", "/hub/api/models?limit=1&author=ada", Authorization=f"Bearer {school.account.token}")
    link = re.search("<(.*?)>", answer.headers["link"] or "")
    assert link
    assert link[1].startswith(f"{school.endpoint}/api/models?")
    assert school.send("GET", link[1].removeprefix(f"http://127.0.0.1:{school.port}")).status == 200
    for path in ("/hub/", "/hub/ada/page", "/hub/models", "/hub/login", "/hub/ada"):
        answer = school.send("GET", path, Accept="text/html")
        assert answer.status == 200, path
        links = [unescape(found) for found in re.findall(r'(?:href|src|action)="([^"]*)"', answer.text)]
        assert len(links) > 5, path
        assert [link for link in links if not link.startswith(("/hub/", "?", "#"))] == [], path
    assert f"git clone {school.endpoint}/ada/page" in school.send("GET", "/hub/ada/page", Accept="text/html").text


def test_form_under_the_path_logs_in_and_redirects_there(school: School) -> None:
    page = school.send("GET", "/hub/login", Accept="text/html")
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token
    cookie = page.headers["set-cookie"]
    assert "Path=/hub" in cookie
    fields = {"csrf": token[1], "username": "ada", "password": "correct horse", "next": "/new"}
    answer = school.send(
        "POST", "/hub/login", urllib.parse.urlencode(fields).encode(), Cookie=cookie.split(";")[0],
        Origin=f"http://127.0.0.1:{school.port}", Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert (answer.status, answer.headers["location"]) == (303, f"{school.endpoint}/new")


def test_former_name_redirects_to_a_bare_path_with_the_prefix(school: School) -> None:
    """Clients before 2.0 follow only redirections without a host."""
    school.hub.create_repository("ada/before", files={"a.txt": b"a"})
    body = b'{"fromRepo": "ada/before", "toRepo": "ada/after"}'
    kind = {"Authorization": f"Bearer {school.account.token}", "Content-Type": "application/json"}
    assert school.send("POST", "/hub/api/repos/move", body, **kind).status == 200
    answer = school.send("HEAD", "/hub/ada/before/resolve/main/a.txt")
    assert (answer.status, answer.headers["location"]) == (307, "/hub/ada/after/resolve/main/a.txt")
