"""Pages: permissions and CSRF protection of forms, escaping of untrusted text, and complete translations."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

import autograde.hub
from autograde.hub import Account, LocalHub
from autograde.hub.config import Limits
from autograde.hub.pages.links import LISTED, local_path
from autograde.hub.people import access_tokens, accounts, sessions
from autograde.hub.repos import discussions
from autograde.hub.web.admission import cookie_name
from tests.contrast import contrast
from tests.hub.clients import PythonClient
from tests.plain_browser import Browser

NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def browser(open_browser: type[Browser], hub: LocalHub) -> Browser:
    return open_browser(hub)


#: Every form that changes data, with fields for a change.
FORMS = {
    "/join": {"username": "mallory-1", "email": "m@example.org", "password": "long enough"},
    "/settings/tokens": {"name": "stolen", "role": "write"},
    "/new": {"name": "forged", "visibility": "public"},
    "/device": {"user_code": "BBBB-BBBB", "decision": "approve"},
    "/logout": {},
    "/settings/account": {"fullname": "Forged"},
    "/{me}/target/settings": {"act": "visibility", "visibility": "private"},
    "/{me}/target/discussions": {"title": "forged", "description": "x"},
    "/{me}/target/refs": {"act": "tag", "name": "forged"},
    "/{me}/target/like": {"act": "like"},
    "/{me}/target/duplicate": {"name": "forged"},
    "/organizations/new": {"name": "forged-team"},
}


def everything(hub: LocalHub) -> list[tuple[object, ...]]:
    tables = (
        "users",
        "tokens",
        "sessions",
        "repositories",
        "device_codes",
        "discussions",
        "discussion_events",
        "likes",
    )
    return [tuple(row) for table in tables for row in hub.hub.database.all(f"SELECT * FROM {table} ORDER BY 1")]


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "attack", ["no token", "wrong token", "another's token", "foreign origin", "null origin", "same site", "cross site"]
)
def test_forged_form_is_rejected(
    open_browser: type[Browser], hub: LocalHub, ada: Account, adas: Browser, path: str, attack: str
) -> None:
    """JupyterLab on another port is the same *site*, so the cookie travels: a token and the origin decide."""
    adas.post("/new", name="target")
    fields, path = dict(FORMS[path]), path.format(me=ada.name)
    if attack != "no token":
        fields["csrf"] = adas.csrf("/new")
    if attack == "wrong token":
        fields["csrf"] = ("0" if fields["csrf"][0] != "0" else "1") + fields["csrf"][1:]
    if attack == "another's token":
        fields["csrf"] = open_browser(hub).csrf()
    headers = {
        "foreign origin": {"Origin": "http://localhost:8888"}, "null origin": {"Origin": "null"},
        "same site": {"Sec-Fetch-Site": "same-site"}, "cross site": {"Sec-Fetch-Site": "cross-site"},
    }.get(attack, {})  # fmt: skip
    before = everything(hub)
    answer = adas.open("POST", path, fields, **headers)
    assert answer.status == 403
    assert 'role="alert"' in answer.text
    assert everything(hub) == before
    assert adas.get("/settings/tokens").status == 200, "still logged in"


def test_form_of_the_hubs_own_page_is_accepted(hub: LocalHub, ada: Account, adas: Browser) -> None:
    answer = adas.post("/new", {"Origin": hub.endpoint, "Sec-Fetch-Site": "same-origin"}, name="mine")
    assert answer.status == 303
    assert hub.repository(f"{ada.name}/mine").exists


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "javascript:alert(1)",
        "/\t/evil.example", "\t//evil.example", "/\n/evil.example", "evil.example", "", "/%09/evil.example/../..\\x",
        "///evil.example", "/é",
    ],
)  # fmt: skip
def test_login_does_not_redirect_to_other_sites(
    open_browser: type[Browser], hub: LocalHub, ada: Account, target: str
) -> None:
    assert local_path(target) == "/"
    browser = open_browser(hub)
    query = urllib.parse.urlencode({"next": target})
    answer = browser.open(
        "POST", f"/login?{query}",
        {"csrf": browser.csrf(), "username": ada.name, "password": "correct horse", "next": target},
    )  # fmt: skip
    assert answer.status == 303
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("target", ["/", "/new", "/ada/m/tree/main", "/device?user_code=BBBB-BBBB", "/a%20b?x=1&y=%2F"])
def test_login_returns_to_the_previous_page(target: str) -> None:
    assert local_path(target) == target


@pytest.mark.parametrize("path", ["/new", "/welcome", "/settings/tokens", "/device?user_code=BBBB-BBBB"])
def test_protected_page_redirects_through_the_login(
    open_browser: type[Browser], hub: LocalHub, ada: Account, path: str
) -> None:
    browser = open_browser(hub)
    location = browser.get(path).headers["location"]
    assert location.startswith("/login?next=")
    answer = browser.open("POST", location, {"csrf": browser.csrf(), "username": ada.name, "password": "correct horse"})
    assert answer.headers["location"] == path


def test_logout_invalidates_copies_of_the_cookie(
    open_browser: type[Browser], hub: LocalHub, ada: Account, adas: Browser
) -> None:
    copy = open_browser(hub)
    copy.cookies = dict(adas.cookies)
    assert copy.get("/settings/tokens").status == 200
    assert adas.post("/logout").status == 303
    assert adas.get("/settings/tokens").status == 303
    assert copy.get("/settings/tokens").status == 303


def test_login_sets_a_new_cookie(open_browser: type[Browser], hub: LocalHub, ada: Account) -> None:
    """Session fixation: a cookie set by an attacker before the log-in must not become the session."""
    browser = open_browser(hub)
    browser.get("/login")
    planted = browser.cookies[cookie_name(hub.hub)]
    browser.log_in(ada.name)
    assert browser.cookies[cookie_name(hub.hub)] != planted
    assert sessions.session_user(hub.hub, planted) is None


def test_cookie_has_a_name_for_each_hub_and_is_hidden_from_scripts(hub: LocalHub, browser: Browser) -> None:
    header = browser.get("/login").headers["set-cookie"]
    assert header.startswith(f"{cookie_name(hub.hub)}=")
    assert "HttpOnly" in header
    assert "SameSite=lax" in header
    with LocalHub() as other:
        assert cookie_name(other.hub) != cookie_name(hub.hub)


def test_every_page_forbids_scripts_of_other_origins(adas: Browser, ada: Account) -> None:
    for path in ("/", "/join", "/login", "/new", "/settings/tokens", "/device", "/models", f"/{ada.name}", "/nobody/x"):
        answer = adas.get(path, Accept="text/html")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(
            r"<script(?![^>]*src=)|\son\w+=|style=|https?://(?!127|\[|localhost)", answer.text.split("<main")[0]
        )


class Tags(HTMLParser):
    """Collects the elements of a page that untrusted text could have added."""

    def __init__(self) -> None:
        super().__init__()
        self.added: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.added += [name for name in found if name.startswith("on")]
        if tag == "img" and found.get("src") == "x":
            self.added.append("img")


def harmless(text: str) -> bool:
    reader = Tags()
    reader.feed(text)
    return not [name for name in reader.added if name.startswith("on")]


def test_untrusted_names_files_commits_and_cards_are_escaped(
    open_browser: type[Browser], hub: LocalHub, ada: Account, python_client: PythonClient
) -> None:
    name = f"{ada.name}/nasty"
    python_client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        api.create_repo(name)
        card = "---\\ntags: ['" + nasty + "']\\n---\\n# " + nasty + "\\n<script>alert(1)</script>"
        api.create_commit(name, [
            huggingface_hub.CommitOperationAdd("README.md", card.encode()),
            huggingface_hub.CommitOperationAdd(nasty + ".txt", nasty.encode()),
            huggingface_hub.CommitOperationAdd("d/" + nasty + "/x", b"x"),
        ], commit_message=nasty, commit_description=nasty)
        """,
        token=ada.token,
        name=name,
        nasty=NASTY,
    )
    browser = open_browser(hub)
    head = hub.repository(name).head()
    quoted = urllib.parse.quote(NASTY)
    for path in (
        f"/{name}", f"/{name}/tree/main", f"/{name}/tree/main/d/{quoted}", f"/{name}/blob/main/{quoted}.txt",
        f"/{name}/commits/main", f"/{name}/commit/{head}", f"/models?search={quoted}", f"/{name}/tree/{quoted}",
        f"/{quoted}", f"/login?next={quoted}", f"/device?user_code={quoted}", f"/{name}/blob/main/{quoted}",
        "/" + quoted * 3,
    ):  # fmt: skip
        answer = browser.get(path, Accept="text/html")
        assert answer.status < 500
        assert harmless(answer.text), path
        assert "<script>alert" not in answer.text
    assert "&lt;img src=x" in browser.get(f"/{name}/commits/main").text


def test_hostile_full_name_is_escaped(hub: LocalHub, browser: Browser, new_name: Callable[[str], str]) -> None:
    name = new_name("eve")
    answer = browser.post("/join", username=name, email=f"{name}@example.org", password="correct horse", fullname=NASTY)
    assert answer.status == 303
    for path in ("/welcome", f"/{name}"):
        text = browser.get(path).text
        assert harmless(text)
        assert "&lt;img src=x" in text
    assert harmless(browser.get(f"/avatars/{urllib.parse.quote('<script>')}.svg").text)


def test_new_token_is_shown_once(hub: LocalHub, ada: Account, adas: Browser) -> None:
    text = adas.post("/settings/tokens", name="laptop", role="read").text
    token = re.search(r'data-token="(hf_\w+)"', text)
    assert token
    assert token[1] not in adas.get("/settings/tokens").text
    found = access_tokens.find_token(hub.hub, token[1])
    assert found
    assert (found[0].name, found[1].role, found[1].name) == (ada.name, "read", "laptop")
    assert adas.post("/settings/tokens", revoke=found[1].id).status == 303
    assert access_tokens.find_token(hub.hub, token[1]) is None


def test_token_of_another_user_cannot_be_revoked(hub: LocalHub, ada: Account, bob: Account, adas: Browser) -> None:
    theirs = access_tokens.tokens_of(hub.hub, hub._user(bob.name))[0]
    adas.post("/settings/tokens", revoke=theirs.id)
    assert access_tokens.find_token(hub.hub, bob.token)


def test_private_repository_is_shown_to_its_owner_only(
    open_browser: type[Browser], hub: LocalHub, ada: Account, bob: Account, adas: Browser
) -> None:
    adas.post("/new", name="secret", visibility="private")
    pages = ["", "/tree/main", "/blob/main/.gitattributes", "/commits/main", "/resolve/main/.gitattributes"]
    for page in pages:
        assert adas.get(f"/{ada.name}/secret{page}").status == 200, page
    for other in (open_browser(hub), open_browser(hub).log_in(bob.name)):
        for page in pages:
            shown, missing = (other.get(f"/{ada.name}/{name}{page}") for name in ("secret", "secreT-not"))
            assert shown.status == missing.status
            assert shown.status in (401, 404)
            strip = re.compile(r"secreT-not|secret|value=\"[^\"]*\"", re.IGNORECASE)
            assert strip.sub("", shown.text) == strip.sub("", missing.text)
        for page in ("/", "/models", f"/{ada.name}", "/models?search=secret"):
            assert f"{ada.name}/secret" not in other.get(page).text


def test_repository_is_made_private_renamed_and_deleted(
    hub: LocalHub, ada: Account, bob: Account, adas: Browser
) -> None:
    adas.post("/new", name="old")
    page = f"/{ada.name}/old/settings"
    assert adas.post(page, act="visibility", visibility="private").status == 303
    assert hub.repository(f"{ada.name}/old").private
    for refused in ("a--b", "", "x" * 97):
        assert adas.post(page, act="rename", name=refused).status == 400
    adas.post("/new", name="taken")
    assert "already" in adas.post(page, act="rename", name="taken").text
    moved = adas.post(page, act="rename", name="new").headers["location"]
    assert moved == f"/{ada.name}/new/settings"
    assert adas.get(f"/{ada.name}/old").headers["location"].endswith(f"/{ada.name}/new")
    assert adas.post(moved, act="delete", confirmation="new").status == 400
    assert hub.repository(f"{ada.name}/new").exists
    assert adas.post(moved, act="delete", confirmation=f"{ada.name}/new").status == 303
    assert not hub.repository(f"{ada.name}/new").exists


def test_only_the_owner_can_change_a_repository(
    open_browser: type[Browser], hub: LocalHub, ada: Account, bob: Account, adas: Browser
) -> None:
    adas.post("/new", name="m")
    bobs, page = open_browser(hub).log_in(bob.name), f"/{ada.name}/m/settings"
    assert bobs.get(page).status == 403
    assert page not in bobs.get(f"/{ada.name}/m").text
    for fields in ({"act": "visibility", "visibility": "private"}, {"act": "delete", "confirmation": f"{ada.name}/m"}):
        assert bobs.post(page, **fields).status == 403
    assert not hub.repository(f"{ada.name}/m").private
    assert open_browser(hub).get(page).status == 303


def test_new_password_logs_out_other_browsers_only(
    open_browser: type[Browser], hub: LocalHub, ada: Account, adas: Browser
) -> None:
    other = open_browser(hub).log_in(ada.name)
    assert adas.post("/settings/account", current="wrong", password="new and long").status == 400
    assert adas.post("/settings/account", current="correct horse", password="short").status == 400
    assert other.get("/new").status == 200
    assert adas.post("/settings/account", current="correct horse", password="new and long").status == 303
    assert adas.get("/new").status == 200
    assert other.get("/new").status == 303
    assert accounts.check_password(hub.hub, ada.name, "new and long")
    adas.post("/settings/account", fullname="Ada L")
    assert "Ada L" in adas.get(f"/{ada.name}").text


def test_pull_request_is_shown_discussed_and_merged(
    open_browser: type[Browser], hub: LocalHub, ada: Account, bob: Account, adas: Browser, python_client: PythonClient
) -> None:
    adas.post("/new", name="m")
    name = f"{ada.name}/m"
    url = python_client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        commit = api.upload_file(path_or_fileobj=b"hello", path_in_repo="a.txt", repo_id=name, create_pr=True)
        result = commit.pr_url
        """,
        token=bob.token,
        name=name,
    )
    page = urllib.parse.urlsplit(url).path
    bobs = open_browser(hub).log_in(bob.name)
    assert "+hello" in bobs.get(page).text
    assert bobs.post(page, act="merge").status == 403
    assert bobs.post(page, act="comment", comment=f"please **look** {NASTY}").status == 303
    text = adas.get(page).text
    assert "<strong>look</strong>" in text
    assert harmless(text)
    for act in ("open", "merge"):
        adas.post(page, act=act)
    assert hub.repository(name).files()["a.txt"] == b"hello"
    assert "Merged" in adas.get(page).text
    assert "+hello" in adas.get(page).text, "the changes are still shown after the merge"
    opened = bobs.post(f"/{name}/discussions", title="A question", description="Why?")
    assert opened.status == 303
    assert bobs.post(opened.headers["location"], act="closed").status == 303
    stranger = open_browser(hub)
    assert "A question" in stranger.get(f"/{name}/discussions").text
    assert stranger.post(opened.headers["location"], act="comment", comment="x").status == 303
    assert "Log in" in stranger.get(opened.headers["location"]).text


def test_long_discussion_is_paginated_and_a_new_comment_leads_to_its_end(
    hub: LocalHub, ada: Account, adas: Browser
) -> None:
    name = f"{ada.name}/talk"
    repository, person = hub.create_repository(name)._found(), hub._user(ada.name)
    found = discussions.open_discussion(hub.hub, repository, person, "Long", "word-0.", pull_request=False)
    for number in range(1, 60):
        discussions.comment(hub.hub, found, person, f"word-{number}. " + "x " * (300 if number > 50 else 5))
    path: str | None = f"/{name}/discussions/1"
    comments, pages = list[str](), 0
    while path:
        page = adas.get(path).text
        comments += re.findall(r"word-\d+\.", page)
        assert "Your comment" in page
        next_page = re.search(r'rel="next" href="([^"]+)"', page)
        path, pages = f"/{name}/discussions/1{next_page[1]}" if next_page else None, pages + 1
    assert comments == [f"word-{number}." for number in range(60)]
    assert pages > 1
    answered = adas.post(f"/{name}/discussions/1", act="comment", comment="the last word")
    assert answered.headers["location"].endswith(f"?p={pages - 1}")
    assert "the last word" in adas.get(answered.headers["location"]).text
    assert "the last word" in adas.get(f"/{name}/discussions/1?p=999").text
    # A single comment may be longer than the limit of a page.
    discussions.comment(hub.hub, found, person, "y " * 20_000)
    assert "y y y" in adas.get(f"/{name}/discussions/1?p={pages}").text


def test_list_of_discussions_is_paginated(hub: LocalHub, ada: Account, adas: Browser) -> None:
    name = f"{ada.name}/many"
    repository, person = hub.create_repository(name)._found(), hub._user(ada.name)
    for number in range(LISTED + 1):
        discussions.open_discussion(hub.hub, repository, person, f"title-{number}.", "", pull_request=False)
    listed = [re.findall(r"title-(\d+)\.", adas.get(f"/{name}/discussions?p={page}").text) for page in (0, 1, 2)]
    newest_first = [str(number) for number in reversed(range(LISTED + 1))]
    assert listed == [newest_first[:LISTED], newest_first[LISTED:], []]


def test_empty_repository_shows_the_commands_of_the_tutorial(hub: LocalHub, ada: Account, adas: Browser) -> None:
    adas.post("/new", name="mymodel04")
    text = adas.get(f"/{ada.name}/mymodel04").text
    for command in ("git lfs install", f"git clone {hub.endpoint}/{ada.name}/mymodel04", "git add .", "git push"):
        assert command in text


def test_addresses_on_a_page_use_the_host_name_of_the_request(hub: LocalHub, ada: Account, adas: Browser) -> None:
    """A client that uses `localhost` rejects links to 127.0.0.1."""
    text = adas.get("/welcome", Host=f"localhost:{hub.port}").text
    assert f"http://localhost:{hub.port}/{ada.name}/" in text
    assert "127.0.0.1" not in text


def test_form_keeps_its_values_after_an_error(hub: LocalHub, browser: Browser, adas: Browser) -> None:
    text = browser.post("/join", username="a b", email="a@example.org", password="long enough", fullname="Ada L").text
    for value in ("a b", "a@example.org", "Ada L"):
        assert f'value="{value}"' in text
    assert "long enough" not in text
    text = adas.post("/new", name="a--b", visibility="private", license="mit").text
    assert 'value="a--b"' in text
    assert re.search(r'value="private"[^>]*checked', text)
    assert re.search(r"selected[^>]*>mit<", text)


@pytest.mark.parametrize("path", ["/new", "/ada/first/duplicate"])
def test_form_keeps_its_values_when_a_limit_is_reached(open_browser: type[Browser], path: str) -> None:
    with LocalHub(limits=Limits(repositories=1)) as hub:
        hub.create_user("ada", password="correct horse")
        hub.create_repository("ada/first")
        adas = open_browser(hub, Accept_Language="zh").log_in("ada")
        answer = adas.post(path, name="second", visibility="private")
    assert answer.status == 413
    assert 'value="second"' in answer.text
    assert re.search(r'value="private"[^>]*checked', answer.text)
    assert "请先删除一个" in answer.text


PAGES = [
    "/",
    "/join",
    "/login",
    "/models",
    "/datasets",
    "/spaces",
    "/welcome",
    "/new",
    "/settings/tokens",
    "/device",
    "/settings/account",
    "/organizations/new",
]


@pytest.fixture(scope="module")
def filled(open_browser: type[Browser], hub: LocalHub, python_client: PythonClient) -> tuple[Browser, list[str]]:
    """A logged-in browser, and the addresses of every kind of page."""
    person = hub.create_user("pages-ada", password="correct horse")
    name = f"{person.name}/m"
    python_client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        api.create_repo(name)
        header = b'{"w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}'
        api.create_commit(name, [
            huggingface_hub.CommitOperationAdd("README.md", "---\\nlicense: mit\\n---\\n# 模型".encode()),
            huggingface_hub.CommitOperationAdd("d/x.txt", b"x"),
            huggingface_hub.CommitOperationAdd("picture.png", b"\\x89PNG"),
            huggingface_hub.CommitOperationAdd("model.safetensors", len(header).to_bytes(8, "little") + header),
            huggingface_hub.CommitOperationAdd("config.json", b'{"a": [1, true, null]}'),
        ], commit_message="all")
        api.create_tag(name, tag="v1")
        change = huggingface_hub.CommitOperationAdd("d/x.txt", b"a")
        api.create_commit(name, [change], commit_message="main", create_pr=True)
        """,
        token=person.token,
        name=name,
    )
    paths = ["", "/tree/main", "/tree/main/d", "/blob/main/d/x.txt", "/blob/main/model.safetensors", "/commits/main"]
    paths += [f"/commit/{hub.repository(name).head()}", "/blob/main/none", "/tree/none"]
    paths += ["/discussions", "/discussions/1", "/settings", "/refs", "/duplicate", "/blob/main/config.json"]
    paths += ["/blob/main/picture.png"]
    browser = open_browser(hub).log_in(person.name)
    browser.post("/organizations/new", name="pages-team")
    mixed = [f"/{person.name}", "/nobody", "/pages-team", "/organizations/pages-team/members"]
    return browser, [*PAGES, *mixed, *(f"/{name}{path}" for path in paths)]


class Structure(HTMLParser):
    """Collects the parts of a page that a screen reader uses."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.levels: list[int] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.language = found["lang"] if tag == "html" else self.language
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "label" and "for" in found:
            self.labels.add(found["for"])
        if tag in ("input", "select", "textarea") and found.get("type") not in ("hidden", "radio"):
            self.fields.append(found)
        if tag == "img":
            assert "alt" in found
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        self._silent += tag in ("code", "pre", "bdi", "option", "script")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("code", "pre", "bdi", "option", "script")

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.words.append(data.strip())


def read(text: str) -> Structure:
    found = Structure()
    found.feed(text)
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_has_a_language_headings_unique_ids_and_labels(
    filled: tuple[Browser, list[str]], language: str
) -> None:
    browser, paths = filled
    for path in paths:
        answer = browser.get(path, Accept="text/html", Accept_Language=language)
        assert answer.status in (200, 404), path
        page = read(answer.text)
        assert page.language == {"en": "en", "zh": "zh-CN"}[language]
        assert {"en": "This is a local Hub", "zh": "用于学习的本地 Hub"}[language] in answer.text.split("<footer>")[
            1
        ], path
        assert page.levels.count(1) >= 1
        assert page.levels[0] == 1
        assert len(page.ids) == len(set(page.ids)), path
        for field in page.fields:
            assert field.get("id") in page.labels or field.get("aria-label"), (path, field)


def test_chinese_pages_contain_no_untranslated_english(filled: tuple[Browser, list[str]]) -> None:
    """Technical terms, names and addresses are allowed."""
    allowed = re.compile(
        r"\b(Hub|git|lfs|LFS|Git|SHA|huggingface|co|README|md|ada|pages|Python|write|read|English|GIT|Space|Spaces|http|hf|"
        r"model|safetensors|txt|MB|kB|Bytes|F32|main|license|mit|name|example|org|all|initial|commit|gitattributes|png|"
        r"picture|x|m|d|w|a|ago|just|now|none|nobody|admin|team|config|json|JSON|v)\b|[\W\d_]"
    )
    browser, paths = filled
    for path in paths:
        for words in read(browser.get(path, Accept="text/html", Accept_Language="zh").text).words:
            untranslated = allowed.sub("", re.sub(r"\b[0-9a-f]{7,40}\b", "", words))
            assert not re.search("[A-Za-z]{2}", untranslated), (path, words)


def test_every_link_on_every_page_works(filled: tuple[Browser, list[str]]) -> None:
    browser, paths = filled
    seen = set()
    for path in (path for path in paths if "none" not in path and path != "/nobody"):
        for link in read(browser.get(path, Accept="text/html").text).links:
            target = urllib.parse.urljoin(path, link).split("#")[0]
            if target in seen or not target.startswith("/"):
                continue
            seen.add(target)
            assert browser.get(target, Accept="text/html").status in (200, 303), (path, target)
    assert len(seen) > 25


def test_language_switch_keeps_the_page_and_is_remembered(open_browser: type[Browser], hub: LocalHub) -> None:
    browser = open_browser(hub, Accept_Language="en")
    text = browser.get("/login?next=/new").text
    link = re.search(r'href="([^"]*lang=zh[^"]*)"', text)
    assert link
    switched = browser.get("/login" + link[1].replace("&amp;", "&"))
    assert 'lang="zh-CN"' in switched.text
    assert 'value="/new"' in switched.text, "the next page is kept"
    assert 'lang="zh-CN"' in browser.get("/models").text
    assert '<html lang="en"' in browser.get("/models?lang=en").text


def test_static_files_are_immutable_with_a_version_in_their_address(hub: LocalHub, browser: Browser) -> None:
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', browser.get("/").text)
    assert len(links) == 2
    for link in links:
        answer = browser.get(link)
        assert answer.status == 200
        assert "immutable" in answer.headers["cache-control"]
        assert "?v=" in link
    for path in ("/static/none.css", "/static/..%2f..%2fapp.py", "/static/%2e%2e/app.py"):
        assert browser.get(path).status == 404


#: Limit for HTML, style sheet and script of one page together, uncompressed, in bytes.
MAX_PAGE_BYTES = 60_000


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_size_is_limited(filled: tuple[Browser, list[str]], language: str) -> None:
    browser, paths = filled
    known: dict[str, int] = {}
    for path in paths:
        text = browser.get(path, Accept="text/html", Accept_Language=language).text
        links = set(re.findall(r'<(?:link rel="stylesheet" href|script src)="([^"]+)"', text))
        assert len(links) >= 2
        for link in links - set(known):
            known[link] = len(browser.get(link).text.encode())
        weight = len(text.encode()) + sum(known[link] for link in links)
        assert weight < MAX_PAGE_BYTES, (path, weight)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_contrast_is_sufficient(scheme: int) -> None:
    style = (Path(autograde.hub.__file__).parent / "static" / "style.css").read_text()
    colours = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    ]
    found = colours[0] | colours[scheme]
    assert len(colours) == 2
    pairs = [(text, ground) for text in ("ink", "soft", "accent", "bad") for ground in ("ground", "paper", "code")]
    pairs += [(text, ground) for text in ("word", "call", "text", "number", "note") for ground in ("paper", "code")]
    pairs += [("ink", "tint"), ("ink", "add"), ("ink", "del"), ("bad", "bad-tint"), ("accent-ink", "accent")]
    for text, ground in pairs:
        assert contrast(found[text], found[ground]) >= 4.5, (text, ground)
