"""Pages of files, folders, history and branches show what git and the large files contain."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.markdown.highlighting import highlighted
from autograde.hub.pages.files import FILES, part_of
from autograde.hub.pages.visible import visible, visible_text
from autograde.hub.people.accounts import create_user
from autograde.hub.repos.commits import Author, WriteFile, write_commit
from tests.hub.clients import Git
from tests.plain_browser import Browser


@pytest.fixture(scope="module")
def owner(hub: LocalHub) -> Account:
    return hub.create_user("files-ada", password="correct horse")


@pytest.fixture(scope="module")
def browser(hub: LocalHub, owner: Account, open_browser: type[Browser]) -> Browser:
    return open_browser(hub).log_in(owner.name)


def shown(page: str) -> str:
    """Return the text of the file that a page shows."""
    found = re.search(r'<div class="file lines">.*?<code>(.*?)</code>', page, re.DOTALL)
    assert found
    return unescape(re.sub(r"<[^>]+>", "", found[1]))


def tensors_file(tensors: dict[str, Any]) -> bytes:
    header = json.dumps(tensors).encode()
    return len(header).to_bytes(8, "little") + header


def test_long_file_is_paginated_without_losing_lines(hub: LocalHub, owner: Account, browser: Browser) -> None:
    lines = [f"word-{number} <b>" for number in range(5000)]
    hub.create_repository(f"{owner.name}/long", files={"vocab.txt": "\n".join(lines).encode()})
    found, address, pages = [], f"/{owner.name}/long/blob/main/vocab.txt", 0
    while address:
        page = browser.get(address).text
        assert len(page.encode()) < 45_000
        found += shown(page).split("\n")
        numbers = re.search(r'<pre class="numbers"[^>]*>(.*?)</pre>', page, re.DOTALL)
        assert numbers
        assert numbers[1].split()[-1] == str(len(found)), "line numbers continue on the next page"
        more = re.search(r'rel="next" href="([^"]+)"', page)
        address = f"/{owner.name}/long/blob/main/vocab.txt{more[1]}" if more else ""
        pages += 1
    assert found == lines
    assert pages > 2


def test_highlighted_code_is_split_into_parts_of_limited_size() -> None:
    text = json.dumps({str(n): [n, True] for n in range(3000)}, indent=1)
    first, found = 1, list[str]()
    while first <= text.count("\n") + 1:
        part = part_of(text, "json", first)
        assert len(part.code) <= 33_000
        found += unescape(re.sub("<[^>]+>", "", part.code)).split("\n")
        assert part.last >= first
        first = part.last + 1
    assert "\n".join(found) == text
    assert part_of("x" * 10_000, "", 1).cut
    assert part_of("", "", 7).lines == 1


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("one-line.json", b'{"b":1,"a":["\xe4\xb8\xad",null]}', '{\n  "b": 1,\n  "a": [\n    "中",\n    null\n  ]\n}'),
        ("laid-out.json", b'{\n "b": 1\n}\n', '{\n "b": 1\n}'),
        ("broken.json", b'{"b":', '{"b":'),
        ("big.json", b"123456789012345678901234567890", "123456789012345678901234567890"),
        ("bidi.py", "x = '\u202ey'\r\n".encode(), "x = '\\u202ey'"),
        ("bytes.txt", b"a\xffb\x01", "a\ufffdb\u2401"),
        ("empty.txt", b"", ""),
    ],
)
def test_text_is_shown_unchanged_and_one_line_json_is_formatted(
    hub: LocalHub, owner: Account, browser: Browser, name: str, content: bytes, expected: str
) -> None:
    full_name = f"{owner.name}/{name.replace('.', '-')}"
    hub.create_repository(full_name, files={name: content})
    assert shown(browser.get(f"/{full_name}/blob/main/{name}").text) == expected
    assert browser.get(f"/{full_name}/raw/main/{name}").status == 200


def test_code_in_a_file_is_highlighted(hub: LocalHub, owner: Account, browser: Browser) -> None:
    hub.create_repository(f"{owner.name}/code", files={"train.py": b"import torch\n"})
    assert str(highlighted("import torch", "python")) in browser.get(f"/{owner.name}/code/blob/main/train.py").text


@pytest.mark.parametrize("lfs", [True, False])
def test_tensors_in_the_header_of_a_file_are_listed(hub: LocalHub, owner: Account, browser: Browser, lfs: bool) -> None:
    tensors = {f"layer.{n}": {"dtype": "BF16", "shape": [n, 2], "data_offsets": [0, 0]} for n in range(250)}
    name = f"{owner.name}/tensors-{lfs}"
    files = {"model.safetensors": tensors_file(tensors | {"__metadata__": {"format": "pt"}, "<i>": tensors["layer.0"]})}
    if lfs:
        hub.create_repository(name, files=files)
    else:
        # Only an imported repository can have this: pushes and commits reject binary files outside LFS.
        file = [WriteFile("model.safetensors", files["model.safetensors"])]
        made = hub.create_repository(name)._found()
        write_commit(hub.hub, made, "main", file, author=Author("a", "a@b"), message="x")
    page = f"/{name}/blob/main/model.safetensors"
    found = [re.findall(r"<tr><td><code>(.*?)</code></td><td>(.*?)</td><td[^>]*>(.*?)</td>", browser.get(page + p).text)
             for p in ("", "?p=1")]  # fmt: skip
    expected = [(key, "BF16", f"{n} × 2") for n, key in enumerate(tensors)]
    assert found[0] + found[1] == [*expected, ("&lt;i&gt;", "BF16", "0 × 2")]
    assert f"{sum(n * 2 for n in range(250)):,} parameters" in browser.get(page).text
    assert ("oid sha256:" in browser.get(page).text) is lfs


def test_pointer_committed_as_text_is_shown_with_an_explanation(
    hub: LocalHub, owner: Account, browser: Browser
) -> None:
    """An editor on Windows saved the pointer with other line ends, and git-lfs no longer recognises it."""
    pointer = f"version https://git-lfs.github.com/spec/v1\r\noid sha256:{'ab' * 32}\r\nsize 12\r\n".encode()
    hub.create_repository(f"{owner.name}/lone", files={"notes.txt": pointer})
    page = browser.get(f"/{owner.name}/lone/blob/main/notes.txt").text
    assert "This is only a pointer" in page
    assert "git lfs push --all origin" in page
    assert "ab" * 32 in shown(page)


def test_large_folder_is_paginated_with_every_file_once(hub: LocalHub, owner: Account, browser: Browser) -> None:
    names = {f"f/{number:04}.txt": b"%d" % number for number in range(1203)}
    hub.create_repository(f"{owner.name}/many", files=names)
    found, address = [], f"/{owner.name}/many/tree/main/f"
    while address:
        page = browser.get(address).text
        rows = re.findall(r'href="[^"]*/blob/main/(f/[^"]+)"', page)
        assert 0 < len(rows) <= FILES
        found += rows
        more = re.search(r'rel="next" href="([^"]+)"', page)
        address = f"/{owner.name}/many/tree/main/f{more[1]}" if more else ""
    assert found == sorted(names)
    for odd in ("-1", "x", "99999", "1e3", "%D9%A3"):
        assert browser.get(f"/{owner.name}/many/tree/main/f?p={odd}").status in (200, 400)


def test_links_submodules_and_pictures_are_shown(
    hub: LocalHub, owner: Account, browser: Browser, git: Git, tmp_path: Path
) -> None:
    hub.create_repository(f"{owner.name}/kinds", files={"a.txt": b"a", "p.png": b"\x89PNG"})
    git.answer(owner.name, owner.token)
    git("clone", "--quiet", f"{hub.endpoint}/{owner.name}/kinds", tmp_path / "w")
    (tmp_path / "w" / "link").symlink_to("a.txt")
    git("add", ".", cwd=tmp_path / "w")
    git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub", cwd=tmp_path / "w")
    git("commit", "--quiet", "-m", "kinds", cwd=tmp_path / "w")
    git("push", "--quiet", cwd=tmp_path / "w")
    tree = browser.get(f"/{owner.name}/kinds/tree/main").text
    assert "Submodule" in tree
    assert "/blob/main/sub" not in tree
    assert shown(browser.get(f"/{owner.name}/kinds/blob/main/link").text) == "a.txt"
    picture = f'src="/{owner.name}/kinds/resolve/main/p.png"'
    assert picture in browser.get(f"/{owner.name}/kinds/blob/main/p.png").text
    commit = browser.get(f"/{owner.name}/kinds/commit/main").text
    for name in ("link", "sub"):
        assert f"<bdi>{name}</bdi>" in commit


def test_card_shows_pictures_links_code_and_tags(hub: LocalHub, owner: Account, browser: Browser) -> None:
    card = (
        "---\ntags: [a, b]\nlicense: mit\n---\n# T\n![p](img/p.png)\n\n[c](config.json)\n\n```python\nimport x\n```\n"
    )
    hub.create_repository(f"{owner.name}/card", files={"README.md": card.encode(), "config.json": b"{}"})
    page = browser.get(f"/{owner.name}/card").text
    base = f"/{owner.name}/card"
    assert f'src="{base}/resolve/main/img/p.png"' in page
    assert f'href="{base}/blob/main/config.json"' in page
    assert '<span class="hk">import </span>' in page
    assert re.findall(r"<li><bdi>(.*?)</bdi></li>", page) == ["a", "b", "license:mit"]


def test_branches_and_tags_are_created_and_deleted_on_their_page(
    hub: LocalHub, owner: Account, browser: Browser, open_browser: type[Browser]
) -> None:
    name = f"{owner.name}/refs"
    hub.create_repository(name, files={"a": b"a"})
    page = f"/{name}/refs"
    assert browser.post(page, act="branch", name="feature/x", start="main").status == 303
    assert browser.post(page, act="tag", name="v1", start="feature/x").status == 303
    assert browser.get(f"/{name}/tree/feature%2Fx").status == 200
    tree = browser.get(f"/{name}/tree/v1").text
    assert f'href="/{name}/tree/feature%2Fx"' in tree
    assert f'href="/{name}/tree/v1" aria-current="true"' in tree
    for fields, status in (
        ({"act": "branch", "name": "a b"}, 400), ({"act": "tag", "name": "v1"}, 409),
        ({"act": "branch", "name": "y", "start": "none"}, 404), ({"act": "delete-branch", "name": "main"}, 403),
    ):  # fmt: skip
        answer = browser.open("POST", page, {"csrf": browser.csrf(), **fields}, Accept_Language="zh")
        assert answer.status == status
        problem = re.search(r'role="alert">(.*?)</p>', answer.text)
        assert problem
        assert re.search("[一-鿿]", problem[1])
    stranger = open_browser(hub).log_in(hub.create_user("files-stranger", password="correct horse").name)
    assert stranger.post(page, act="delete-tag", name="v1").status == 403
    assert "<form" not in stranger.get(page).text.split("<main")[1].split("/like")[1].split("</form>")[1]
    assert browser.post(page, act="delete-tag", name="v1").status == 303
    assert browser.post(page, act="delete-branch", name="feature/x").status == 303
    assert browser.get(f"/{name}/tree/v1", Accept="text/html").status == 404


def test_profiles_and_search_results_are_paginated(
    hub: LocalHub, owner: Account, browser: Browser, open_browser: type[Browser]
) -> None:
    team = create_user(hub.hub, "files-team", kind="org")
    for number in range(53):
        hub.create_repository(f"{team.name}/m{number:02}")
    found = set()
    for address in (f"/{team.name}", f"/{team.name}?p=1"):
        found |= set(re.findall(rf'href="/{team.name}/(m\d\d)"', open_browser(hub).get(address).text))
    assert len(found) == 53
    searched = set()
    for number in (0, 1):
        text = browser.get(f"/models?search={team.name}&p={number}").text
        searched |= set(re.findall(rf'href="/{team.name}/(m\d\d)"', text))
    assert searched == found


def test_invisible_characters_in_names_are_made_visible() -> None:
    assert visible("模型 é 🤗 a-b_c.txt") == "模型 é 🤗 a-b_c.txt"
    assert visible("a\nb\u202egpj\x7f\u200b") == "a␊b\\u202egpj␡\\u200b"
    assert visible(b"caf\xe9".decode("utf-8", "surrogateescape")) == "caf\\xe9"
    assert visible_text("a\tb\n\x01") == "a\tb\n␁"
