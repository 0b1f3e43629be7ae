"""The teacher's pages: only for teachers, with protected forms, and passwords that are shown once and not stored."""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import re
import time
import urllib.parse
from datetime import datetime

import openpyxl
import pytest

from autograde.classroom import CLASSROOM
from autograde.classroom.exports import COLUMNS
from autograde.hub import LocalHub
from autograde.hub.events import Sender, record
from autograde.hub.people import access_tokens, accounts
from autograde.hub.people.switches import open_sign_up, sign_up_is_open
from tests.plain_browser import Answer, Browser

PAGES = ("/classroom", "/classroom/new", "/classroom/ada", "/classroom/events.csv", "/classroom/events.ndjson")

#: Every form of these pages, with fields that would change something.
FORMS = {
    "/classroom": {"sign_up": "closed"},
    "/classroom/ada": {"tokens": "revoke"},
    "/classroom/new": {"list": "forged", "shown": "x"},
}


@pytest.fixture(scope="module")
def room(room: LocalHub) -> LocalHub:
    """A class with a teacher, tina, and a learner, ada."""
    room.create_user("ada", password="correct horse")
    return room


def everything(hub: LocalHub) -> list[tuple[object, ...]]:
    tables = ("users", "tokens", "sessions", "switches", "events")
    return [tuple(row) for table in tables for row in hub.hub.database.all(f"SELECT * FROM {table} ORDER BY 1")]


def upload(browser: Browser, path: str, content: bytes, **fields: str) -> Answer:
    """Send a form with a file in it, as browsers do."""
    mark = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
    body = b""
    for name, value in ({"csrf": browser.csrf()} | fields).items():
        body += f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    body += (
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="Klasse 3.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n"
    ).encode() + content
    body += f"\r\n--{mark}--\r\n".encode()
    return browser.send("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={mark}"})


def passwords(page: str) -> dict[str, str]:
    """Return the passwords on a page by user name, after checking that the downloadable file has the same ones."""
    (link,) = re.findall(r'href="data:text/csv;base64,([^"]+)"', page)
    rows = list(csv.reader(io.StringIO(base64.b64decode(html.unescape(link)).decode("utf-8-sig"))))
    assert rows[0] == ["username", "full name", "password", "email"]
    shown = re.findall(r"<dd><code>([^<]+)</code></dd>", page)
    assert shown == [row[2] for row in rows[1:]]
    return {row[0]: row[2] for row in rows[1:]}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["nobody", "ada"])
def test_teachers_pages_do_not_exist_for_others(
    room: LocalHub, open_browser: type[Browser], path: str, who: str
) -> None:
    """They get the same answer as for an unknown address."""
    browser = open_browser(room, Accept="text/html")
    if who == "ada":
        browser.log_in("ada")
    answer, unknown = browser.get(path), browser.get(path.replace("classroom", "classroon"))
    assert answer.status == unknown.status == 404

    def text(page: str) -> str:
        return re.sub(r"classroo[mn]", "", re.sub(r'value="[0-9a-f]{64}"', "", page))

    assert text(answer.text) == text(unknown.text)
    assert "/classroom" not in browser.get("/models").text


def test_token_does_not_give_access_to_teachers_pages(room: LocalHub, open_browser: type[Browser]) -> None:
    """A teacher's token left in a notebook must not reveal the class's names."""
    token = room.create_token("tina", role="write")
    answer = open_browser(room, Authorization=f"Bearer {token}").get("/classroom")
    assert answer.status == 404
    assert "ada" not in answer.text.split("<main")[1]


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("attack", ["no token", "another's token", "foreign origin", "same site", "a learner"])
def test_a_forged_form_changes_nothing(
    room: LocalHub, tina: Browser, open_browser: type[Browser], path: str, attack: str
) -> None:
    browser = open_browser(room).log_in("ada") if attack == "a learner" else tina
    fields = dict(FORMS[path])
    if attack != "no token":
        fields["csrf"] = open_browser(room).csrf() if attack == "another's token" else browser.csrf("/new")
    headers = {"foreign origin": {"Origin": "http://localhost:8888"}, "same site": {"Sec-Fetch-Site": "same-site"}}
    before = everything(room)
    answer = browser.open("POST", path, fields, **headers.get(attack, {}))
    assert answer.status == (404 if attack == "a learner" else 403)
    assert everything(room) == before


def test_table_shows_each_learner_with_done_and_open_steps(room: LocalHub, tina: Browser) -> None:
    page = tina.get("/classroom").text
    assert 'href="/classroom/ada"' in page
    assert 'href="/classroom/tina"' not in page
    row = page.split('href="/classroom/ada"')[1].split("</tr>")[0]
    assert (row.count(">done "), row.count(">not yet<")) == (2, 4), "not only the account and the token are done"
    assert len(page) < 60_000
    assert 'href="/classroom/ada"' not in tina.get("/classroom?q=nobody").text
    waiting = tina.get("/classroom?lacking=push").text
    assert '<option value="push" selected>not done yet: Weights pushed</option>' in waiting
    assert 'href="/classroom/ada"' in waiting
    assert 'href="/classroom/ada"' not in tina.get("/classroom?lacking=login").text
    assert 'aria-sort="descending"' in tina.get("/classroom?sort=-seen").text


def test_a_large_class_is_shown_in_parts(open_browser: type[Browser]) -> None:
    with LocalHub(extensions=(CLASSROOM,)) as hub:
        hub.create_user("tina", password="correct horse", administrator=True)
        for number in range(250):
            accounts.create_user(hub.hub, f"learner{number:03d}")
        browser, path, found = open_browser(hub).log_in("tina"), "/classroom?sort=-name&lacking=login", []
        while path:
            page = browser.get(path).text
            found += re.findall(r'href="/classroom/(learner\d+)"', page)
            following = re.search(r'rel="next" href="([^"]*)"', page)
            path = html.unescape(following[1]) if following else ""
        assert found == [f"learner{number:03d}" for number in reversed(range(250))]
        assert "learner000" in browser.get("/classroom?p=99999&sort=-name").text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_of_a_busy_class_is_small(open_browser: type[Browser], language: str) -> None:
    with LocalHub(extensions=(CLASSROOM,)) as hub:
        hub.create_user("tina", password="correct horse", administrator=True)
        for number in range(37):
            user = accounts.create_user(hub.hub, f"learner-{number:03d}", fullname=f"学员 {number}")
            access_tokens.create_token(hub.hub, user, role="write")
            made = hub.create_repository(f"{user.name}/bert-base-uncased-finetuned")._found()
            for kind in ("git.pushed", "git.fetched", "lfs.downloaded"):
                record(
                    hub.hub,
                    kind,
                    Sender(user_id=user.id, user_name=user.name),
                    repository_id=made.id,
                    repository_name=made.full_name,
                    detail={"files": 6, "size": 438000000, "weights": True},
                )
        browser = open_browser(hub, Accept_Language=language).log_in("tina")
        page = browser.get("/classroom").text
        assert page.count("<tr data-row") == 34
        links = set(re.findall(r'<(?:link rel="stylesheet" href|script src)="([^"]+)"', page))
        assert len(links) == 4
        assert len(page.encode()) + sum(len(browser.get(link).text.encode()) for link in links) < 60_000


def test_live_part_is_sent_again_only_after_a_change(
    room: LocalHub, tina: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The part shows how many minutes ago events happened: the minute must not change between two requests.
    noon = room.hub.now() // 60_000 * 60_000
    monkeypatch.setattr(room.hub, "now", lambda: noon)
    first = tina.get("/classroom?part=live")
    assert "<html" not in first.text
    again = tina.get("/classroom?part=live", If_None_Match=first.headers["etag"])
    assert (again.status, again.text) == (304, "")
    monkeypatch.setattr(room.hub, "now", lambda: noon + 60_000)
    assert tina.get("/classroom?part=live", If_None_Match=first.headers["etag"]).status == 200
    monkeypatch.setattr(room.hub, "now", lambda: noon)
    record(room.hub, "git.pushed", Sender(user_id="1", user_name="grace"), detail={"files": 3, "size": 41200000})
    third = tina.get("/classroom?part=live", If_None_Match=first.headers["etag"])
    assert third.status == 200
    assert "grace pushed 3 files, 41.2 MB, to a repository" in third.text


def test_text_from_users_is_escaped(room: LocalHub, tina: Browser) -> None:
    nasty = '<img src=x onerror=alert(1)>\u202e"'
    mallory = accounts.create_user(room.hub, "mallory", fullname=nasty)
    record(room.hub, "file.downloaded", Sender(user_id=mallory.id, user_name="mallory"), repository_name=nasty)
    record(room.hub, "branch.created", Sender(user_id=mallory.id, user_name="mallory"), detail={"branch": nasty})
    for path in ("/classroom", "/classroom/mallory"):
        page = tina.get(path).text
        assert "onerror" in page
        assert "<img src=x" not in page
        assert "\u202e" not in page


def test_learners_page_describes_events_in_sentences(
    room: LocalHub, tina: Browser, open_browser: type[Browser]
) -> None:
    grace = accounts.create_user(room.hub, "gracie", email="g@example.org")
    for kind, detail in (
        ("repository.created", {}),
        ("git.pushed", {"files": 3, "size": 41_200_000, "weights": True}),
        ("file.downloaded", {"files": 1, "size": 1000}),
        ("file.downloaded", {"files": 1, "size": 2000}),
        ("brand.new", {}),
    ):
        record(
            room.hub,
            kind,
            Sender(user_id=grace.id, user_name="gracie"),
            repository_id="r",
            repository_name="gracie/m",
            detail=detail,
        )
    page = tina.get("/classroom/gracie").text.replace("\u2068", "").replace("\u2069", "")
    sentences = [
        "gracie: brand.new gracie/m", "gracie downloaded 2 files, 3 kB, of gracie/m",
        "gracie pushed 3 files, 41.2 MB, to gracie/m", "gracie created gracie/m",
    ]  # fmt: skip
    places = [page.index(sentence) for sentence in sentences]
    assert places == sorted(places), "the newest event is not first"
    assert "g@example.org" in page
    zh = open_browser(room, Accept_Language="zh").log_in("tina").get("/classroom/gracie").text
    assert "pushed" not in zh.split("<main")[1]
    assert tina.get("/classroom/nobody-here").status == 404


def test_many_events_are_shown_in_parts(room: LocalHub, tina: Browser) -> None:
    busy = accounts.create_user(room.hub, "busy")
    for number in range(450):
        record(room.hub, "tag.created", Sender(user_id=busy.id, user_name="busy"), detail={"tag": f"v{number}"})
    seen, path = [], "/classroom/busy"
    while path:
        page = tina.get(path).text
        seen += re.findall("as \u2068(v\\d+)\u2069", page)
        more = re.search(r'href="(/classroom/busy\?before=\d+)"', page)
        path = more[1] if more else ""
    assert seen == [f"v{number}" for number in reversed(range(450))]


def test_a_new_password_is_shown_once_and_ends_every_session(
    room: LocalHub, tina: Browser, open_browser: type[Browser], caplog: pytest.LogCaptureFixture
) -> None:
    room.create_user("alan", password="correct horse")
    alan = open_browser(room).log_in("alan")
    answer = tina.post("/classroom/alan")
    password = passwords(answer.text)["alan"]
    assert alan.get("/settings/tokens").status == 303, "the old session is still logged in"
    assert accounts.check_password(room.hub, "alan", "correct horse") is None
    user = accounts.check_password(room.hub, "alan", password)
    assert user
    assert len(access_tokens.tokens_of(room.hub, user)) == 1
    for path in ("/classroom/alan", "/classroom", "/classroom/events.csv"):
        assert password not in tina.get(path).text
    assert password not in str(everything(room)) + caplog.text
    tina.post("/classroom/alan", tokens="revoke")
    assert access_tokens.tokens_of(room.hub, user) == []
    assert [e.detail["tokens_revoked"] for e in room.events(kind="account.password_reset", user="tina")] == [
        False,
        True,
    ]


def test_password_of_a_teacher_cannot_be_reset(room: LocalHub, tina: Browser) -> None:
    assert tina.post("/classroom/tina").status == 404
    assert accounts.check_password(room.hub, "tina", "correct horse")


def test_accounts_from_a_class_list_need_confirmation(room: LocalHub, tina: Browser) -> None:
    listed = "用户名,邮箱,姓名\nxiaoming,xm@example.org,王小明\nada,again@example.org,Ada\nlihua,,=1+1\n"
    answer = upload(tina, "/classroom/new", listed.encode("gbk"))
    assert answer.status == 200
    assert "王小明" in answer.text
    assert "An account with this name exists already." in answer.text
    assert accounts.find_user(room.hub, "xiaoming") is None, "the account was created before the confirmation"
    shown = re.search(r'name="shown" value="(\w+)"', answer.text)
    text = re.search(r'<textarea name="list" hidden>\n(.*?)</textarea>', answer.text, re.DOTALL)
    assert shown
    assert text
    fields = {"list": html.unescape(text[1]), "shown": shown[1]}
    made = tina.post("/classroom/new", **fields)
    found = passwords(made.text)
    assert set(found) == {"xiaoming", "lihua"}
    for name, password in found.items():
        assert accounts.check_password(room.hub, name, password)
        assert password not in str(everything(room))
    assert "'=1+1" in base64.b64decode(re.findall(r"base64,([^\"]+)", made.text)[0]).decode()
    # Sent again, as by a reload: the preview is no longer up to date.
    again = tina.post("/classroom/new", **fields)
    assert again.status == 400
    assert "Something changed" in again.text
    assert accounts.check_password(room.hub, "lihua", found["lihua"]), "the password was changed"
    assert [e.detail["name"] for e in room.events(kind="account.made")] == ["xiaoming", "lihua"]


def shown_fields(page: str) -> dict[str, str]:
    """Return the fields of the form that confirms a preview."""
    text = re.search(r'<textarea name="list" hidden>\n(.*?)</textarea>', page, re.DOTALL)
    assert text
    hidden = re.findall(r'<input type="hidden" name="(shown|columns|header)" value="([^"]*)">', page)
    return {"list": html.unescape(text[1]), **{name: html.unescape(value) for name, value in hidden}}


def test_page_shows_how_a_class_list_was_read_and_accepts_corrections(room: LocalHub, tina: Browser) -> None:
    listed = "Foo;Bar;Quux\n2026001;Jörg Groß;jg@uni.example\n".encode("cp1252")
    refused = upload(tina, "/classroom/new", listed)
    assert refused.status == 400
    assert "looks like a header" in refused.text
    assert "2026001 | Jörg Groß" in refused.text
    assert "2026001;Jörg Groß;jg@uni.example" in refused.text, "the list is not kept in the form"
    preview = upload(tina, "/classroom/new", listed, columns="number,fullname,email", header="yes")
    assert preview.status == 200
    assert "Encoding Windows-1252, columns separated by semicolons" in preview.text
    assert "Column 1 “Foo”: student number (2026001)" in preview.text
    assert "user name made from 2026001" in preview.text
    assert "account will be created" in preview.text
    made = tina.post("/classroom/new", **shown_fields(preview.text))
    assert set(passwords(made.text)) == {"s2026001"}
    found = accounts.find_user(room.hub, "s2026001")
    assert found
    assert (found.fullname, found.email) == ("Jörg Groß", "jg@uni.example")
    wrong = upload(tina, "/classroom/new", listed, columns="number,fullname,email", header="yes", encoding="gb18030")
    assert "GB18030" in wrong.text
    assert "Jörg" not in wrong.text


def test_accounts_are_created_from_an_excel_workbook(room: LocalHub, tina: Browser) -> None:
    book = openpyxl.Workbook()
    for row in (["学号", "姓名"], [2026002.0, "王小明"]):
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    answer = upload(tina, "/classroom/new", written.getvalue())
    assert answer.status == 200
    made = tina.post("/classroom/new", **shown_fields(answer.text))
    assert set(passwords(made.text)) == {"s2026002"}


@pytest.mark.parametrize("content", [b"", b"\xff\xff\x00\x80", b'"' + b"x" * 200_000])
def test_file_that_is_not_a_class_list_gives_a_clear_error(tina: Browser, content: bytes) -> None:
    answer = upload(tina, "/classroom/new", content)
    assert answer.status == 400
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=é", "text/plain"]
)
def test_malformed_form_gives_a_clear_error(tina: Browser, kind: str) -> None:
    answer = tina.send("POST", "/classroom/new", b"--x\r\n\r\n", {"Content-Type": kind})
    assert answer.status in (400, 403)
    assert 'role="alert"' in answer.text


def test_closing_and_opening_sign_up_takes_effect_at_once(
    room: LocalHub, tina: Browser, open_browser: type[Browser]
) -> None:
    visitor = open_browser(room)
    try:
        assert tina.post("/classroom", sign_up="closed").status == 303
        assert not sign_up_is_open(room.hub)
        assert "Sign-up is closed" in visitor.get("/join").text
        answer = visitor.post("/join", username="late-comer", email="l@example.org", password="long enough")
        assert answer.status == 400
        assert accounts.find_user(room.hub, "late-comer") is None
        assert 'href="/join"' not in visitor.get("/models").text
        tina.post("/classroom", sign_up="open")
        answer = visitor.post("/join", username="late-comer", email="l@example.org", password="long enough")
        assert answer.status == 303
    finally:
        open_sign_up(room.hub, True)


def test_export_contains_every_event(room: LocalHub, tina: Browser) -> None:
    record(
        room.hub, "tag.created", Sender(user_name="=cmd|' /C calc'!A0"), repository_name="@SUM(1)", detail={"tag": "v1"}
    )
    table = tina.get("/classroom/events.csv")
    assert "attachment" in table.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    objects = [json.loads(line) for line in tina.get("/classroom/events.ndjson").text.splitlines()]
    assert tuple(rows[0]) == COLUMNS
    assert tuple(objects[0]) == COLUMNS
    # Downloading an export is not an event, so both exports have the same events.
    assert len(rows) == len(objects) == len(room.events())
    for row, item, event in zip(rows, objects, room.events(), strict=True):
        assert row["kind"] == item["kind"] == event.kind
        assert datetime.fromisoformat(item["time"]).timestamp() == pytest.approx(event.at / 1000)
        assert json.loads(row["detail"]) == item["detail"]
        assert item["token_role"] == event.token_role == (row["token_role"] or None)
        assert not any(value.startswith(("=", "+", "-", "@")) for value in row.values())
    assert rows[-1]["user"] == "'=cmd|' /C calc'!A0"
    assert objects[-1]["user"] == "=cmd|' /C calc'!A0"


def test_export_of_a_period(room: LocalHub, tina: Browser) -> None:
    middle = room.hub.now()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room.hub, "now", lambda: middle - 10 * 86_400_000)
        record(room.hub, "tag.created", Sender(user_name="early"))

    def found(**query: str) -> list[str]:
        lines = tina.get("/classroom/events.ndjson?" + urllib.parse.urlencode(query)).text.splitlines()
        return [json.loads(line)["user"] for line in lines if json.loads(line)["user"] == "early"]

    def day(number: int) -> str:
        return time.strftime("%Y-%m-%d", time.localtime(middle / 1000 - number * 86400))

    assert found() == ["early"]
    assert found(since=day(11), until=day(9)) == ["early"]
    assert found(since=day(9)) == []
    assert found(until=day(11) + "T00:00") == []
    answer = tina.get("/classroom/events.csv?since=yesterday")
    assert answer.status == 400
    assert "2026-11-23" in answer.text


def test_teacher_renames_and_removes_an_account_after_seeing_what_is_deleted(room: LocalHub, tina: Browser) -> None:
    room.create_user("mistyped", password="correct horse")
    room.create_repository("mistyped/m")
    refused = tina.post("/classroom/mistyped", act="rename", name="ada")
    assert refused.status == 400
    assert "The name ada is taken" in refused.text
    assert tina.post("/classroom/mistyped", act="rename", name="typed").headers["location"] == "/classroom/typed"
    page = tina.get("/classroom/typed").text
    assert "This repository is deleted with it:" in page
    assert "<li><bdi>typed/m</bdi></li>" in page
    assert tina.post("/classroom/typed", act="remove", confirmation="mistyped").status == 400
    assert room.repository("typed/m").exists
    assert tina.post("/classroom/typed", act="remove", confirmation="typed").headers["location"] == "/classroom"
    assert not room.repository("typed/m").exists
    assert tina.get("/classroom/typed").status == 404
    recorded = [(event.kind, event.user, event.detail.get("name")) for event in room.events(kind="account.")][-2:]
    assert recorded == [("account.renamed", "tina", "mistyped"), ("account.removed", "tina", "typed")]
