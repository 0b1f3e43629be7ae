"""Every page in a real browser: accessibility (axe-core), untrusted text, and requests from another port."""

from __future__ import annotations

import importlib.util
import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pytest
from playwright import sync_api as playwright
from playwright._impl._api_structures import SetCookieParam

from autograde.hub import LocalHub
from autograde.hub.people import access_tokens, sessions
from autograde.hub.web.admission import cookie_name
from tests.hub.clients import PythonClient
from tests.real_browser import chromium

SCRIPT = "<script>window.hacked=1</script>"
LONG = "a" * 120
HANDLER = '"><img src=x onerror=window.hacked=1>'
#: Returns the accessibility rules that a page breaks and where, how much wider than the screen it is, its language,
#: and whether untrusted text was run as a script.
CHECK_PAGE = """async (rules) => {
    for (const each of document.querySelectorAll("details")) each.open = true;
    const root = document.documentElement;
    // Our styles need no preloading and the report no selectors; without both, axe takes half the time.
    const options = {resultTypes: ["violations"], preload: false, selectors: false};
    const found = await axe.run(document, {...options, ...rules});
    return {
        broken: found.violations.map(rule => [rule.id, ...rule.nodes.map(node => node.html.slice(0, 200))]),
        excess: root.scrollWidth - root.clientWidth, language: root.lang, hacked: window.hacked !== undefined,
    };
}"""
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
def browser() -> Iterator[playwright.Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the source of axe-core, installed with the development packages."""
    found = importlib.util.find_spec("axe_playwright_python")
    assert found, "axe-core comes with the developers' packages: make test installs them"
    assert found.origin
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


@dataclass(frozen=True)
class Site:
    """Addresses of every kind of page, and the cookies of ada and of a teacher."""

    addresses: list[str]
    ada: list[SetCookieParam]
    teacher: list[SetCookieParam]


@pytest.fixture(scope="module")
def site(hub: LocalHub, python_client: PythonClient) -> Site:
    ada = hub.create_user("browser-ada", password="correct horse")
    bob = hub.create_user("browser-bob", password="correct horse")
    hub.create_user("browser-tina", password="correct horse", administrator=True)
    hub.create_organization("browser-team", members={ada.name: "admin"})
    name, gated = f"{ada.name}/m", f"{ada.name}/gated"
    header = json.dumps({f"layer.{n}": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 0]} for n in range(3)})
    hub.create_repository(name, files={
        "README.md": CARD.encode(), "config.json": b'{"a": [1, true, null, "x"]}', "train.py": b"import x\n# y\n",
        "model.safetensors": len(header).to_bytes(8, "little") + header.encode(), "p.png": b"\x89PNG",
        f"d/{HANDLER}.txt": SCRIPT.encode(), "b.bin": bytes(20), f"{SCRIPT}/x": b"x", LONG: b"x" * 500,
    })  # fmt: skip
    hub.create_repository(gated)
    hub.create_repository(f"{ada.name}/empty")
    python_client.run(
        """
        api, bob = huggingface_hub.HfApi(token=ada), huggingface_hub.HfApi(token=bob)
        add = huggingface_hub.CommitOperationAdd
        bob.create_commit(name, [add("train.py", b"import w\\n")], commit_message="a conflict", create_pr=True)
        changed = [add("train.py", b"import z\\n# y\\n"), add("p.png", b"\\x89PN")]
        api.create_commit(name, changed, commit_message=nasty + "word" * 40)
        api.create_tag(name, tag="v1")
        bob.create_commit(name, [add("new.txt", nasty.encode())], commit_message=nasty, create_pr=True)
        bob.create_discussion(name, nasty + "word" * 30, description=nasty + "word" * 30)
        api.update_repo_settings(gated, gated="manual")
        """,
        ada=ada.token, bob=bob.token, name=name, gated=gated, nasty=HANDLER + SCRIPT,
    )  # fmt: skip
    hub.hub.database.execute(
        "INSERT INTO access_requests (id, repository_id, user_id, status, granted, created_at) VALUES"
        " ('browser', ?, ?, 'pending', 0, 0)",
        (hub.repository(gated)._found().id, hub._user(bob.name).id),
    )
    inside = [
        "", "/tree/main", "/tree/main/d", "/blob/main/config.json", "/blob/main/train.py",
        "/blob/main/model.safetensors", "/blob/main/p.png", "/blob/main/b.bin", f"/blob/main/{LONG}",
        "/commits/main", "/commit/main", "/refs", "/discussions",
        "/discussions/1", "/discussions/2", "/discussions/3", "/settings", "/duplicate", "/tree/none",
        "/blob/main/d/%22%3E%3Cimg%20src=x%20onerror=window.hacked=1%3E.txt",
    ]  # fmt: skip
    addresses = [
        "/", "/join", "/login", "/welcome", "/new", "/settings/tokens", "/settings/account",
        "/device?user_code=BCDF-GHJK",
        "/models", f"/{ada.name}", "/browser-team", "/organizations/browser-team/members", "/organizations/new",
        f"/{ada.name}/empty", f"/{gated}/settings", "/nobody/none", *(f"/{name}{path}" for path in inside),
    ]  # fmt: skip
    return Site(addresses, _cookies(hub, ada.name), _cookies(hub, "browser-tina"))


def _cookies(hub: LocalHub, name: str) -> list[SetCookieParam]:
    """Return the cookies of a user who is logged in."""
    return [
        {"name": cookie_name(hub.hub), "value": sessions.open_session(hub.hub, hub._user(name)), "url": hub.endpoint}
    ]


def _visits(page: playwright.Page, site: Site) -> Iterator[str]:
    """Open every kind of page in the browser and yield its address or a description."""

    def visit(*paths: str) -> Iterator[str]:
        for path in paths:
            page.goto(path)
            assert page.url.endswith(path), f"{path} led to {page.url}"
            yield path

    page.context.add_cookies(site.ada)
    yield from visit(*site.addresses, "/settings/tokens")
    page.locator("#name").fill("git")
    page.locator("form.stack button").click()
    page.locator("[data-token]").wait_for()
    yield "a new token"
    page.context.clear_cookies()
    yield from visit("/", "/join", "/login", "/browser-ada/gated", "/nobody/none", "/browser-ada/m/tree/main")
    page.context.add_cookies(site.teacher)
    yield from visit("/classroom", "/classroom?q=nobody-is-called-so", "/classroom/browser-bob")
    page.locator("button[value=password]").click()
    page.locator(".slips").wait_for()
    yield "a new password"
    yield from visit("/classroom/new")
    name = f"nora-{page.locator('html').get_attribute('lang')}".lower()
    page.locator("#list").fill(f"{name},{name}@example.org,Nora <b>\n-bad\n")
    page.locator("form.stack button").click()
    page.get_by_role("cell", name=name, exact=True).wait_for()
    yield "a class list"
    page.locator("form:not(.stack) button:visible").last.click()
    page.locator(".slips").wait_for()
    yield "the slips of a class"


@pytest.mark.parametrize(("locale", "language"), [("en-US", "en"), ("zh-CN", "zh-CN")])
def test_every_page_is_accessible_fits_the_screen_and_runs_no_untrusted_script(
    hub: LocalHub, browser: playwright.Browser, site: Site, axe: str, locale: str, language: str
) -> None:
    """Check the light and the dark theme, at the width of a telephone and of a projector."""
    context = browser.new_context(base_url=hub.endpoint, locale=locale, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    context.add_init_script(axe)
    page = context.new_page()
    sizes: list[tuple[Literal["light", "dark"], int]] = [("light", 360), ("dark", 1920)]
    looks, wrong, visits = itertools.cycle(sizes), list[tuple[object, ...]](), 0

    def check(visit: str, rules: dict[str, object]) -> None:
        found = page.evaluate(CHECK_PAGE, rules)
        wrong.extend((visit, *rule, theme, width) for rule in found["broken"])
        if found["excess"] > 0 or found["language"] != language or found["hacked"]:
            wrong.append((visit, found, theme, width))

    theme, width = next(looks)
    page.set_viewport_size({"width": width, "height": 720})
    page.emulate_media(color_scheme=theme)
    for visit in _visits(page, site):
        check(visit, {})
        theme, width = next(looks)
        page.set_viewport_size({"width": width, "height": 720})
        page.emulate_media(color_scheme=theme)
        # The themes differ only in colours. The next page starts with this theme.
        check(visit, {"runOnly": ["color-contrast"]})
        visits += 1
    context.close()
    assert wrong == []
    assert visits == len(site.addresses) + 15


def test_every_focusable_element_shows_its_focus(hub: LocalHub, browser: playwright.Browser, site: Site) -> None:
    context = browser.new_context(base_url=hub.endpoint, locale="en-US")
    context.add_cookies(site.ada)
    page = context.new_page()
    pages = [address for address in site.addresses if re.search(r"/tree/main$|tokens|members|/m/settings", address)]
    assert len(pages) >= 4
    for path in pages:
        page.goto(path)
        page.evaluate(
            """() => {
                window.reached = [];
                document.addEventListener("focusin", ({target}) => window.reached.push(
                    [target.tagName + " " + (target.id || target.textContent.trim().slice(0, 40)),
                     getComputedStyle(target).outlineStyle]));
            }"""
        )
        stops = page.evaluate(
            "[...document.querySelectorAll('a, button, input:not([type=hidden], [type=radio]), select, textarea,"
            " summary, pre[tabindex]')].filter(e => e.checkVisibility()).length"
        )
        for __ in range(stops):
            page.keyboard.press("Tab")
        reached = page.evaluate("window.reached")
        assert [name for name, style in reached if style == "none"] == [], path
        assert reached[0][0] == "A Skip to the content"
        assert len(reached) > 12
    # The list of branches opens without a mouse and without JavaScript.
    page.goto(next(address for address in site.addresses if address.endswith("/tree/main")))
    page.locator("details.refs summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="v1", exact=True).click()
    page.wait_for_url("**/tree/v1")
    context.close()


@pytest.fixture
def neighbour() -> Iterator[Callable[[str], str]]:
    """Another server on this machine, like JupyterLab; returns the address of a page with the given content."""
    content = [""]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(content[0].encode())

        def log_message(self, *arguments: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # Browsers open connections that they never use; do not wait for them.
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


def test_page_on_another_port_can_neither_change_nor_read_anything(
    hub: LocalHub, browser: playwright.Browser, site: Site, neighbour: Callable[[str], str]
) -> None:
    """Browsers send cookies to every port of a host, so the Hub itself must check the origin."""
    user = hub._user("browser-ada")
    before = [token.id for token in access_tokens.tokens_of(hub.hub, user)]
    context = browser.new_context(locale="en-US")
    context.add_cookies(site.ada)
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
    assert [token.id for token in access_tokens.tokens_of(hub.hub, user)] == before
