"""Hostile data in one user's repository never breaks a list, a page, an export or another user's commit."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograde.classroom import CLASSROOM
from autograde.hub import Account, LocalHub
from autograde.hub.api import lists
from autograde.hub.events import record
from autograde.hub.repos.commits import Author, WriteFile, write_commit
from autograde.hub.repos.repositories import Repository, find_repository
from autograde.hub.storage.summaries import Summaries
from autograde.hub.webhooks import LOOPBACK
from tests.hub.clients import commit_body, file_line

SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=8)


class Class:
    """A Hub with a teacher, a hostile learner (eve) and another learner (ada), and requests to it."""

    def __init__(self) -> None:
        self.hub = LocalHub(webhooks=LOOPBACK, extensions=(CLASSROOM,)).start()
        self.teacher = self.hub.create_user("teacher", password="correct horse", administrator=True)
        self.eve = self.hub.create_user("eve", password="correct horse")
        self.ada = self.hub.create_user("ada", password="correct horse")
        self.hub.create_repository("ada/good", files={"README.md": b"---\nlicense: mit\n---\n# Good\n"})
        self.number = 0

    def ask(self, method: str, path: str, body: Any = None, who: Account | None = None) -> tuple[int, bytes]:
        """Send a request and return its status and body. A server error fails the test."""
        connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=60)
        headers = {"Authorization": f"Bearer {who.token}"} if who else {}
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if content is not None and not isinstance(body, bytes):
            headers["Content-Type"] = "application/json"
        connection.request(method, path, content, headers)
        answer = connection.getresponse()
        received = answer.read()
        connection.close()
        assert answer.status < 500, (method, path, answer.status, received[:300])
        return answer.status, received

    def commit_by_git(self, files: dict[str, bytes]) -> str:
        """Create a repository of eve with these files, without the checks of a push, and return its name."""
        self.number += 1
        name = f"eve/r{self.number}"
        self.hub.create_repository(name)
        repository = self.found(name)
        operations = [WriteFile(path, content) for path, content in files.items()]
        write_commit(self.hub.hub, repository, "main", operations, author=Author("e", "e@x"), message="x")
        return name

    def found(self, name: str) -> Repository:
        repository = find_repository(self.hub.hub, "model", name)
        assert repository
        return repository

    def everything_answers(self, *broken: str) -> None:
        """Check that lists and pages answer for every user and still show ada's repository.

        Then delete the broken ones: otherwise each test would list the repositories of all tests before it.
        """
        for who in (None, self.ada, self.eve):
            for query in ("", "?full=true", "?expand=cardData&expand=config&expand=safetensors", "?filter=license:mit"):
                status, body = self.ask("GET", f"/api/models{query}", who=who)
                assert status == 200
                listed = [item["id"] for item in json.loads(body)]
                assert "ada/good" in listed
                assert query or set(broken) <= set(listed)
        for path in ("/", "/models", "/eve", *(f"/{name}" for name in broken)):
            self.ask("GET", path)
        for name in broken:
            self.ask("GET", f"/api/models/{name}")
            self.ask("GET", f"/api/models/{name}?blobs=true")
        for name in broken:
            deleted = {"organization": "eve", "name": name.removeprefix("eve/")}
            assert self.ask("DELETE", "/api/repos/delete", deleted, self.eve)[0] == 200


@pytest.fixture(scope="module")
def course() -> Iterator[Class]:
    running = Class()
    yield running
    running.hub.stop()


def header(content: str) -> bytes:
    return struct.pack("<Q", len(content)) + content.encode("utf-8", "surrogatepass")


CONFIGS = [
    '{"architectures": NaN}', '{"model_type": 1e999}', '{"model_type": "\\ud800"}', '{"architectures": [Infinity]}',
    '{"model_type": ' + "9" * 5000 + "}", '{"model_type": ' + "[" * 5000 + "]" * 5000 + "}", "[" * 100_000, "\ufeff{}",
]  # fmt: skip
CARDS = [
    "a: .inf", "a: .nan", 'a: !!int ""', 'a: !!float ""', "a: !!timestamp x", "a: 2001-99-99", 'tags: ["\\ud800"]',
    "a: 0x" + "f" * 6000, "a: " + "[" * 30_000, "? [a, b]\n: c", "1: a\n2.5: b\nnull: c", "a: !!set {b}", "a: &x [*x]",
    "a: !!binary aGVsbG8=", "license: [.inf]", "tags: {a: b}", "pipeline_tag: [1]", "model-index: 3", "a: 1\na: 2",
]  # fmt: skip


@pytest.mark.parametrize("config", CONFIGS, ids=range(len(CONFIGS)))
def test_hostile_config_does_not_break_lists(course: Class, config: str) -> None:
    course.everything_answers(course.commit_by_git({"config.json": config.encode()}))


@pytest.mark.parametrize("metadata", CARDS, ids=range(len(CARDS)))
def test_hostile_card_does_not_break_lists(course: Class, metadata: str) -> None:
    name = course.commit_by_git({"README.md": f"---\n{metadata}\n---\ntext \udce9".encode("utf-8", "surrogateescape")})
    course.everything_answers(name)


def test_all_hostile_files_together_do_not_break_lists(course: Class) -> None:
    names = [course.commit_by_git({"config.json": config.encode()}) for config in CONFIGS]
    names += [course.commit_by_git({"README.md": f"---\n{metadata}\n---\n".encode()}) for metadata in CARDS]
    course.everything_answers(*names)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": {"dtype": "F32", "shape": [1e999]}}',
        '{"a": {"dtype": "F32", "shape": [NaN]}}',
        '{"a": {"dtype": "\\ud800", "shape": [1]}}',
        '{"\\ud800": {"dtype": "F32", "shape": [1]}}',
        '{"a": {"dtype": "F32", "shape": [' + ", ".join(["9223372036854775807"] * 60) + "]}}",
        '{"a": {"dtype": "F32", "shape": [' + "9" * 4000 + "]}}",
        '{"a": {"dtype": "F32", "shape": [-1]}}',
        '{"a": {"dtype": ["F32"], "shape": 3}}',
        "[" * 100_000,
    ],
    ids=range(9),
)
def test_hostile_safetensors_header_does_not_break_lists(course: Class, text: str) -> None:
    course.number += 1
    name = f"eve/t{course.number}"
    course.hub.create_repository(name, files={"model.safetensors": header(text)})
    course.everything_answers(name)
    course.ask("GET", f"/{name}/blob/main/model.safetensors")


HOSTILE_VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(exclude_categories=()), max_size=6)
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@SLOW
@given(st.dictionaries(st.sampled_from(["architectures", "model_type"]), HOSTILE_VALUES))
def test_any_json_in_config_does_not_break_lists(course: Class, config: dict[str, Any]) -> None:
    course.everything_answers(course.commit_by_git({"config.json": json.dumps(config).encode()}))


@SLOW
@given(st.dictionaries(st.sampled_from(["license", "tags", "pipeline_tag", "model-index", "x"]), HOSTILE_VALUES))
def test_any_metadata_in_card_does_not_break_lists(course: Class, metadata: dict[str, Any]) -> None:
    # JSON is also valid YAML.
    content = "---\n" + json.dumps(metadata) + "\n---\n"
    course.everything_answers(course.commit_by_git({"README.md": content.encode()}))


@SLOW
@given(HOSTILE_VALUES, HOSTILE_VALUES)
def test_events_with_any_detail_are_exported(course: Class, value: Any, other: Any) -> None:
    core = course.hub.hub
    record(core, "file.downloaded", detail={"path": value, "more": [other]})
    # Older versions stored names that are not valid Unicode.
    core.database.execute(
        "INSERT INTO events (at, request_id, kind, detail) VALUES (1, 'x', 'file.downloaded', ?)",
        (json.dumps({"path": "\udce9", "value": "\ud800"}),),
    )
    exported(course)


def exported(course: Class) -> None:
    """Check that the teacher's pages and exports are complete."""
    connection = http.client.HTTPConnection("127.0.0.1", course.hub.port, timeout=60)
    connection.request("GET", "/login")
    answer = connection.getresponse()
    cookie = answer.headers["set-cookie"].split(";")[0]
    csrf = re.search(r'name="csrf" value="([^"]+)"', answer.read().decode())
    assert csrf
    form = urlencode({"csrf": csrf[1], "username": "teacher", "password": "correct horse"})
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    connection.request("POST", "/login", form, kind)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303
    cookie = answer.headers["set-cookie"].split(";")[0]
    for path in ("/classroom", "/classroom/eve", "/classroom/ada", "/classroom/events.csv", "/classroom/events.ndjson"):
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status == 200, path
        if path.endswith("ndjson"):
            assert [json.loads(line) for line in content.decode().splitlines()]
    connection.close()


def test_file_name_that_is_not_unicode_does_not_break_exports(course: Class, tmp_path: Path) -> None:
    environment = course.hub.environment(tmp_path / "home")
    course.ask("POST", "/api/repos/create", {"name": "bytes"}, course.eve)
    url = f"http://eve:{course.eve.token}@127.0.0.1:{course.hub.port}/eve/bytes"
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", url, clone], env=environment, check=True, capture_output=True)
    with open(os.fsencode(clone) + b"/\351", "wb") as file:
        file.write(b"x")
    for command in (["add", "."], ["commit", "-qm", "x"], ["push", "-q"]):
        subprocess.run(["git", *command], cwd=clone, env=environment, capture_output=True, check=False)
    course.ask("GET", "/eve/bytes/resolve/main/%E9", who=course.ada)
    course.ask("GET", "/eve/bytes/raw/main/%E9")
    course.ask("GET", "/eve/bytes/tree/main")
    exported(course)


@pytest.mark.parametrize(
    "url", ["http://[", "http://a:b", "http://[::1", "http://127.0.0.1:99999/", "http://a\u2100b/"]
)
def test_webhook_with_invalid_url_does_not_break_commits_of_others(course: Class, url: str) -> None:
    watched = [{"type": "user", "name": "ada"}]
    status, __ = course.ask("POST", "/api/settings/webhooks", {"url": url, "watched": watched}, course.eve)
    assert status == 400
    # Older versions stored such webhooks.
    course.hub.hub.database.execute(
        "INSERT INTO webhooks (id, user_id, url, watched, domains, secret, disabled, created_at)"
        " SELECT ?, id, ?, ?, '[\"repo\"]', 'a\nb', 0, 0 FROM users WHERE name = 'eve'",
        (url, url, json.dumps(watched)),
    )
    body = commit_body(file_line("x", url.encode()))
    assert course.ask("POST", "/api/models/ada/good/commit/main", body, course.ada)[0] == 200


@pytest.mark.parametrize(
    "watched",
    [
        [{"type": "user", "name": 3}], [{"type": ["user"], "name": "ada"}], [{"type": "user", "name": "a" * 10_000}],
        [{"type": "user", "name": "ada"}] * 1000, "ada", [None], [{"type": "user", "name": ["ada"]}],
    ],
    ids=range(7),
)  # fmt: skip
def test_webhook_with_invalid_watch_list_is_refused(course: Class, watched: Any) -> None:
    fields = {"url": "http://127.0.0.1:9/", "watched": watched}
    assert course.ask("POST", "/api/settings/webhooks", fields, course.eve)[0] == 400


def test_number_of_webhooks_for_each_user_is_limited(course: Class) -> None:
    mallory = course.hub.create_user("mallory")
    fields = {"url": "http://127.0.0.1:9/", "watched": [{"type": "user", "name": "ada"}]}
    answers = [course.ask("POST", "/api/settings/webhooks", fields, mallory)[0] for __ in range(30)]
    assert answers.count(200) == 20
    assert answers[-1] == 400


def test_webhooks_are_off_by_default() -> None:
    with LocalHub() as hub:
        eve = hub.create_user("eve")
        connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=30)
        body = json.dumps({"url": "http://127.0.0.1:9/", "watched": [{"type": "user", "name": "eve"}]})
        connection.request("POST", "/api/settings/webhooks", body, {"Authorization": f"Bearer {eve.token}"})
        answer = connection.getresponse()
        assert answer.status == 403
        assert "--webhook" in answer.read().decode()
        connection.close()


def test_damaged_repository_breaks_only_its_own_page(course: Class) -> None:
    name = course.commit_by_git({"README.md": b"# x"})
    objects = course.hub.hub.git.path(course.found(name).id) / "objects"
    shutil.rmtree(objects)
    objects.mkdir()
    course.everything_answers(name)


@pytest.mark.parametrize("content", [*CARDS, "x: *y", "a: [", "\x00", "%TAG", "a\tb: c"], ids=range(len(CARDS) + 5))
@pytest.mark.parametrize("accept", ["text/plain", "application/json"])
def test_validate_yaml_always_answers(course: Class, content: str, accept: str) -> None:
    for body in (
        {"content": f"---\n{content}\n---\n", "repoType": "model"},
        {"content": [content], "repoType": [content]},
        {"content": None},
    ):
        connection = http.client.HTTPConnection("127.0.0.1", course.hub.port, timeout=60)
        connection.request("POST", "/api/validate-yaml", json.dumps(body), {"Accept": accept})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status in (200, 400)


@pytest.mark.parametrize(
    "body",
    [b"NaN", b'{"a": 1e999}', b'{"a": "\\ud800"}', b"[" * 100_000, b"9" * 5000, b"\xff", b"[]", b"3"],
    ids=range(8),
)
@pytest.mark.parametrize(
    "path", ["/api/validate-yaml", "/api/repos/create", "/api/collections", "/api/models/eve/x/discussions"]
)
def test_hostile_request_body_is_refused(course: Class, path: str, body: bytes) -> None:
    assert course.ask("POST", path, body, course.eve)[0] in (400, 404)


def test_list_of_slow_repositories_is_complete_and_reports_them(course: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    name = course.commit_by_git({"README.md": b"---\nlicense: mit\n---\n"})
    course.hub.hub.summaries = Summaries()
    monkeypatch.setattr(lists, "_SECONDS", -1.0)
    status, body = course.ask("GET", "/api/models")
    assert status == 200
    assert {"ada/good", name} <= {item["id"] for item in json.loads(body)}
    assert all("too long" in item["error"] for item in json.loads(body))
