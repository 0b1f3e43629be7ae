"""The summary of a Hub's state that the referee reads from git and the database."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import huggingface_hub
import pytest

from autograde.errors import HubUnreachable
from autograde.hub import Visitor, client_environment
from autograde.hub.client_redirect import redirect_client
from autograde.judge.cases import Case
from autograde.judge.initial_state import InitialState, PlannedFile, PlannedRepository
from autograde.judge.messages import Message
from autograde.judge.observation import Mapping, listed
from autograde.runner.hubs import ThrowAwayHub
from autograde.runner.scenario import Scenario

FILES = (PlannedFile("config.json", text="{}"), PlannedFile("model.safetensors", size=2_000, seed="1"))
INITIAL = InitialState(
    account="mei", taken=("ada",), role="write", tokens=("read",), name="m", folder="model", files=FILES,
    repositories=(PlannedRepository("mei", "m", private=True), PlannedRepository("ada", "hers", private=True)),
)  # fmt: skip
CASE = Case("case", "group", Message("a case"), (), initial=INITIAL)


@pytest.fixture
def hub() -> Iterator[ThrowAwayHub]:
    made = ThrowAwayHub()
    yield made
    made.close()


def target(hub: ThrowAwayHub) -> Mapping:
    found = hub.seen().get("target")
    assert isinstance(found, Mapping)
    return found


def test_unused_hub_is_reported_as_untouched(hub: ThrowAwayHub) -> None:
    hub.prepare(CASE)
    seen = hub.seen()
    assert seen.get("untouched") is True
    assert seen.get("repositories") == Mapping(())
    assert (
        target(hub).get("arrived"),
        target(hub).get("on_top"),
        target(hub).get("initial"),
    ) == (
        "none",
        0,
        True,
    )
    assert target(hub).get("files") == Mapping((("config.json", "missing"), ("model.safetensors", "missing")))


def test_state_has_added_changed_and_unchanged_files(hub: ThrowAwayHub, tmp_path: Path) -> None:
    scenario = hub.prepare(CASE)
    with redirect_client(scenario.endpoint, tmp_path):
        api = huggingface_hub.HfApi(token=scenario.token)
        api.upload_file(path_or_fileobj=FILES[1].content(), path_in_repo="model.safetensors", repo_id="mei/m")
        api.upload_file(path_or_fileobj=b"[]", path_in_repo="config.json", repo_id="mei/m")
        api.upload_file(path_or_fileobj=b"x", path_in_repo="more.txt", repo_id="mei/m")
        api.create_branch("mei/m", branch="aside")
        api.create_repo("other", private=False)
        huggingface_hub.hf_hub_download("mei/m", "config.json", token=scenario.variables["READ_TOKEN"])
    seen = hub.seen()
    assert seen.get("untouched") is False
    assert seen.get("downloads") == listed("config.json")
    assert seen.get("downloaded_with") == Mapping((("config.json", listed("read")),))
    assert seen.get("tokens") == Mapping((("logged in, write", True), ("mei-write", False), ("read", True)))
    repositories = seen.get("repositories")
    assert isinstance(repositories, Mapping)
    assert repositories.items == (("model mei/other", Mapping((("visibility", "public"), ("license", "no-card")))),)
    found = target(hub)
    assert found.get("files") == Mapping(
        (("config.json", "different"), ("model.safetensors", "same"), ("more.txt", "extra"))
    )
    assert [found.get(name) for name in ("visibility", "storage", "arrived", "on_top", "message", "elsewhere")] == [
        "private", "lfs", "api", 3, "given", listed("aside"),
    ]  # fmt: skip


def test_download_counts_after_the_last_change_with_its_tokens_role(hub: ThrowAwayHub, tmp_path: Path) -> None:
    """A download before the upload doesn't count: it did not read the uploaded file."""
    scenario = hub.prepare(CASE)
    with redirect_client(scenario.endpoint, tmp_path):
        api = huggingface_hub.HfApi(token=scenario.token)

        def write(path: str, content: bytes) -> None:
            api.upload_file(path_or_fileobj=content, path_in_repo=path, repo_id="mei/m")

        def read(path: str, token: str | bool) -> None:
            huggingface_hub.hf_hub_download("mei/m", path, token=token, force_download=True)

        write("config.json", b"{}")
        read("config.json", scenario.token)
        write("model.safetensors", FILES[1].content())
        assert hub.seen().get("downloaded_with") == Mapping(())
        read("model.safetensors", scenario.variables["READ_TOKEN"])
        read("model.safetensors", scenario.token)
        api.update_repo_settings("mei/m", private=False)
        read("config.json", False)
    found = hub.seen().get("downloaded_with")
    assert isinstance(found, Mapping)
    assert dict(found.items) == {"model.safetensors": listed("read", "write"), "config.json": listed("none")}


def test_device_login_is_refused_on_a_throw_away_hub(hub: ThrowAwayHub, tmp_path: Path) -> None:
    """A login that waits for a person in a browser would take a quarter of an hour."""
    scenario = hub.prepare(CASE)
    with (
        redirect_client(scenario.endpoint, tmp_path),
        pytest.raises(huggingface_hub.errors.DeviceCodeError, match="device login is switched off"),
    ):
        huggingface_hub.interpreter_login()


def test_recreated_repository_is_recognised_even_within_the_same_second(
    hub: ThrowAwayHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograde.hub.repos.commits.time.time", lambda: 1_800_000_000.0)
    scenario = hub.prepare(CASE)
    with redirect_client(scenario.endpoint, tmp_path):
        api = huggingface_hub.HfApi(token=scenario.token)
        before = api.list_repo_commits("mei/m")
        api.delete_repo("mei/m")
        api.create_repo("mei/m", private=True)
        assert [commit.commit_id for commit in api.list_repo_commits("mei/m")] == [
            commit.commit_id for commit in before
        ]
    assert (target(hub).get("anew"), target(hub).get("initial")) == (True, False)


def test_scenario_does_not_name_other_users(hub: ThrowAwayHub) -> None:
    scenario = hub.prepare(CASE)
    assert scenario.variables.keys() == {"OWNER", "NAME", "READ_TOKEN"}
    assert "ada" not in str(scenario.to_json())
    assert Scenario.from_json(scenario.to_json()) == scenario


def test_each_case_gets_a_new_hub_and_close_stops_it(hub: ThrowAwayHub) -> None:
    first, second = hub.prepare(CASE), hub.prepare(CASE)
    assert first.token != second.token
    hub.close()
    assert hub.seen() == Mapping(())
    with pytest.raises(HubUnreachable):
        Visitor(second.endpoint).get("/")


TWICE = InitialState(account="mei", role="write", name="n", times=2, meanwhile=(PlannedFile("notes.txt", text="mine"),))


@pytest.mark.parametrize(("again", "kept"), [("nothing", "kept"), ("deletes", "file-lost"), ("removes", "file-lost")])
def test_file_uploaded_between_two_calls_must_be_kept(hub: ThrowAwayHub, tmp_path: Path, again: str, kept: str) -> None:
    scenario = hub.prepare(replace(CASE, initial=TWICE))
    with redirect_client(scenario.endpoint, tmp_path):
        api = huggingface_hub.HfApi(token=scenario.token)
        api.create_repo("n", private=True)
        hub.between()
        if again == "deletes":
            api.delete_repo("mei/n")
            api.create_repo("n")
        if again == "removes":
            api.delete_file("notes.txt", "mei/n")
    seen = hub.seen()
    assert seen.get("kept") == kept
    before, after = seen.get("meanwhile"), seen.get("repositories")
    assert before == Mapping((("model mei/n", Mapping((("visibility", "private"), ("license", "no-card")))),))
    assert (after == before) is (again != "deletes")


def test_nothing_is_uploaded_between_calls_without_a_repository(
    hub: ThrowAwayHub,
) -> None:
    hub.prepare(replace(CASE, initial=TWICE))
    assert hub.seen().get("meanwhile") is None
    hub.between()
    assert (hub.seen().get("meanwhile"), hub.seen().get("kept")) == (Mapping(()), None)
    hub.prepare(CASE)
    assert hub.seen().get("meanwhile") is None


def test_a_clone_of_an_empty_repository_is_not_a_download(hub: ThrowAwayHub, tmp_path: Path) -> None:
    scenario = hub.prepare(replace(CASE, initial=replace(INITIAL, repositories=())))
    local = hub._hub
    assert local is not None
    environment = client_environment(scenario.endpoint, tmp_path / "home")
    with redirect_client(scenario.endpoint, tmp_path):
        api = huggingface_hub.HfApi(token=scenario.token)
        api.create_repo("m")
        for folder, found in (("before", listed()), ("after", listed("git"))):
            subprocess.run(
                ["git", "clone", "--quiet", f"{scenario.endpoint}/mei/m", folder],
                cwd=tmp_path,
                env=environment,
                check=True,
            )
            assert hub.seen().get("downloads") == found
            api.upload_file(path_or_fileobj=b"1", path_in_repo="config.json", repo_id="mei/m")


def test_replaced_file_is_recorded_by_its_path(hub: ThrowAwayHub, tmp_path: Path) -> None:
    scenario = hub.prepare(CASE)
    with redirect_client(scenario.endpoint, tmp_path):
        api = huggingface_hub.HfApi(token=scenario.token)
        api.upload_file(path_or_fileobj=b"other weights", path_in_repo="model.safetensors", repo_id="mei/m")
        api.hf_hub_download("mei/m", "model.safetensors")
    assert hub.seen().get("downloads") == listed("model.safetensors")
