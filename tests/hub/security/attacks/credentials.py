"""Attacks on credentials: what each may do (1, 10), password guessing (8), and pages in frames (9)."""

from __future__ import annotations

import json
import re
import time
import urllib.parse

from ..battery import Person, Target, row

#: Forms that create, grant, change or delete something, with their fields.
FORMS = {
    "/settings/tokens": {"name": "minted", "role": "write"},
    "/settings/account": {"fullname": "Mallory"},
    "/device": {"user_code": "BBBB-BBBB", "decision": "approve"},
    "/new": {"name": "minted"},
    "/organizations/new": {"name": "minted-org"},
    "/{repository}/duplicate": {"name": "copied"},
    "/{repository}/discussions": {"title": "made with a token"},
    "/{repository}/settings": {"act": "visibility", "visibility": "private"},
    "/{repository}/like": {"act": "like"},
    "/{repository}/refs": {"act": "create", "name": "b"},
}


@row("1", "an access token gives no rights on a page, with any cookie and CSRF token")
def access_tokens_give_no_rights_on_pages(target: Target) -> None:
    owner = target.person("owner")
    owner_token = owner.token()
    name = owner.repository(owner_token)
    for token in (owner.token("read"), owner_token, owner.token("fineGrained", **{f"for:{owner.name}": "read"})):
        for path, fields in FORMS.items():
            visitor = owner.again()
            at = path.format(repository=name)
            answer = visitor.form(at, {"Authorization": f"Bearer {token}"}, **fields)
            assert answer.status == 303, (path, answer.status)
            assert answer.headers["Location"].startswith("/login"), path
            basic = visitor.form(at, {"Authorization": "Basic " + _basic(token)}, **fields)
            assert basic.headers["Location"].startswith("/login"), path
    page = owner.open("GET", "/settings/tokens").text
    assert "minted" not in page
    assert "Mallory" not in owner.open("GET", f"/{owner.name}").text
    assert target.api("GET", f"/api/models/{name}", token=owner_token).json()["private"] is False
    assert target.api("GET", f"/api/models/{name}/discussions", token=owner_token).json()["count"] == 0


def _basic(token: str) -> str:
    import base64

    return base64.b64encode(f"x:{token}".encode()).decode()


@row("1", "a form needs the CSRF token of this browser's own page")
def forms_need_the_csrf_token_of_the_browser(target: Target) -> None:
    owner, other = target.person("owner"), target.person("other")
    for secret in ("", "0" * 64, other.csrf()):
        answer = owner.form("/settings/tokens", csrf=secret, name="minted", role="write")
        assert answer.status == 403, answer.status
    for headers in ({"Origin": "http://127.0.0.1:1"}, {"Origin": "null"}, {"Sec_Fetch_Site": "same-site"}):
        assert owner.form("/settings/tokens", headers, name="minted", role="write").status == 403
    assert "minted" not in owner.open("GET", "/settings/tokens").text


@row("1", "a session cookie gives no rights in the API")
def session_cookies_give_no_rights_in_the_api(target: Target) -> None:
    owner = target.person("owner")
    name = owner.repository(owner.token())
    for method, path, data in [
        ("GET", "/api/whoami-v2", None),
        ("POST", "/api/repos/create", {"name": "made"}),
        ("DELETE", "/api/repos/delete", {"name": name}),
        ("POST", f"/api/models/{name}/discussions", {"title": "t"}),
        ("POST", "/api/collections", {"title": "t"}),
        ("GET", f"/api/models/{name}/xet-write-token/main", None),
    ]:
        body = json.dumps(data).encode() if data else b""
        assert owner.open(method, path, body, Content_Type="application/json").status == 401, path


@row("1", "a read token changes nothing: no commit, branch, like, discussion, collection, request for access or upload")
def read_tokens_cannot_change_anything(target: Target) -> None:
    owner, reader = target.person("owner"), target.person("reader")
    owner_token = owner.token()
    name, gated = owner.repository(owner_token), owner.repository(owner_token, "gated")
    assert target.api("PUT", f"/api/models/{gated}/settings", {"gated": "auto"}, token=owner_token).status == 200
    for token in (owner.token("read"), reader.token("read")):
        for method, path, data in [
            ("POST", "/api/repos/create", {"name": "made"}),
            ("DELETE", "/api/repos/delete", {"name": name}),
            ("POST", "/api/repos/move", {"fromRepo": name, "toRepo": f"{owner.name}/moved"}),
            ("PUT", f"/api/models/{name}/settings", {"private": True}),
            ("POST", f"/api/models/{name}/branch/b", {}),
            ("POST", f"/api/models/{name}/tag/main", {"tag": "t"}),
            ("POST", f"/api/models/{name}/like", {}),
            ("POST", f"/api/models/{name}/discussions", {"title": "t"}),
            ("POST", f"/api/models/{name}/duplicate", {"repository": f"{reader.name}/copied"}),
            ("POST", f"/api/models/{gated}/ask-access", {}),
            ("POST", "/api/collections", {"title": "t"}),
            ("POST", "/api/settings/webhooks", {"url": "http://127.0.0.1:9/x", "watched": []}),
            ("POST", f"/api/buckets/{reader.name}/b", {}),
            ("GET", f"/api/models/{name}/xet-write-token/main?create_pr=1", None),
            ("POST", f"/{name}.git/info/lfs/objects/batch",
             {"operation": "upload", "objects": [{"oid": "0" * 64, "size": 1}]}),
        ]:  # fmt: skip
            assert target.api(method, path, data, token=token).status in (401, 403), path
        line = {"key": "file", "value": {"path": "a.txt", "content": "x"}}
        assert target.commit(name, line, token=token).status == 403
        assert target.commit(name, line, token=token, query="?create_pr=1").status == 403
        assert target.send("GET", f"/{name}.git/info/refs?service=git-receive-pack", token=token).status == 403
    assert target.api("GET", f"/api/models/{gated}/user-access-request/accepted", token=owner_token).json() == []


@row(
    "10",
    "a fine-grained token has no rights in repositories outside its scopes, including gated ones and pull requests",
)
def fine_grained_tokens_have_no_rights_outside_their_scopes(target: Target) -> None:
    owner = target.person("owner")
    owner_token = owner.token()
    one, other, hidden = (owner.repository(owner_token, name) for name in ("one", "other", "hidden"))
    target.api("PUT", f"/api/models/{other}/settings", {"gated": "manual"}, token=owner_token)
    target.api("PUT", f"/api/models/{hidden}/settings", {"private": True}, token=owner_token)
    fine = owner.token("fineGrained", **{f"for:{one}": "write"})
    line = {"key": "file", "value": {"path": "a.txt", "content": "x"}}
    assert target.commit(one, line, token=fine).status == 200
    for name in (other, hidden):
        assert target.commit(name, line, token=fine).status in (403, 404)
        assert target.send("GET", f"/{name}/resolve/main/.gitattributes", token=fine).status in (403, 404)
        assert target.send("GET", f"/{name}/raw/main/.gitattributes", token=fine).status in (403, 404)
        assert target.send("GET", f"/{name}.git/info/refs?service=git-upload-pack", token=fine).status in (403, 404)
        assert target.api("GET", f"/api/models/{name}/tree/main", token=fine).status in (403, 404)
        assert target.api("GET", f"/api/models/{name}/xet-read-token/main", token=fine).status in (403, 404)
        assert target.api("POST", f"/api/models/{name}/discussions", {"title": "t"}, token=fine).status in (403, 404)
        copied = {"repository": f"{owner.name}/copied"}
        assert target.api("POST", f"/api/models/{name}/duplicate", copied, token=fine).status in (403, 404)
    assert target.api("POST", "/api/repos/create", {"name": "made"}, token=fine).status == 403
    listed = target.api("GET", f"/api/models?author={owner.name}", token=fine).json()
    assert hidden not in [found["id"] for found in listed]


@row("10", "a fine-grained token without the scope, and other users, cannot read private collections")
def private_collections_need_the_right_scope(target: Target) -> None:
    owner, other = target.person("owner"), target.person("other")
    owner_token = owner.token()
    name = owner.repository(owner_token)
    made = target.api("POST", "/api/collections", {"title": "mine", "private": True}, token=owner_token).json()
    for token in (owner.token("fineGrained", **{f"for:{name}": "write"}), other.token(), ""):
        assert target.api("GET", f"/api/collections/{made['slug']}", token=token).status == 404
        listed = target.api("GET", f"/api/collections?owner={owner.name}", token=token).json()
        assert made["slug"] not in [found["slug"] for found in listed]
        assert target.api("PATCH", f"/api/collections/{made['slug']}", {"title": "x"}, token=token).status in (
            404,
            401,
            403,
        )
    assert target.api("GET", f"/api/collections/{made['slug']}", token=owner_token).status == 200


@row("10", "links and tokens for a transfer expire with the access token behind them")
def transfer_links_expire_with_their_token(target: Target) -> None:
    owner = target.person("owner")
    keep = owner.token()
    name = owner.repository(keep)
    token = owner.token()
    wanted = {"operation": "upload", "objects": [{"oid": _sha(b"weights"), "size": 7}]}
    answer = target.api("POST", f"/{name}.git/info/lfs/objects/batch", wanted, token=token).json()
    upload = answer["objects"][0]["actions"]["upload"]["href"]
    given = target.api("GET", f"/api/models/{name}/xet-write-token/main", token=token).json()
    reading = target.api("GET", f"/api/models/{name}/xet-read-token/main", token=token).json()
    page = owner.open("GET", "/settings/tokens").text
    # The newest token is first in the list.
    form = owner.form("/settings/tokens", revoke=re.findall(r'name="revoke" value="([^"]+)"', page)[0])
    assert form.status == 303
    assert target.api("GET", "/api/whoami-v2", token=token).status == 401
    assert target.send("PUT", upload, b"weights").status == 403
    cas = given["casUrl"]
    assert target.send("POST", f"{cas}/v1/xorbs/default/{'0' * 64}", b"x", token=given["accessToken"]).status == 401
    assert target.send("POST", f"{cas}/v1/shards", b"x", token=given["accessToken"]).status == 401
    path = f"{reading['casUrl']}/v1/reconstructions/{'0' * 64}"
    assert target.send("GET", path, token=reading["accessToken"]).status == 401


@row("10", "a new password ends sessions and device logins, and offers to revoke the tokens")
def new_password_ends_sessions_and_device_logins(target: Target) -> None:
    owner = target.person("owner")
    token = owner.token()
    other_browser = owner.again()
    assert other_browser.form("/login", username=owner.name, password=owner.password).status == 303
    device = target.send("POST", "/oauth/device", b"client_id=x").json()
    owner.form("/device", user_code=device["user_code"], decision="approve")
    changed = owner.form("/settings/account", current=owner.password, password="another horse", tokens="revoke")
    assert changed.status == 303, changed.text
    assert other_browser.open("GET", "/settings/tokens").status == 303
    assert target.api("GET", "/api/whoami-v2", token=token).status == 401
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    body = urllib.parse.urlencode({"grant_type": grant, "device_code": device["device_code"]}).encode()
    assert "access_token" not in target.send("POST", "/oauth/token", body).json()


@row("10", "a transfer link stops working when its owner may no longer read the repository")
def transfer_links_need_the_right_to_read(target: Target) -> None:
    owner, reader = target.person("owner"), target.person("reader")
    owner_token = owner.token()
    name = owner.repository(owner_token)
    _put_lfs(target, name, owner_token, b"weights")
    wanted = {"operation": "download", "objects": [{"oid": _sha(b"weights"), "size": 7}]}
    for token in (reader.token(), ""):
        answer = target.api("POST", f"/{name}.git/info/lfs/objects/batch", wanted, token=token).json()
        link = answer["objects"][0]["actions"]["download"]["href"]
        assert target.send("GET", link).body == b"weights"
        target.api("PUT", f"/api/models/{name}/settings", {"private": True}, token=owner_token)
        assert target.send("GET", link).status in (401, 403, 404)
        target.api("PUT", f"/api/models/{name}/settings", {"private": False}, token=owner_token)


def _sha(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()


def _put_lfs(target: Target, name: str, token: str, content: bytes) -> None:
    wanted = {"operation": "upload", "objects": [{"oid": _sha(content), "size": len(content)}]}
    answer = target.api("POST", f"/{name}.git/info/lfs/objects/batch", wanted, token=token).json()
    assert target.send("PUT", answer["objects"][0]["actions"]["upload"]["href"], content).status == 200


@row("8", "password guessing on one account is limited, by user name, by e-mail address, and with parallel requests")
def password_guessing_is_limited(target: Target) -> None:
    import threading

    owner = target.person("owner")
    statuses: list[int] = []

    def guess(number: int) -> None:
        browser = owner.again()
        name = owner.name.upper() if number % 3 == 0 else owner.email if number % 3 == 1 else owner.name
        statuses.append(browser.form("/login", username=name, password=f"wrong {number}").status)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(statuses)) == [400, 429], sorted(set(statuses))
    assert statuses.count(400) <= 10, statuses.count(400)


@row("8", "trying one password with many names is limited for each address")
def one_password_for_many_names_is_limited(target: Target) -> None:
    browser = target.person("owner").again()
    statuses = [browser.form("/login", username=f"nobody-{n}", password="123456789").status for n in range(120)]
    assert statuses[-1] == 429, statuses[-1]


@row("8", "an attack does not lock a teacher out of another address or of a browser that was logged in before")
def attack_does_not_lock_out_the_owner(target: Target) -> None:
    teacher = target.person("teacher")
    assert teacher.form("/logout").status == 303
    for number in range(12):
        teacher.again().form("/login", username=teacher.name, password=f"wrong {number}")
    assert teacher.again().form("/login", username=teacher.name, password=teacher.password).status == 429
    # The browser that signed up, from the same address as the attack.
    assert teacher.form("/login", username=teacher.email, password=teacher.password).status == 303
    other_address = Person(target, teacher.name, teacher.email, teacher.password, "127.0.9.9")
    assert other_address.form("/login", username=teacher.name, password=teacher.password).status == 303


@row("8", "an attack from many addresses does not lock a teacher out of a new browser")
def attack_from_many_addresses_does_not_lock_out_the_owner(target: Target) -> None:
    teacher = target.person("teacher")
    for number in range(110):
        attacker = Person(target, teacher.name, teacher.email, "", f"127.0.8.{1 + number // 8}")
        attacker.form("/login", username=teacher.name, password=f"wrong {number}")
    new = Person(target, teacher.name, teacher.email, teacher.password, "127.0.9.8")
    assert new.form("/login", username=teacher.name, password=teacher.password).status == 303


@row("8", "a wrong password takes equally long for existing and unknown names")
def response_time_does_not_reveal_user_names(target: Target) -> None:
    def took(browser: Person, name: str, number: int) -> float:
        body = urllib.parse.urlencode(
            {"csrf": browser.csrf(), "username": name, "password": f"wrong {number}"}
        ).encode()
        started = time.perf_counter()
        browser.open("POST", "/login", body, Content_Type="application/x-www-form-urlencoded")
        return time.perf_counter() - started

    def fastest() -> tuple[float, float]:
        """Return the shortest times in seconds for an existing and an unknown name, measured in turn."""
        owner = target.person("owner")
        browser, unknown = owner.again(), f"no-such-{owner.name}"
        times = [(took(browser, owner.name, number), took(browser, unknown, number)) for number in range(9)]
        existing, missing = zip(*times, strict=True)
        return min(existing), min(missing)

    # Load can spoil one round, but hardly three. Without a hash for unknown names, all three differ by more than 10 ms.
    rounds: list[tuple[float, float]] = []
    for __ in range(3):
        rounds.append(fastest())
        if max(rounds[-1]) < 1.5 * min(rounds[-1]) + 0.005:
            return
    raise AssertionError(rounds)


@row("8", "the number of device logins and of guessed codes is limited")
def device_logins_are_limited(target: Target) -> None:
    owner = target.person("owner")
    statuses = [target.send("POST", "/oauth/device", b"client_id=x").status for __ in range(110)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    guessed = [owner.form("/device", user_code=f"BBBB-{n:04}", decision="approve").status for n in range(110)]
    assert guessed[-1] == 429


@row("8", "the number of discussions and comments is limited")
def discussions_are_limited(target: Target) -> None:
    owner = target.person("owner")
    token = owner.token()
    name = owner.repository(token)
    made = [
        target.api("POST", f"/api/models/{name}/discussions", {"title": f"t{n}"}, token=token).status for n in range(60)
    ]
    assert made[0] == 200
    commented = [
        target.api("POST", f"/api/models/{name}/discussions/1/comment", {"comment": "x"}, token=token).status
        for n in range(70)
    ]
    assert commented[-1] == 429
    assert owner.form(f"/{name}/discussions", title="one more").status in (400, 429)


@row("9", "pages with forms cannot be framed, and other pages only by JupyterLab")
def pages_with_forms_cannot_be_framed(target: Target) -> None:
    owner = target.person("owner")
    name = owner.repository(owner.token())
    for path in ("/device", "/settings/tokens", "/settings/account", "/join", "/login", "/new", "/organizations/new",
                 f"/{name}/settings", f"/{name}/duplicate", f"/{name}/discussions", "/welcome"):  # fmt: skip
        answer = owner.open("GET", path, Accept="text/html")
        assert answer.status == 200, path
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], path
    for path in ("/", f"/{name}", f"/{name}/tree/main"):
        policy = owner.open("GET", path).headers["Content-Security-Policy"]
        assert "*" not in policy.partition("frame-ancestors")[2], policy
