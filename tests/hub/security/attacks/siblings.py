"""Attacks similar to those on the list, which a curious learner would try next."""

from __future__ import annotations

import re
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from ..battery import Target, clone_folder, row
from .credentials import FORMS
from .uploads import file_line

#: A file with a script that a browser would run.
_SCRIPT = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@row("1", "private and missing repositories give the same answers for every method of the API, pages, git and LFS")
def private_and_missing_look_alike(target: Target) -> None:
    owner, eve = target.person("owner"), target.person("eve")
    owner_token, eve_token = owner.token(), eve.token()
    hidden, missing = owner.repository(owner_token, "zzprivate", private=True), f"{owner.name}/zzmissing"
    paths = (
        "/api/models/{}",
        "/api/models/{}/tree/main",
        "/{}/resolve/main/a.txt",
        "/{}",
        "/{}/settings",
        "/{}/raw/main/a",
        "/{}.git/info/refs?service=git-upload-pack",
        "/api/models/{}/discussions",
        "/{}/discussions/1",
        "/api/models/{}/xet-read-token/main",
        "/api/models/{}/user-access-request/pending",
    )
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"):
            for token in ("", eve_token):
                found = [target.send(method, path.format(name), token=token) for name in (hidden, missing)]
                assert found[0].status == found[1].status, (method, path, [a.status for a in found])
                assert found[0].headers.get("X-Error-Code") == found[1].headers.get("X-Error-Code"), path
                same = [
                    a.text.replace(name, "?").replace(name.partition("/")[2], "?")
                    for a, name in zip(found, (hidden, missing), strict=True)
                ]
                same = [re.sub(r'value="[^"]*"|Root=[\w-]+', "", text) for text in same]
                assert same[0] == same[1], (method, path)


@row("1", "no spelling of an address reveals that a private repository exists")
def address_spellings_do_not_reveal_private_repositories(target: Target) -> None:
    owner, eve = target.person("owner"), target.person("eve")
    hidden, missing = owner.repository(owner.token(), "zzprivate", private=True), f"{owner.name}/zzmissing"
    for spelling in (
        "///{}",
        "////{}//",
        "/{}//",
        "/{}/%2F",
        "/./{}",
        "/%2F{}",
        "/x/../{}",
        "/{}%00",
        "/{}.git/",
        "/{}/.git",
    ):
        for kind in ("text/html", "*/*"):
            for person in (eve, eve.again()):
                requests = [f"GET {spelling.format(name)} HTTP/1.1\r\n" for name in (hidden, missing)]
                cookie = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
                more = f"Host: localhost\r\nAccept: {kind}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
                # Sent without a library, which would normalise the address.
                found = [_first_line(target, (line + more).encode()) for line in requests]
                assert found[0] == found[1], (spelling, found)


def _first_line(target: Target, sent: bytes) -> bytes:
    """Return the status line of an answer."""
    with target.connect(sent) as connection:
        return connection.makefile("rb").readline()


@row("1", "users cannot move repositories to others, take over names or make themselves administrators")
def names_and_roles_cannot_be_taken_over(target: Target) -> None:
    owner, eve, other = target.person("owner"), target.person("eve"), target.person("other")
    owner_token, eve_token = owner.token(), eve.token()
    name = owner.repository(owner_token)
    mine = eve.repository(eve_token, "mine")
    for source, wanted in (
        (mine, f"{owner.name}/mine"),
        (name, f"{eve.name}/taken"),
        (mine, name),
        (mine, "//x"),
        (mine, f"{owner.name.upper()}/mine"),
        (mine, f"{eve.name}/../{owner.name}"),
    ):
        answer = target.api("POST", "/api/repos/move", {"fromRepo": source, "toRepo": wanted}, token=eve_token)
        assert answer.status in (400, 403, 404, 409), (source, wanted, answer.status)
    for organization in (owner.name, name):
        made = {"name": "x", "organization": organization}
        assert target.api("POST", "/api/repos/create", made, token=eve_token).status in (400, 403, 404)
    team = f"team-{owner.name}"
    assert owner.form("/organizations/new", name=team).status == 303
    path = f"/organizations/{team}/members"
    assert owner.form(path, act="set", member=eve.name, role="read").status == 303
    for person, member, role in ((eve, eve.name, "admin"), (eve, other.name, "write"), (other, other.name, "admin")):
        assert person.form(path, act="set", member=member, role=role).status == 403, (person.name, role)
    assert eve.form(path, act="remove", member=owner.name).status == 403
    assert target.api("POST", "/api/repos/create", {"name": "x", "organization": team}, token=eve_token).status == 403
    # The last administrator cannot give up the role.
    owner.form(path, act="set", member=owner.name, role="read")
    assert owner.form(path, act="set", member=other.name, role="read").status == 303
    for taken in (
        owner.name.upper(),
        owner.name.replace("-", "\u2010"),
        f"{owner.name} ",
        f"\uff4f{owner.name[1:]}",
        "api",
        "datasets",
        "settings",
        "login",
        "..",
        "a/b",
    ):
        fields = {"username": taken, "email": f"{abs(hash(taken))}@example.org", "password": "correct horse"}
        assert eve.again().form("/join", **fields).status == 400, taken


@row("1", "a device log-in gives a token only after its owner approves it, and only once")
def device_codes_need_approval_and_work_once(target: Target) -> None:
    owner = target.person("owner")
    device = target.send("POST", "/oauth/device", b"client_id=x&redirect_uri=http://evil.example/").json()
    assert "evil.example" not in str(device)
    grant = "urn:ietf:params:oauth:grant-type:device_code"

    def collect(**fields: str) -> str:
        body = urllib.parse.urlencode({"grant_type": grant, "device_code": device["device_code"], **fields}).encode()
        return target.send("POST", "/oauth/token", body).text

    assert "access_token" not in collect()
    for wrong in (
        {"device_code": device["user_code"]},
        {"device_code": ""},
        {"device_code": "%"},
        {"grant_type": "password"},
    ):
        assert "access_token" not in collect(**wrong)
    # Opening a link only shows the form and approves nothing.
    link = f"/device?user_code={device['user_code']}&decision=approve"
    decided = urllib.parse.urlencode({"user_code": device["user_code"], "decision": "approve"}).encode()
    for method in ("GET", "HEAD"):
        kind = "application/x-www-form-urlencoded"
        assert owner.open(method, link, decided, Content_Type=kind).status == 200, method
    assert "access_token" not in collect()
    assert owner.form("/device", user_code=device["user_code"], decision="approve").status == 200
    assert "access_token" in collect()
    assert "access_token" not in collect()


@row("2", "a file with a script is never served as a page of the Hub, whatever its name is")
def uploaded_files_are_never_served_as_pages(target: Target) -> None:
    eve = target.person("eve")
    eve_token = eve.token()
    name = eve.repository(eve_token)
    names = (
        "x.html",
        "x.svg",
        "x.xhtml",
        "x.xml",
        "x.js",
        "x.css",
        "x.pdf",
        "x.htm",
        "x",
        "x.mht",
        "x.png",
        "x.wasm",
        "x.md",
    )
    assert target.commit(name, *[file_line(path, _SCRIPT) for path in names], token=eve_token).status == 200
    for path in names:
        for kind_of_url in ("resolve", "raw"):
            for query in ("", "?download=true", "?content-type=text/html"):
                answer = target.send("GET", f"/{name}/{kind_of_url}/main/{path}{query}", Accept="text/html")
                kind = answer.headers["Content-Type"]
                assert not re.search("html|svg|xml|javascript", kind), (path, kind)
                assert "sandbox" in answer.headers["Content-Security-Policy"], path
                assert answer.headers["X-Content-Type-Options"] == "nosniff", path
                # Other origins may read public files, but nothing with the user's cookie.
                assert answer.headers.get("Access-Control-Allow-Origin") in (None, "*")
                assert answer.headers.get("Access-Control-Allow-Credentials") is None
        page = target.send("GET", f"/{name}/blob/main/{path}", Accept="text/html")
        assert "<script>alert" not in page.text, path
        assert "unsafe-inline" not in page.headers["Content-Security-Policy"].partition("script-src")[2].split(";")[0]


@row("2", "file names cannot inject headers or scripts")
def file_names_cannot_inject_headers_or_scripts(target: Target) -> None:
    eve = target.person("eve")
    eve_token = eve.token()
    name = eve.repository(eve_token)
    names = (
        '"><script>alert(1)</script>.txt',
        'a"; filename=evil.exe.txt',
        "a%0d%0aSet-Cookie: a=b.txt",
        "\u2028x.txt",
        "\u202egpj.exe.txt",
        "cafe\u0301.txt",
        "caf\u00e9.txt",
        "javascript&#58;alert(1)",
        "a'onmouseover='x.txt",
    )
    for path in names:
        answer = target.commit(name, file_line(path, b"x"), token=eve_token)
        assert answer.status in (200, 400, 422), (path, answer.status)
        if answer.status != 200:
            continue
        at = urllib.parse.quote(path)
        found = target.send("GET", f"/{name}/resolve/main/{at}")
        assert found.status == 200, path
        assert "Set-Cookie" not in found.headers
        assert "evil.exe" not in re.sub(r"%22%3B%20filename%3Devil.exe", "", found.headers["Content-Disposition"])
        for page in (f"/{name}/tree/main", f"/{name}/blob/main/{at}", f"/{name}/commits/main"):
            text = target.send("GET", page).text
            assert "<script>alert" not in text, page
            assert "'onmouseover='" not in text, page
    for raw in (
        "/%0d%0aSet-Cookie:%20a=b",
        f"/{name}/resolve/main/%0d%0aX:%20y",
        "/login?next=/%0d%0aSet-Cookie:%20a=b",
        f"/{name}/resolve/%0d%0aX:%20y/a.txt",
    ):
        answer = target.send("GET", raw)
        assert "Set-Cookie" not in str(answer.headers.get("Location", ""))
        assert answer.headers.get("X") is None


@row("2", "a picture in a card cannot change the reader's settings")
def pictures_cannot_change_settings(target: Target) -> None:
    for wanted, chosen in (("image", False), ("script", False), ("document", True), ("iframe", True)):
        answer = target.send("GET", "/?lang=zh", Sec_Fetch_Dest=wanted)
        given = answer.headers.get_all("Set-Cookie") or []
        assert any("hub_language=" in cookie for cookie in given) is chosen, (wanted, given)


@row("9", "a log-in redirects only to pages of this Hub")
def login_redirects_to_this_hub_only(target: Target) -> None:
    owner = target.person("owner")
    for number, wanted in enumerate(
        (
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "/%09//evil.example",
            "http:evil.example",
            "///evil.example",
            "/x\r\nLocation: //evil.example",
            "@evil.example",
        )
    ):
        browser = owner.again() if number < 8 else owner
        browser.cookies.pop("next", None)
        query = urllib.parse.urlencode({"next": wanted})
        body = {"username": owner.name, "password": owner.password, "next": wanted}
        for path in ("/login", f"/login?{query}"):
            answer = browser.form(path, **body)
            assert answer.status == 303, (wanted, answer.status)
            assert re.fullmatch(r"/(?![/\\])[!-~]*", answer.headers["Location"]), answer.headers["Location"]
            assert urllib.parse.urlsplit(answer.headers["Location"]).netloc == ""


@row("2", "a .gitmodules that git push refuses is refused in commits through the API")
def gitmodules_follow_the_same_rules_in_push_and_api(target: Target) -> None:
    eve = target.person("eve")
    eve_token = eve.token()
    name = eve.repository(eve_token)
    module = '[submodule "{}"]\n\tpath = {}\n\turl = {}\n'
    for number, (path, *parts) in enumerate(
        (
            (".gitmodules", "x", "x", "-ucalc"),
            (".gitmodules", "x", "x", '"-ucalc"'),
            (".gitmodules", "../x", "x", "https://example.org/x"),
            (".gitmodules", "x", "-x", "https://example.org/x"),
            (".gitmodules", "x", "x", "https://example.org/x\n\tupdate = !calc"),
            (".gitmodules", "x", "x", "https://example.org/x"),
            ("a/.gitModules", "x", "x", "-ucalc"),
            ("gitmod~1", "x", "x", "-ucalc"),
            ("notes.txt", "x", "x", "-ucalc"),
        )
    ):
        content = module.format(*parts).encode()
        with clone_folder(target) as clone:
            tree = b""
            for each in reversed(path.split("/")):
                kind = b"040000 tree" if tree else b"100644 blob"
                made = tree or target.git(clone, "hash-object", "-w", "--stdin", stdin=content).encode()
                tree = target.git(clone, "mktree", stdin=b"%s %s\t%s\n" % (kind, made, each.encode())).encode()
            commit = target.git(clone, "commit-tree", tree.decode(), "-m", "x")
            url = target.endpoint.replace("://", f"://x:{eve_token}@") + f"/{name}"
            target.git(clone, "push", url, f"{commit}:refs/heads/pushed{number}", check=False)
        pushed = target.send("GET", f"/api/models/{name}/revision/pushed{number}", token=eve_token).status == 200
        status = target.commit(name, file_line(path, content), token=eve_token).status
        assert status == (200 if pushed else 422), (path, parts, pushed, status)


@row("2", "submodules, symlinks and addresses in cards are harmless")
def links_in_repositories_are_harmless(target: Target) -> None:
    eve = target.person("eve")
    eve_token = eve.token()
    name = eve.repository(eve_token)
    with clone_folder(target) as clone:
        link = target.git(clone, "hash-object", "-w", "--stdin", stdin=b"/etc/passwd")
        up = target.git(clone, "hash-object", "-w", "--stdin", stdin=b"../../../../hub.db")
        modules = b'[submodule "x"]\n\tpath = x\n\turl = javascript:alert(1)\n'
        text = target.git(clone, "hash-object", "-w", "--stdin", stdin=modules)
        entries = f"120000 blob {link}\ta\n120000 blob {up}\tb\n160000 commit {'1' * 40}\tx\n"
        for more in ("", f"100644 blob {text}\t.gitmodules\n"):
            tree = target.git(clone, "mktree", "--missing", stdin=(more + entries).encode())
            commit = target.git(clone, "commit-tree", tree, "-m", "x")
            url = target.endpoint.replace("://", f"://x:{eve_token}@") + f"/{name}"
            target.git(clone, "push", "--force", url, f"{commit}:refs/heads/main", check=False)
            for path in ("a", "b", "x", ".gitmodules"):
                for kind_of_url in ("resolve", "raw", "blob", "tree"):
                    answer = target.send("GET", f"/{name}/{kind_of_url}/main/{path}")
                    assert answer.status < 500, (kind_of_url, path)
                    assert "root:" not in answer.text
                    assert b"SQLite format" not in answer.body
                    assert 'href="javascript' not in answer.text
    card = b"[a](javascript:alert(1)) [b](data:text/html,x) <a href='vbscript:x'>c</a>"
    card += b"<form action='/logout'><iframe src=/>"
    assert target.commit(name, file_line("README.md", card), token=eve_token).status == 200
    text = target.send("GET", f"/{name}").text
    for wrong in ('href="javascript', 'href="data:', 'href="vbscript', "<iframe", "action='/logout'"):
        assert wrong not in text, wrong


@row("4", "locks of git-lfs and unused methods and addresses are rejected")
def unused_addresses_are_rejected(target: Target) -> None:
    owner = target.person("owner")
    owner_token = owner.token()
    name = owner.repository(owner_token)
    for path in (
        f"/{name}.git/info/lfs/locks",
        f"/{name}.git/info/lfs/locks/verify",
        f"/{name}.git/info/lfs/locks/1/unlock",
        f"/{name}.git/objects/info/packs",
        f"/{name}.git/HEAD",
        f"/{name}.git/config",
        f"/{name}/git-upload-archive",
        "/static/../../hub.db",
        "/static/..%2f..%2fhub.db",
        "/static/%2e%2e/hub.db",
    ):
        for method in ("GET", "POST", "PUT", "TRACE", "OPTIONS", "PROPFIND"):
            answer = target.api(method, path, {"path": "x"} if method == "POST" else None, token=owner_token)
            assert 400 <= answer.status < 500 or answer.status in (303, 307), (method, path, answer.status)
            assert b"SQLite format" not in answer.body


@row("1", "a form's action is never run by HEAD or GET, whatever is sent with it")
def only_post_submits_a_form(target: Target) -> None:
    owner = target.person("owner")
    name = owner.repository(owner.token())
    before = owner.open("GET", f"/{owner.name}").text.count("minted")
    kind = {"Content_Type": "application/x-www-form-urlencoded"}
    for path, fields in FORMS.items():
        at = path.format(repository=name)
        body = urllib.parse.urlencode({"csrf": owner.csrf(), **fields}).encode()
        for method in ("HEAD", "GET"):
            for sent in (body, urllib.parse.urlencode(fields).encode()):
                assert owner.open(method, at, sent, **kind).status in (200, 404, 405), (method, path)
                assert owner.open(method, f"{at}?{sent.decode()}").status in (200, 404, 405), (method, path)
    stranger = owner.again()
    fields = {"username": f"made-{owner.name}", "email": "m@example.org", "password": "1234567890"}
    body = urllib.parse.urlencode(fields).encode()
    for path in ("/join", "/login"):
        assert stranger.open("HEAD", path, body, **kind).status == 200
    assert target.send("GET", f"/made-{owner.name}").status == 404
    page = owner.open("GET", "/settings/tokens").text
    assert "minted" not in page
    assert owner.open("GET", f"/{owner.name}").text.count("minted") == before
    assert target.send("GET", f"/{owner.name}/copied").status == 404
    assert target.send("GET", f"/api/models/{name}").status == 200
    assert target.api("GET", f"/api/models/{name}/discussions").json()["count"] == 0


@row("12", "concurrent requests merge a pull request only once, and it stays merged")
def concurrent_merges_happen_once(target: Target) -> None:
    owner = target.person("owner")
    owner_token = owner.token()
    name = owner.repository(owner_token)
    line = {"key": "file", "value": {"path": "a.txt", "content": "x"}}
    assert target.commit(name, line, token=owner_token, query="?create_pr=1").status == 200
    path = f"/api/models/{name}/discussions/1"

    def act(number: int) -> int:
        if number % 3:
            return target.api("POST", f"{path}/merge", {}, token=owner_token).status
        return target.api("POST", f"{path}/status", {"status": "open"}, token=owner_token).status

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(act, range(24)))
    events = target.api("GET", path).json()["events"]
    assert [event["data"] for event in events].count({"status": "merged"}) == 1
    assert target.api("GET", path).json()["status"] == "merged"
