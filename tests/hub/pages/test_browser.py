"""A learner's way through the pages in a real browser: with and without JavaScript, and with the keyboard only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright import sync_api as playwright

from autograde.hub import Account, LocalHub
from autograde.i18n.translation import translator
from tests.hub.clients import Git
from tests.real_browser import chromium

# Waits for the condition; `is_visible()` does not, and a click does not wait for the next page.
expect = playwright.expect


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with chromium("--host-resolver-rules=MAP hub.school.example 127.0.0.1") as started:
        yield started


@pytest.fixture
def open_page(browser: playwright.Browser, hub: LocalHub) -> Iterator[Callable[..., playwright.Page]]:
    """Open a page in a new browser context; the test fails if there is an error in its console."""
    contexts: list[playwright.BrowserContext] = []
    errors: list[str] = []

    def start(**options: Any) -> playwright.Page:
        context = browser.new_context(base_url=hub.endpoint, **{"locale": "en-US"} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        return page

    yield start
    for context in contexts:
        context.close()
    # Chromium logs an error for the status 400 of a rejected form and 404 of a missing page.
    assert [error for error in errors if "status of 400" not in error and "status of 404" not in error] == []


@pytest.mark.parametrize(("language", "javascript"), [("en", True), ("zh", False)])
def test_learner_signs_up_pushes_a_model_and_revokes_the_token(
    hub: LocalHub,
    open_page: Callable[..., playwright.Page],
    git: Git,
    new_name: Callable[[str], str],
    tmp_path: Path,
    language: str,
    javascript: bool,
) -> None:
    """From /join to a token, a model, the commands of the empty page, a push, its files and the end of the token."""
    name, _ = new_name("grace"), translator("hub", language)
    page = open_page(java_script_enabled=javascript, locale={"en": "en-US", "zh": "zh-CN"}[language])
    page.goto("/")
    page.get_by_role("link", name=_("Sign up")).first.click()
    page.get_by_label(_("E-mail address")).fill(f"{name}@example.org")
    page.get_by_label(_("User name")).fill(name)
    page.get_by_label(_("Password")).fill("correct horse")
    page.get_by_role("button", name=_("Create the account")).click()
    page.wait_for_url("**/welcome")
    assert page.get_by_role("heading", level=1).inner_text() == _("Welcome, {name}").format(name=name)

    page.get_by_role("link", name=_("Make a token")).click()
    page.get_by_label(_("What is it for?")).fill("git")
    page.get_by_label("write", exact=False).check()
    page.get_by_role("button", name=_("Make the token")).click()
    token = page.locator("[data-token]").get_attribute("data-token")
    assert token
    assert token in page.locator("[data-token] code").inner_text()

    page.get_by_role("link", name=_("New model")).click()
    page.get_by_label(_("Model name")).fill("mymodel04")
    page.get_by_label(_("License")).select_option("apache-2.0")
    page.get_by_role("button", name=_("Create model")).click()
    clone = page.locator(".command code").filter(has_text="git clone").first.inner_text()

    git.answer(name, token)
    git(*clone.split()[1:], cwd=tmp_path)
    (tmp_path / "mymodel04" / "config.json").write_text('{"hidden_size": 768}')
    (tmp_path / "mymodel04" / "model.safetensors").write_bytes(bytes(3000))
    git("add", ".", cwd=tmp_path / "mymodel04")
    git("commit", "--quiet", "-m", "commit from grace", cwd=tmp_path / "mymodel04")
    git("push", "--quiet", cwd=tmp_path / "mymodel04")

    page.goto(f"/{name}/mymodel04")
    page.get_by_role("link", name=_("Files and versions")).click()
    row = page.get_by_role("row").filter(has_text="model.safetensors")
    assert "LFS" in row.inner_text()
    assert "3 kB" in row.inner_text()
    assert "commit from grace" in row.inner_text()
    page.get_by_role("link", name="config.json", exact=True).click()
    assert "hidden_size" in page.locator(".file").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name=_("Download")).click()
    assert Path(download.value.path()).read_text() == '{"hidden_size": 768}'
    page.get_by_role("link", name=_("History")).click()
    page.get_by_role("link", name="commit from grace").click()
    assert '+{"hidden_size": 768}' in page.get_by_label("config.json").inner_text()

    page.get_by_role("link", name=_("Access tokens")).click()
    page.get_by_role("button", name=_("Revoke")).click()
    expect(page.get_by_text(_("You have no tokens yet."))).to_be_visible()
    page.get_by_role("button", name=_("Log out")).click()
    expect(page.get_by_role("link", name=_("Log in")).first).to_be_visible()
    git("ls-remote", f"{hub.endpoint}/{name}/mymodel04")
    (tmp_path / "mymodel04" / "x").write_text("x")
    git("add", ".", cwd=tmp_path / "mymodel04")
    git("commit", "--quiet", "-m", "after the revocation", cwd=tmp_path / "mymodel04")
    git("push", cwd=tmp_path / "mymodel04", check=False)
    assert git.code != 0, "the token was revoked"


def test_learner_gets_to_the_upload_command_with_the_keyboard_only(
    hub: LocalHub, open_page: Callable[..., playwright.Page], new_name: Callable[[str], str]
) -> None:
    """From the front page to an account, a token, a repository and its commands; the focus is always visible."""
    name = new_name("keys")
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/")

    def go_to(wanted: str) -> None:
        """Press Tab until the element with this id, label, value or text has the focus."""
        for __ in range(60):
            page.keyboard.press("Tab")
            names, outline = page.evaluate(
                "(() => { const e = document.activeElement; return [[e.id, e.getAttribute('aria-label'), e.value,"
                " e.textContent.trim()], getComputedStyle(e).outlineStyle] })()"
            )
            assert outline != "none", f"{names} has the focus but no outline"
            if wanted in names:
                return
        raise AssertionError(f"{wanted} cannot be reached with Tab")

    def type_into(wanted: str, text: str) -> None:
        go_to(wanted)
        page.keyboard.type(text)

    def follow(wanted: str, path: str) -> None:
        go_to(wanted)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{path}")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/#main")  # The first link skips the header of the page.
    follow("Sign up", "/join")
    type_into("email", f"{name}@example.org")
    type_into("username", name)
    type_into("password", "correct horse")
    page.keyboard.press("Enter")
    page.wait_for_url("**/welcome")
    follow("Make a token", "/settings/tokens")
    type_into("name", "git")
    go_to("read")
    page.keyboard.press("ArrowDown")
    go_to("Make the token")
    page.keyboard.press("Enter")
    token = page.locator("[data-token]").get_attribute("data-token")
    go_to("Copy: The new token")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == token
    assert [(made.name, made.role) for made in hub.tokens(name)] == [("git", "write")]
    page.keyboard.press("Control+Home")
    page.goto("/settings/tokens")
    follow("New model", "/new")
    type_into("name", "mymodel04")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{name}/mymodel04")
    go_to("Copy: Clone")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"git clone {hub.endpoint}/{name}/mymodel04"


def test_copy_button_copies_the_command(browser: playwright.Browser, hub: LocalHub, ada: Account) -> None:
    context = browser.new_context(base_url=hub.endpoint, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto("/login?next=/welcome")
    page.fill("#username", ada.name)
    page.fill("#password", "correct horse")
    page.click("form.stack button")
    button = page.get_by_role("button", name="Copy: Log in on the command line")
    button.click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "hf auth login --add-to-git-credential"
    context.close()


def test_copy_button_works_where_pages_have_no_clipboard_access(browser: playwright.Browser) -> None:
    """Browsers give pages loaded by http from another machine, as in a class, no access to the clipboard."""
    with LocalHub(hosts=("hub.school.example",)) as hub:
        hub.create_user("ada", password="correct horse")
        hub.create_repository("ada/m")
        context = browser.new_context(locale="en-US")
        page = context.new_page()
        page.goto(f"http://hub.school.example:{hub.port}/ada/m")
        assert page.evaluate("navigator.clipboard") is None
        page.get_by_role("button", name="Copy: Clone").click()
        page.get_by_role("button", name="Copied").wait_for()
        page.goto(f"http://hub.school.example:{hub.port}/login")
        page.locator("#username").focus()
        page.keyboard.press("Control+V")
        assert page.locator("#username").input_value() == f"git clone http://hub.school.example:{hub.port}/ada/m"
        context.close()
