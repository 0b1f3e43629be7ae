"""Pages for tokens, organisations, access requests, likes and copies, and the error messages of pages."""

from __future__ import annotations

import errno
import re
from html import unescape

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.people import access_tokens, accounts, organizations
from autograde.hub.repos import repositories
from tests.hub.clients import ClientError, PythonClient
from tests.plain_browser import Browser


def problem(page: str) -> str:
    found = re.search(r'role="alert">(.*?)</p>', page, re.DOTALL)
    assert found, page
    return unescape(found[1])


def fresh(page: str) -> str:
    found = re.search(r'data-token="(hf_\w+)"', page)
    assert found, problem(page)
    return found[1]


WRITE = "api.upload_file(repo_id=name, path_in_repo='x', path_or_fileobj=b'x')"
READ = "api.list_repo_files(name)"


def test_fine_grained_token_has_only_the_chosen_rights(
    hub: LocalHub, ada: Account, adas: Browser, python_client: PythonClient, client_error: type[ClientError]
) -> None:
    team = accounts.create_user(hub.hub, f"{ada.name}-team", kind="org")
    organizations.add_member(hub.hub, team, hub._user(ada.name), "write")
    for name in ("read", "write", "closed"):
        hub.create_repository(f"{ada.name}/{name}", private=True)
    hub.create_repository(f"{team.name}/m", private=True)
    rights = {f"for:{ada.name}/read": "read", f"for:{ada.name}/write": "write", f"for:{team.name}": "read"}
    page = adas.post("/settings/tokens", name="narrow", role="fineGrained", **rights)
    token = fresh(page.text)

    def allowed(code: str, name: str) -> bool:
        try:
            python_client.run(f"api = huggingface_hub.HfApi(token=token)\n{code}", token=token, name=name)
        except client_error:
            return False
        return True

    found = {name: (allowed(READ, name), allowed(WRITE, name)) for name in (
        f"{ada.name}/read", f"{ada.name}/write", f"{ada.name}/closed", f"{team.name}/m")}  # fmt: skip
    assert list(found.values()) == [(True, False), (True, True), (False, False), (True, False)]
    listed = adas.get("/settings/tokens").text
    assert token not in listed
    assert re.search(rf"<bdi>{ada.name}/write</bdi>: read and write", listed)
    assert "just now" in listed.split("narrow")[1].split("</tr>")[0], "last used"


def test_fine_grained_token_without_a_right_is_rejected(hub: LocalHub, ada: Account, adas: Browser) -> None:
    before = len(access_tokens.tokens_of(hub.hub, hub._user(ada.name)))
    for fields in ({}, {f"for:{ada.name}": "admin"}, {"for:someone-else": "write"}):
        answer = adas.post("/settings/tokens", name="empty", role="fineGrained", **fields)
        assert answer.status == 400
        assert "at least one right" in problem(answer.text)
        assert 'value="empty"' in answer.text, "the form keeps its values"
    assert len(access_tokens.tokens_of(hub.hub, hub._user(ada.name))) == before


@pytest.mark.parametrize(("days", "expected"), [("", None), ("7", 7), ("5", None), ("-1", None), ("x", None)])
def test_token_expires_after_the_chosen_number_of_days(
    hub: LocalHub, adas: Browser, days: str, expected: int | None
) -> None:
    token = fresh(adas.post("/settings/tokens", name="t", role="read", days=days).text)
    found = access_tokens.find_token(hub.hub, token)
    assert found
    expires = found[1].expires_at
    assert (None if expires is None else round((expires - found[1].created_at) / 86_400_000)) == expected


def test_organization_has_members_with_roles_and_owns_repositories(
    hub: LocalHub, ada: Account, bob: Account, adas: Browser, open_browser: type[Browser]
) -> None:
    name = f"{ada.name}-lab"
    members = f"/organizations/{name}/members"
    assert adas.post("/organizations/new", name=ada.name).status == 400
    assert adas.post("/organizations/new", name=name, fullname="The Lab").headers["location"] == members
    bobs = open_browser(hub).log_in(bob.name)
    assert f"<option>{name}</option>" not in bobs.get("/new").text
    assert bobs.post(members, member=bob.name, role="admin").status == 403
    assert "<select" not in bobs.get(members).text
    assert adas.post(members, member="nobody-here", role="write").status == 400
    assert adas.post(members, member=bob.name, role="write").status == 303
    assert f"<option>{name}</option>" in bobs.get("/new").text
    assert bobs.post("/new", owner=name, name="shared", visibility="private").headers["location"] == f"/{name}/shared"
    assert bobs.get(f"/{name}/shared/settings").status == 403
    page = bobs.get(f"/{name}").text
    for shown in ("The Lab", f'href="/{bob.name}"', f"{name}/shared", f"/new?owner={name}"):
        assert shown in page
    assert f"<option selected>{name}</option>" in bobs.get(f"/new?owner={name}").text
    assert adas.post(members, member=ada.name, act="remove").status == 400, "the last administrator cannot leave"
    assert bobs.post(members, member=ada.name, act="remove").status == 403
    assert bobs.post(members, member=bob.name, act="remove").status == 303, "any other member may leave"
    assert adas.post(members, member=bob.name, role="read").status == 303
    assert adas.post(members, member=bob.name, act="remove").status == 303
    assert bobs.get(f"/{name}/shared").status == 404
    assert f"{name}/shared" not in bobs.get(f"/{name}").text


def test_owner_gates_a_repository_and_answers_access_requests(
    hub: LocalHub, ada: Account, bob: Account, adas: Browser, open_browser: type[Browser]
) -> None:
    name = f"{ada.name}/gated"
    hub.create_repository(name, files={"a.txt": b"a"})
    settings = f"/{name}/settings"
    assert adas.post(settings, act="gating", gated="sometimes").status == 400
    assert adas.post(settings, act="gating", gated="manual").status == 303
    bobs = open_browser(hub).log_in(bob.name)
    assert bobs.get(f"/{name}/tree/main", Accept="text/html").status == 403
    assert bobs.post(f"/{name}").status == 303
    found = re.search(rf'{bob.name}.*?name="request" value="([^"]+)"', adas.get(settings).text, re.DOTALL)
    assert found
    assert bobs.post(settings, act="accepted", request=found[1]).status == 403
    assert adas.post(settings, act="rejected", request=found[1]).status == 303
    assert bobs.get(f"/{name}/tree/main", Accept="text/html").status == 403
    assert adas.post(settings, act="accepted", request=found[1]).status == 303
    assert bobs.get(f"/{name}/tree/main").status == 200
    again = adas.open(
        "POST", settings, {"csrf": adas.csrf(), "act": "accepted", "request": found[1]}, Accept_Language="zh"
    )
    assert (again.status, problem(again.text)) == (400, "这个申请已经同意了。")
    assert adas.post(settings, act="gating", gated="").status == 303
    assert open_browser(hub).get(f"/{name}/tree/main").status == 200


def test_like_counts_once_and_can_be_removed_on_the_page(
    hub: LocalHub, ada: Account, bob: Account, adas: Browser, open_browser: type[Browser]
) -> None:
    name = f"{ada.name}/liked"
    hub.create_repository(name)
    bobs = open_browser(hub).log_in(bob.name)
    for act, likes in (("like", 1), ("like", 1), ("unlike", 0), ("unlike", 0), ("like", 1)):
        assert bobs.post(f"/{name}/like", act=act).headers["location"] == f"/{name}"
        repository = repositories.find_repository(hub.hub, "model", name)
        assert repository
        assert repository.likes == likes
    assert "Liked 1" in re.sub(r"<[^>]+>|\s+", " ", bobs.get(f"/{name}").text).replace("  ", " ")
    assert 'value="like"' in adas.get(f"/{name}").text
    assert open_browser(hub).post(f"/{name}/like").headers["location"].startswith("/login")


def test_duplicate_has_the_files_and_the_history(
    hub: LocalHub, ada: Account, bob: Account, open_browser: type[Browser]
) -> None:
    name = f"{ada.name}/source"
    hub.create_repository(name, files={"a.txt": b"a", "w.bin": b"large"})
    hub.create_repository(f"{bob.name}/taken")
    bobs = open_browser(hub).log_in(bob.name)
    for fields in ({"name": "taken"}, {"name": "a b"}, {"name": "mine", "owner": ada.name}):
        assert bobs.post(f"/{name}/duplicate", **fields).status == 400
    assert bobs.post(f"/{name}/duplicate", name="mine").headers["location"] == f"/{bob.name}/mine"
    made = hub.repository(f"{bob.name}/mine")
    assert made.head() == hub.repository(name).head()
    assert bobs.get(f"/{bob.name}/mine/resolve/main/w.bin").text == "large"
    hub.create_repository(f"{ada.name}/secret", private=True)
    assert bobs.get(f"/{ada.name}/secret/duplicate", Accept="text/html").status == 404


def test_error_messages_of_discussions_are_in_the_language_of_the_page(
    hub: LocalHub, ada: Account, adas: Browser, python_client: PythonClient, client_error: type[ClientError]
) -> None:
    """Errors of the API stay in English."""
    name = f"{ada.name}/talk"
    hub.create_repository(name)
    assert adas.post(f"/{name}/discussions", title="t").status == 303
    page = f"/{name}/discussions/1"

    def error_text(path: str, **fields: str) -> str:
        answer = adas.open("POST", path, {"csrf": adas.csrf(), **fields}, Accept_Language="zh-CN")
        assert answer.status >= 400
        return problem(answer.text)

    texts = [
        error_text(page, act="merge"), error_text(page, act="comment", comment=" "),
        error_text(page, act="comment", comment="x" * 70000),
        error_text(f"/{name}/discussions", title=" "), error_text(f"/{name}/discussions", title="x" * 201),
        error_text(f"/{name}/discussions/99", act="comment", comment="x"),
    ]  # fmt: skip
    for text in texts:
        assert re.search("[一-鿿]{4}", text), text
        assert not re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", text), text
    code = "huggingface_hub.HfApi(token=token).merge_pull_request(name, 1)"
    with pytest.raises(client_error, match="Only pull requests can be merged"):
        python_client.run(code, token=ada.token, name=name)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_too_large_form_is_rejected_with_an_error_page(hub: LocalHub, adas: Browser, language: str) -> None:
    answer = adas.open(
        "POST", "/settings/account", {"csrf": "x", "fullname": "x" * (2 << 20)}, Accept_Language=language
    )
    assert answer.status == 413
    assert "1,048,576" in problem(answer.text)
    assert f'<html lang="{"en" if language == "en" else "zh-CN"}"' in answer.text


def test_full_disk_and_internal_error_give_an_error_page(
    hub: LocalHub, adas: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(accounts, "set_fullname", full)
    answer = adas.open("POST", "/settings/account", {"csrf": adas.csrf(), "fullname": "x"}, Accept_Language="zh")
    assert answer.status == 507
    assert "磁盘已满" in problem(answer.text)

    def broken(*arguments: object, **more: object) -> None:
        raise ZeroDivisionError("a secret inside")

    monkeypatch.setattr(accounts, "set_fullname", broken)
    answer = adas.open("POST", "/settings/account", {"csrf": adas.csrf(), "fullname": "x"}, Accept="text/html")
    assert answer.status == 500
    assert answer.headers["x-request-id"] in problem(answer.text)
    assert "secret inside" not in answer.text
    assert "ZeroDivisionError" not in answer.text
