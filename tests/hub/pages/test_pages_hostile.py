"""A hostile repository: all names in it are escaped on every page."""

from __future__ import annotations

import os
import re
import subprocess
import urllib.parse
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.pages.visible import visible
from tests.hub.clients import PythonClient
from tests.plain_browser import Browser

#: These set ``window.hacked`` if a browser runs them.
SCRIPT = "<script>window.hacked=1</script>"
HANDLER = '"><img src=x onerror=window.hacked=1>'
NAMES = [
    SCRIPT, HANDLER, "'onmouseover='window.hacked=1", "javascript:window.hacked=1", "a\u202egpj.exe", "zero\u200bwidth",
    "line\nbreak", "tab\tname", "bell\x07", "%2F..%2Fsettings", "%00", "a%0d%0aSet-Cookie: x=1", "{{ 7*7 }}", "{% x %}",
    "模型🤗.txt", "?q=1#frag", "sp ace", "-rf", "$(touch x)", "`id`", "back\\slash", "quote'\"`", "é" * 127, "x" * 255,
    "&lt;b&gt;", "--", "COM1", "__proto__", "]]>", "\u2028", "ﷺ",
]  # fmt: skip
#: Not UTF-8: names as they come from an old archive made on Chinese Windows.
BYTES = ["模型".encode("gbk"), b"\xff\xfe", b"a\xc3"]
BRANCHES = [
    "<script>window.hacked=1</script>",
    "'\"><svg/onload=window.hacked=1>",
    "模型",
    "a/b",
    "x%2Fy",
    "{{7-7}}",
    "#x",
]


class Reader(HTMLParser):
    """Collects the links of a page, and every element or attribute that the Hub's own templates never use."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.links += [found[name] for name in ("href", "src") if name in found]
        self.wrong += [name for name in found if name.startswith("on")]
        self.wrong += [tag] * (tag in ("svg", "iframe", "object", "b", "style"))
        self.wrong += [tag] * (tag == "script" and "/static/" not in found.get("src", ""))
        self.wrong += [value for value in self.links if re.match(r"\s*(javascript|data|vbscript):", value, re.I)]


@pytest.fixture(scope="module")
def pushed(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Account]:
    """The name of a repository with every hostile name in it, and its owner."""
    owner = hub.create_user("hostile-ada", password="correct horse")
    name = f"{owner.name}/hostile"
    repository = hub.create_repository(name)
    folder = os.fsencode(tmp_path_factory.mktemp("hostile"))
    environment = hub.environment(Path(os.fsdecode(folder)) / "home") | {
        "GIT_AUTHOR_NAME": HANDLER, "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": SCRIPT,
        "GIT_COMMITTER_EMAIL": "c@example.org",
    }  # fmt: skip

    def git(*arguments: str | bytes) -> None:
        done = subprocess.run(
            ["git", "-C", folder, *arguments], env=environment, capture_output=True, check=False, timeout=60
        )
        assert done.returncode == 0, (arguments, done.stderr)

    git("init", "--quiet", "--initial-branch", "main")
    card = f"---\ntags: ['{SCRIPT}', 'a\u202eb']\nlibrary_name: '{SCRIPT}'\n---\n# {HANDLER}\n{SCRIPT}\n" + "\n\n".join(
        f"[{n}](<{n}>) ![{n}](<{n}>)" for n in NAMES if "\n" not in n
    )
    files = {os.fsencode(name): name.encode() * 3 for name in NAMES} | dict.fromkeys(BYTES, b"bytes\n")
    files |= {os.fsencode(f"d/{HANDLER.replace('/', '')}/x"): b"x", b"README.md": card.encode()}
    files |= {b"d\xff/y": b"y", b"model.safetensors": b"", b"data.json": f'["{SCRIPT}"]'.encode()}
    for file, content in files.items():
        target = os.path.join(folder, file)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        Path(os.fsdecode(target)).write_bytes(content)
    git("add", "--all", b".")
    git("commit", "--quiet", "-m", f"{SCRIPT}\u202e\x07\n\n{HANDLER}\nbody")
    git("mv", os.fsencode(SCRIPT), os.fsencode(HANDLER + "2"))
    git("rm", "--quiet", "--", BYTES[0])
    Path(os.fsdecode(os.path.join(folder, BYTES[1]))).write_bytes(f"{SCRIPT}\n\x00".encode())
    Path(os.fsdecode(os.path.join(folder, b"__proto__"))).write_bytes(f"{SCRIPT}\n{HANDLER}\n".encode())
    git("commit", "--quiet", "--all", "--allow-empty-message", "-m", "")
    for number, branch in enumerate(BRANCHES):
        git("branch", branch)
        git("tag", f"{branch}-{number}")
    # Bypass the Hub's check of names: an older version or a snapshot may have left such names.
    row = hub.hub.database.one("SELECT id FROM repositories WHERE name = 'hostile'")
    assert row
    address = str(hub.hub.git.path(row["id"]))
    git("push", "--quiet", "--force", address, "--all")
    git("push", "--quiet", address, "--tags")
    assert repository.head()
    return name, owner


def test_every_linked_page_works_and_escapes_hostile_names(
    hub: LocalHub, pushed: tuple[str, Account], open_browser: type[Browser], python_client: PythonClient
) -> None:
    """Follow all links of all pages: no server error, and no markup from a name."""
    name, owner = pushed
    browser = open_browser(hub).log_in(owner.name)
    python_client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        api.create_discussion(name, nasty[:200], description=nasty)
        change = huggingface_hub.CommitOperationAdd("new" + nasty.replace("/", ""), b"x")
        api.create_commit(name, [change], commit_message=nasty, create_pr=True)
        """,
        token=owner.token, name=name, nasty=HANDLER + SCRIPT,
    )  # fmt: skip
    browser.post("/settings/tokens", name=HANDLER, role="read")
    browser.post("/settings/account", fullname=HANDLER)
    waiting, seen = [f"/{name}", f"/{owner.name}", "/settings/tokens", "/welcome", f"/{name}/settings"], {}
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        answer = browser.get(address, Accept="text/html")
        seen[address] = answer.status
        assert answer.status < 500, address
        if not answer.headers.get("content-type", "").startswith("text/html"):
            # Files are sandboxed; everything else that is not a page is JSON.
            sandboxed = "sandbox" in answer.headers.get("content-security-policy", "")
            assert sandboxed or answer.headers["content-type"] == "application/json", address
            continue
        reader = Reader()
        reader.feed(answer.text)
        assert not reader.wrong, (address, reader.wrong)
        # Cards and comments may contain right-to-left text, but names must not reverse the text around them.
        outside = re.sub(r'<(article|div) class="markdown">.*?</\1>', "", answer.text, flags=re.DOTALL)
        assert not re.search("[\u202e\u200b\x07\x00]", outside), address
        for link in reader.links:
            target = urllib.parse.urljoin(address, link).split("#")[0]
            # Every file has a page for each branch and commit; check only main.
            repeated = re.search(r"/raw/|/commits/(?!main)|/(blob|resolve|tree)/(?!main/)[^/]+/.", target)
            if target.startswith(f"/{name}") and "lang=" not in target and not repeated:
                waiting.append(target)
    opened = [address for address in seen if "/blob/main/" in address and seen[address] == 200]
    assert len(opened) >= len(NAMES) + len(BYTES), "each file has its page"
    bad = [address for address, status in seen.items() if status >= 400 and "/tree/" in address]
    assert not bad


def test_invisible_characters_in_file_names_are_shown(
    hub: LocalHub, pushed: tuple[str, Account], open_browser: type[Browser]
) -> None:
    page = open_browser(hub).get(f"/{pushed[0]}/tree/main").text
    shown = re.findall(r"<bdi>(.*?)</bdi>", page)
    for name in (*NAMES[1:], *(raw.decode("utf-8", "surrogateescape") for raw in BYTES[1:])):
        assert escape(visible(name)) in [
            text.replace("&#39;", "&#x27;").replace("&#34;", "&quot;") for text in shown
        ], name


def test_file_can_be_downloaded_by_the_bytes_of_its_name(
    hub: LocalHub, pushed: tuple[str, Account], open_browser: type[Browser]
) -> None:
    browser = open_browser(hub)
    for raw in (*map(os.fsencode, NAMES[1:]), *BYTES[1:]):
        answer = browser.get(f"/{pushed[0]}/resolve/main/{urllib.parse.quote(raw)}?download=true")
        assert answer.status == 200, raw
        assert answer.headers["content-disposition"].startswith("attachment")


def test_api_lists_a_repository_with_hostile_names(
    hub: LocalHub, pushed: tuple[str, Account], open_browser: type[Browser]
) -> None:
    for path in ("/tree/main", "/tree/main?recursive=true&expand=true", "", "/commits/main", "/refs"):
        answer = open_browser(hub).get(f"/api/models/{pushed[0]}{path}")
        assert answer.status == 200, path
