"""Every page in a real browser: what axe-core finds, what a stranger's text does, what another port may do."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from autograde.hub import LocalHub, accounts

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

SCRIPT = "<script>window.hacked=1</script>"
HANDLER = '"><img src=x onerror=window.hacked=1>'
#: Of what axe has found, the rules that are broken and where.
SHORT = "result => result.violations.map(rule => [rule.id, ...rule.nodes.map(node => node.html.slice(0, 200))])"
CARD = f"""---
license: apache-2.0
tags: [bert, '{SCRIPT}']
---
# A model

## How to use {HANDLER}

```python
from transformers import AutoModel  # a comment
model = AutoModel.from_pretrained("ada/m", revision=1)
```

| task | accuracy |
|---|---:|
| MRPC | 0.86 |

> quoted <script>window.hacked=1</script> [link](config.json) [x](javascript:window.hacked=1) ![p](p.png)
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """The program of axe-core, from the disk."""
    found = importlib.util.find_spec("axe_playwright_python")
    assert found, "axe-core comes with the developers' packages: make test installs them"
    assert found.origin
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def site(hub: LocalHub, chromium, python_client) -> tuple[list[str], dict]:
    """The addresses of every kind of page, with everything in it, and the cookies of who may see them all."""
    ada = hub.create_user("browser-ada", password="correct horse")
    bob = hub.create_user("browser-bob", password="correct horse")
    name, gated = f"{ada.name}/m", f"{ada.name}/gated"
    header = json.dumps({f"layer.{n}": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 0]} for n in range(3)})
    hub.create_repository(name, files={
        "README.md": CARD.encode(), "config.json": b'{"a": [1, true, null, "x"]}', "train.py": b"import x\n# y\n",
        "model.safetensors": len(header).to_bytes(8, "little") + header.encode(), "p.png": b"\x89PNG",
        f"d/{HANDLER}.txt": SCRIPT.encode(), "b.bin": bytes(20), f"{SCRIPT}/x": b"x",
    })  # fmt: skip
    hub.create_repository(gated)
    hub.create_repository(f"{ada.name}/empty")
    python_client.run(
        """
        api, bob = huggingface_hub.HfApi(token=ada), huggingface_hub.HfApi(token=bob)
        add = huggingface_hub.CommitOperationAdd
        api.create_commit(name, [add("train.py", b"import z\\n# y\\n"), add("p.png", b"\\x89PN")], commit_message=nasty)
        api.create_tag(name, tag="v1")
        bob.create_commit(name, [add("new.txt", nasty.encode())], commit_message=nasty, create_pr=True)
        bob.create_discussion(name, nasty, description=nasty)
        api.update_repo_settings(gated, gated="manual")
        """,
        ada=ada.token, bob=bob.token, name=name, gated=gated, nasty=HANDLER + SCRIPT,
    )  # fmt: skip
    hub.hub.database.execute(
        "INSERT INTO access_requests (id, repository_id, user_id, status, granted, created_at) VALUES"
        " ('browser', ?, ?, 'pending', 0, 0)",
        (hub.repository(gated)._found().id, hub._user(bob.name).id),
    )
    context = chromium.new_context(base_url=hub.endpoint)
    page = context.new_page()
    page.goto("/login?next=/organizations/new")
    page.fill("#username", ada.name)
    page.fill("#password", "correct horse")
    page.click("form.stack button")
    page.fill("#name", "browser-team")
    page.click("form.stack button")
    state = context.storage_state()
    context.close()
    inside = [
        "", "/tree/main", "/tree/main/d", "/blob/main/config.json", "/blob/main/train.py",
        "/blob/main/model.safetensors",
        "/blob/main/p.png", "/blob/main/b.bin", "/commits/main", "/commit/main", "/refs", "/discussions",
        "/discussions/1", "/discussions/2", "/settings", "/duplicate", "/tree/none",
        "/blob/main/d/%22%3E%3Cimg%20src=x%20onerror=window.hacked=1%3E.txt",
    ]  # fmt: skip
    addresses = [
        "/", "/join", "/login", "/welcome", "/new", "/settings/tokens", "/settings/account",
        "/device?user_code=BCDF-GHJK",
        "/models", f"/{ada.name}", "/browser-team", "/organizations/browser-team/members", "/organizations/new",
        f"/{ada.name}/empty", f"/{gated}/settings", "/nobody/none", *(f"/{name}{path}" for path in inside),
    ]  # fmt: skip
    return addresses, state


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_axe_finds_nothing_on_any_page_in_either_theme(hub: LocalHub, chromium, site, axe: str, locale: str) -> None:
    addresses, state = site
    wrong, hacked, visited = [], [], 0
    for cookies, paths in ((state, addresses), (None, ["/", f"/{addresses[-1].split('/')[1]}/gated", "/nobody/none"])):
        context = chromium.new_context(
            base_url=hub.endpoint, locale=locale, storage_state=cookies, color_scheme="light", reduced_motion="reduce"
        )
        page = context.new_page()
        for path in paths:
            page.goto(path, wait_until="load")
            page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            page.evaluate(axe)
            found = page.evaluate(f"axe.run(document, {{resultTypes: ['violations']}}).then({SHORT})")
            page.emulate_media(color_scheme="dark")
            # Only colours differ from one theme to the other.
            found += page.evaluate(f"axe.run(document, {{runOnly: ['color-contrast']}}).then({SHORT})")
            page.emulate_media(color_scheme="light")
            wrong += [(path, *rule) for rule in found]
            hacked += [path] if page.evaluate("window.hacked !== undefined") else []
            visited += 1
        context.close()
    assert wrong == []
    assert hacked == [], "a stranger's text was run"
    assert visited == len(addresses) + 3


@pytest.mark.parametrize("width", [360, 1920])
def test_no_kind_of_page_is_wider_than_the_screen(hub: LocalHub, chromium, site, width: int) -> None:
    addresses, state = site
    context = chromium.new_context(base_url=hub.endpoint, storage_state=state, viewport={"width": width, "height": 800})
    page = context.new_page()
    wide = {}
    for path in addresses:
        page.goto(path)
        excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if excess > 0:
            wide[path] = excess
    context.close()
    assert wide == {}


def test_every_element_that_the_keyboard_reaches_shows_it(hub: LocalHub, chromium, site) -> None:
    addresses, state = site
    context = chromium.new_context(base_url=hub.endpoint, storage_state=state)
    page = context.new_page()
    for path in (address for address in addresses if re.search(r"/tree/main$|tokens|members|/m/settings", address)):
        page.goto(path)
        reached = []
        for __ in range(60):
            page.keyboard.press("Tab")
            name, style = page.evaluate(
                "(() => { const e = document.activeElement; const s = getComputedStyle(e);"
                " return [e.tagName + ' ' + (e.id || e.textContent.trim().slice(0, 40)), s.outlineStyle] })()"
            )
            if name.startswith("BODY"):
                break
            assert style != "none", (path, name)
            reached.append(name)
        assert reached[0] == "A Skip to the content"
        assert len(reached) > 12
    # The list of branches opens and closes without a mouse and without a script of ours.
    page.goto(next(address for address in addresses if address.endswith("/tree/main")))
    page.locator("details.refs summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="v1", exact=True).click()
    assert page.url.endswith("/tree/v1")
    context.close()


@pytest.fixture
def neighbour() -> Iterator[Callable[[str], str]]:
    """Another server of this machine, as JupyterLab is one: the address of a page with the given content."""
    content = [""]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(content[0].encode())

        def log_message(self, *arguments: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # Browsers open connections that they never use; nobody waits for those.
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()

    def serve(html: str) -> str:
        content[0] = html
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_on_another_port_changes_and_reads_nothing(hub: LocalHub, chromium, site, neighbour) -> None:
    """The browser sends the cookie along, because ports do not count for it; the Hub has to look itself."""
    __, state = site
    user = hub._user("browser-ada")
    before = [token.id for token in accounts.tokens(hub.hub, user)]
    context = chromium.new_context(storage_state=state)
    page = context.new_page()
    form = (
        f'<form method="post" action="{hub.endpoint}/settings/tokens"><input name="name" value="stolen">'
        '<input name="role" value="write"><input name="csrf" value="guessed"></form>'
    )
    page.goto(neighbour(form))
    with page.expect_navigation():
        page.evaluate("document.forms[0].submit()")
    assert page.get_by_role("alert").inner_text().startswith("This form came from another site")
    page.goto(neighbour("<p>quiet</p>"))
    read = page.evaluate(
        """async (address) => {
            const answers = [];
            for (const path of ["/settings/tokens", "/api/models", "/welcome"]) {
                try {
                    answers.push(await (await fetch(address + path, {credentials: "include"})).text());
                } catch (error) { answers.push("refused"); }
            }
            const body = new URLSearchParams({name: "stolen", role: "write", csrf: "guessed"});
            await fetch(address + "/settings/tokens", {method: "POST", mode: "no-cors", credentials: "include", body});
            return answers;
        }""",
        hub.endpoint,
    )
    assert read == ["refused"] * 3
    context.close()
    assert [token.id for token in accounts.tokens(hub.hub, user)] == before
