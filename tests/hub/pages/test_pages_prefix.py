"""The pages behind a proxy that adds a path prefix, as jupyter-server-proxy does in JupyterHub."""

from __future__ import annotations

import http.client
import re
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from autograde.hub import LocalHub
from autograde.hub.web.admission import cookie_name
from tests.plain_browser import Browser

PREFIX = "/user/ada%40x/proxy/8960"


@contextmanager
def started_proxy(hub: LocalHub, prefix: str, **headers: str) -> Iterator[int]:
    """Run a proxy and yield its port. It removes ``prefix`` from requests and adds it to bare paths in ``Location``;
    ``headers`` are added to those of the browser."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if not self.path.startswith(prefix + "/"):
                self.send_error(404, "Not a page of the Hub")
                return
            connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
            added = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(
                self.command, self.path.removeprefix(prefix), body or None, dict(self.headers.items()) | added
            )
            found = connection.getresponse()
            content = found.read()
            self.send_response(found.status)
            for name, value in found.getheaders():
                if name.lower() == "location" and value.startswith("/"):
                    value = prefix + value
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            connection.close()

        do_GET = do_POST = answer  # noqa: N815 - the names that http.server looks for

        def log_message(self, *arguments: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def proxy(hub: LocalHub) -> Iterator[int]:
    """A proxy like jupyter-server-proxy in front of the shared Hub, which is not configured for it."""
    with started_proxy(hub, PREFIX, X_Forwarded_Prefix=PREFIX, X_ProxyContextPath=PREFIX) as port:
        yield port


def links_of(page: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'(?:href|src|action)="([^"]*)"', page)]


def test_forms_redirections_cookies_and_links_stay_under_the_prefix(
    hub: LocalHub, proxy: int, open_browser: type[Browser]
) -> None:
    origin = f"http://127.0.0.1:{proxy}"
    person = hub.create_user("prefix-ada", password="correct horse")
    browser = open_browser(hub, port=proxy, Origin=origin)
    page = browser.get(f"{PREFIX}/login?next=/new")
    assert f"Path={PREFIX}" in page.headers["set-cookie"]
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token
    fields = {"csrf": token[1], "username": person.name, "password": "correct horse", "next": "/new"}
    answer = browser.open("POST", f"{PREFIX}/login", fields)
    assert (answer.status, answer.headers["location"]) == (303, f"{origin}{PREFIX}/new")
    assert f"Path={PREFIX}" in answer.headers["set-cookie"]
    assert cookie_name(hub.hub) in browser.cookies

    def csrf() -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', browser.get(f"{PREFIX}/new").text)
        assert found
        return found[1]

    made = browser.open("POST", f"{PREFIX}/new", {"csrf": csrf(), "name": "m", "license": "mit"})
    assert made.headers["location"] == f"{origin}{PREFIX}/{person.name}/m"
    hub.create_repository(
        f"{person.name}/full", files={"README.md": b"[a](a.txt) ![p](p.png) [b](/models)", "a.txt": b"a", "p.png": b"p"}
    )
    renamed = browser.open("POST", f"{PREFIX}/{person.name}/m/settings", {"csrf": csrf(), "act": "rename", "name": "n"})
    assert renamed.headers["location"] == f"{origin}{PREFIX}/{person.name}/n/settings"
    moved = browser.get(f"{PREFIX}/{person.name}/m")
    assert (moved.status, moved.headers["location"]) == (307, f"{origin}{PREFIX}/{person.name}/n")

    waiting, seen = [f"{PREFIX}/", f"{PREFIX}/nobody/none"], dict[str, int]()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        answer = browser.get(address, Accept="text/html")
        seen[address] = answer.status
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for link in links_of(answer.text):
            assert link.startswith((PREFIX + "/", "?", "#")), (address, link)
            target = urllib.parse.urljoin(address, link).split("#")[0]
            if (
                "lang=" not in target
                and not target.endswith(("/logout", "/like"))
                and (person.name in target or target.count("/") < 7)
            ):
                waiting.append(target)
    missing = f"{PREFIX}/nobody/none"
    wrong = {address: status for address, status in seen.items() if status not in (200, 303) and address != missing}
    assert not wrong
    assert {f"{PREFIX}/{person.name}/full/blob/main/a.txt", f"{PREFIX}/welcome", f"{PREFIX}/models"} <= set(seen)
    assert any("/static/style.css" in address for address in seen)


def test_commands_use_the_hubs_own_address_behind_a_proxy_with_a_login(
    hub: LocalHub, proxy: int, open_browser: type[Browser]
) -> None:
    hub.create_user("prefix-bob", password="correct horse")
    hub.create_repository("prefix-bob/m")
    text = open_browser(hub, port=proxy).get(f"{PREFIX}/prefix-bob/m").text
    assert f"git clone http://127.0.0.1:{hub.port}/prefix-bob/m" in text


@pytest.mark.parametrize(
    "given",
    [
        "//evil.example", "https://evil.example", "/\\evil.example", "/a/../b", "/..", "/.", "javascript:alert(1)",
        '/"><script>', "/a b", "/é", "evil", "/a//b", "/a?x", "/a#x", "/", "", "/" + "x" * 600,
    ],
)  # fmt: skip
def test_invalid_prefix_header_does_not_change_links(hub: LocalHub, open_browser: type[Browser], given: str) -> None:
    text = open_browser(hub).get("/", X_Forwarded_Prefix=given.encode().decode("latin-1")).text
    assert all(re.match(r"/(?!/)|\?|#", link) for link in links_of(text))
    assert 'href="/static/' in text


def test_origin_is_checked_behind_a_proxy(hub: LocalHub, proxy: int, open_browser: type[Browser]) -> None:
    browser = open_browser(hub, port=proxy)
    token = re.search(r'name="csrf" value="([^"]+)"', browser.get(f"{PREFIX}/login").text)
    assert token
    fields = {"csrf": token[1], "username": "x", "password": "y"}
    assert browser.open("POST", f"{PREFIX}/login", fields, Origin="http://evil.example").status == 403
    assert browser.open("POST", f"{PREFIX}/login", fields, Origin=f"http://127.0.0.1:{proxy}").status == 400


#: Headers of proxies: some keep the browser's Host, others replace it and forward it; some send their path.
PROXIES = {
    "JupyterHub": {"X_Forwarded_Prefix": "PATH"},
    "another Host": {
        "Host": "127.0.0.1:80",
        "X_Forwarded_Host": "JUPYTER.example.org:443",
        "X_Forwarded_Proto": "http",
    },
    "two proxies": {"Host": "localhost", "X_Forwarded_Host": "jupyter.example.org, inner.example"},
}


@pytest.fixture(scope="module")
def public() -> Iterator[LocalHub]:
    """A Hub configured with the address under which browsers reach it."""
    with LocalHub(public_url="https://jupyter.example.org/user/ada/proxy/{port}/") as hub:
        hub.create_user("ada", password="correct horse")
        hub.create_repository("ada/m")
        yield hub


@pytest.mark.parametrize("kind", PROXIES)
def test_pages_use_the_public_address_behind_the_configured_proxy(
    public: LocalHub, open_browser: type[Browser], kind: str
) -> None:
    path, origin = f"/user/ada/proxy/{public.port}", "https://jupyter.example.org"
    forwarded = {name: path if value == "PATH" else value for name, value in PROXIES[kind].items()}
    with started_proxy(public, path, **forwarded) as port:
        browser = open_browser(public, port=port, Host="jupyter.example.org", Origin=origin)
        page = browser.get(f"{path}/login")
        assert page.status == 200
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert token
        fields = {"csrf": token[1], "username": "ada", "password": "correct horse", "next": "/ada/m"}
        answer = browser.open("POST", f"{path}/login", fields)
        assert (answer.status, answer.headers["location"]) == (303, f"{origin}{path}/ada/m")
        cookie = answer.headers["set-cookie"]
        assert f"Path={path};" in cookie
        assert "Secure" in cookie
        text = browser.get(f"{path}/ada/m").text
        assert all(link.startswith((path + "/", "?", "#")) for link in links_of(text))
        # git and Python cannot log in to the proxy; they run on the same machine as the Hub.
        assert f"git clone http://127.0.0.1:{public.port}/ada/m" in text
        assert browser.open("POST", f"{path}/login", fields, Origin="https://evil.example").status == 403


def test_forms_work_if_only_the_path_is_configured(open_browser: type[Browser]) -> None:
    """As behind jupyter-server-proxy in a JupyterHub whose address is unknown."""
    path, name = "/user/ada/proxy/8960", "hub.binder.example.org"
    with LocalHub(public_url=path) as hub:
        hub.create_user("ada", password="correct horse")
        headers = {"X_Forwarded_Prefix": path, "X_Forwarded_Proto": "https"}
        with started_proxy(hub, path, **headers) as port:
            browser = open_browser(hub, port=port, Host=name, Origin=f"https://{name}")
            token = re.search(r'name="csrf" value="([^"]+)"', browser.get(f"{path}/login").text)
            assert token
            fields = {"csrf": token[1], "username": "ada", "password": "correct horse", "next": "/welcome"}
            assert browser.open("POST", f"{path}/login", fields, Origin="https://evil.example").status == 403
            answer = browser.open("POST", f"{path}/login", fields)
            assert (answer.status, answer.headers["location"]) == (303, f"https://{name}{path}/welcome")
            assert "Secure" in answer.headers["set-cookie"]
        assert open_browser(hub, Host=name).get("/login").status == 421


def test_programs_on_the_same_machine_use_the_hubs_own_address(public: LocalHub, open_browser: type[Browser]) -> None:
    page = open_browser(public).get("/ada/m")
    assert f"git clone http://127.0.0.1:{public.port}/ada/m" in page.text
    assert 'href="/static/' in page.text
    assert "Secure" not in page.headers["set-cookie"]


@pytest.mark.parametrize("configured", [False, True])
def test_unconfigured_host_is_rejected_despite_forwarded_headers(
    hub: LocalHub, public: LocalHub, open_browser: type[Browser], configured: bool
) -> None:
    """DNS rebinding: a page of evil.example can send any header to 127.0.0.1, but not another Host."""
    browser = open_browser(public if configured else hub)
    headers = {
        "X_Forwarded_Host": "jupyter.example.org", "X_Forwarded_Proto": "https",
        "X_Forwarded_Prefix": "/user/ada/proxy/1",
    }  # fmt: skip
    names = ["evil.example", f"evil.example:{browser.port}", "jupyter.example.org.evil.example", ""]
    for name in [*names, *([] if configured else ["jupyter.example.org"])]:
        for more in ({}, headers):
            answer = browser.get("/api/models", Host=name, **more)
            assert (answer.status, name) == (421, name)
            assert "AUTOGRADE_PUBLIC_URL" in answer.text


@pytest.mark.parametrize("configured", [False, True])
def test_forwarded_headers_of_an_untrusted_client_are_ignored(
    hub: LocalHub, public: LocalHub, open_browser: type[Browser], configured: bool
) -> None:
    seen = public if configured else hub
    browser = open_browser(seen, X_Forwarded_Host="evil.example", X_Forwarded_Proto="https")
    page = browser.get("/login")
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token
    assert "evil.example" not in page.text
    assert "Secure" not in page.headers["set-cookie"]
    fields = {"csrf": token[1], "username": "x", "password": "y"}
    assert browser.open("POST", "/login", fields, Origin="https://evil.example").status == 403
    assert browser.open("POST", "/login", fields, Origin=f"http://127.0.0.1:{seen.port}").status == 400


def test_every_template_adds_the_prefix_to_its_links() -> None:
    from autograde.hub.pages.assets import HUB

    templates = list((HUB / "templates").glob("*.html"))
    assert HUB / "templates" / "base.html" in templates
    for template in templates:
        assert not re.search(r'(?:href|src|action)="/', template.read_text("utf-8")), template.name
