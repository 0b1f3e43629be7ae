"""The teacher's page in a real browser: live updates, pausing them, and protection against forged forms."""

from __future__ import annotations

import csv
import html
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from playwright import sync_api as playwright

from autograde.hub import LocalHub
from autograde.hub.events import Sender, record
from autograde.hub.people import accounts
from autograde.hub.people.switches import sign_up_is_open
from tests.real_browser import chromium

# `expect` waits; `is_visible()` does not, and a click does not wait for the next page.
expect = playwright.expect


@pytest.fixture(scope="module")
def page(room: LocalHub) -> Iterator[playwright.Page]:
    """The teacher's browser, logged in."""
    with chromium() as browser:
        context = browser.new_context(base_url=room.endpoint, locale="en-US", reduced_motion="reduce")
        yield logged_in(context.new_page())


def logged_in(opened: playwright.Page) -> playwright.Page:
    """Log in as tina and return the page."""
    opened.set_default_timeout(15_000)
    opened.goto("/login")
    opened.get_by_label("User name").fill("tina")
    opened.get_by_label("Password").fill("correct horse")
    opened.get_by_role("main").get_by_role("button", name="Log in").click()
    opened.get_by_role("link", name="Classroom").click()
    return opened


def push(hub: LocalHub, name: str, size: int) -> None:
    """Record a push by a new learner."""
    user = accounts.create_user(hub.hub, name)
    detail = {"files": 3, "size": size, "weights": True}
    record(hub.hub, "git.pushed", Sender(user_id=user.id, user_name=name), repository_name=f"{name}/m", detail=detail)


def test_table_updates_without_a_reload(room: LocalHub, page: playwright.Page) -> None:
    page.goto("/classroom")
    page.evaluate("window.sameDocument = true")
    expect(page.get_by_text("There are no accounts yet.")).to_be_visible()
    push(room, "ada", 41_200_000)
    row = page.get_by_role("row").filter(has_text="ada")
    row.wait_for()
    assert "41.2 MB" in row.inner_text()
    announced = page.locator("#said")
    announced.filter(has_text="ada pushed 3 files, 41.2 MB, to").wait_for(state="attached")
    assert page.evaluate("window.sameDocument")
    # A link keeps the keyboard focus when the table is updated.
    page.get_by_role("link", name="ada", exact=True).focus()
    push(room, "bob", 5_000_000)
    page.get_by_role("row").filter(has_text="bob").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "ada"
    assert page.evaluate("getComputedStyle(document.querySelector('tr.changed td')).animationName") == "none"


def test_pause_button_stops_updates_of_the_table(room: LocalHub, page: playwright.Page) -> None:
    page.clock.install()
    page.goto("/classroom")
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.clock.run_for(60_000)
    assert [url for url in requested if "part=live" in url], "the page sent no requests for updates"
    page.get_by_role("button", name="Pause").click()
    requested.clear()
    push(room, "cleo", 7_000_000)
    page.clock.run_for(60_000)
    expect(page.get_by_role("row").filter(has_text="cleo")).to_be_hidden()
    assert [url for url in requested if "part=live" in url] == []
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("row").filter(has_text="cleo").wait_for()


def test_teacher_creates_accounts_from_a_class_list(room: LocalHub, page: playwright.Page, tmp_path: Path) -> None:
    listed = tmp_path / "class.csv"
    listed.write_bytes("用户名;姓名\nxiaoming;王小明\n-bad;x\n".encode("gbk"))
    page.goto("/classroom")
    page.get_by_role("link", name="Create accounts from a class list").click()
    page.get_by_label("Choose a CSV or Excel file").set_input_files(listed)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("1 row has a problem and will be skipped.")).to_be_visible()
    page.get_by_role("button", name="Create this account").click()
    shown = page.locator(".slips code").inner_text()
    assert accounts.check_password(room.hub, "xiaoming", shown)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert list(csv.reader(text.splitlines()))[1:] == [["xiaoming", "王小明", shown, ""]]
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Download as CSV")).to_be_hidden()
    expect(page.locator(".slips code")).to_be_visible()
    page.emulate_media(media="screen")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/classroom", {"sign_up": "closed"}),
        ("/classroom/ada", {"tokens": "revoke"}),
        ("/classroom/new", {"list": "mallory", "shown": "x"}),
    ],
)
def test_form_on_another_port_cannot_act_for_the_teacher(
    room: LocalHub, page: playwright.Page, path: str, fields: dict[str, str]
) -> None:
    """Another port, like JupyterLab's, is the same site: the form is sent with the cookie, but the Hub refuses it."""
    inputs = "".join(f'<input name="{key}" value="{html.escape(value)}">' for key, value in fields.items())
    trap = (
        f'<form method="post" action="{room.endpoint}{path}">{inputs}</form><script>document.forms[0].submit()</script>'
    )

    class Trap(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(trap.encode())

        def log_message(self, *arguments: object) -> None:
            """Print no log lines."""

    before = [tuple(row) for row in room.hub.database.all("SELECT * FROM users ORDER BY id")]
    with HTTPServer(("127.0.0.1", 0), Trap) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        try:
            with page.expect_navigation(url=f"{room.endpoint}{path}"):
                page.goto(f"http://127.0.0.1:{other.server_port}/")
            page.get_by_text("This form came from another site, so nothing was changed.").wait_for()
        finally:
            other.shutdown()
            thread.join()
    assert [tuple(row) for row in room.hub.database.all("SELECT * FROM users ORDER BY id")] == before
    assert sign_up_is_open(room.hub)
